"""Breaks the access checks one at a time and sees whether the access walk notices.

`python -m tests.attacks.mutants` prints a table: a check is dropped, turned round or opened in a process of its own,
which walks the routes that the check is for. With `--every-route` each walks all of them, for half a minute.
"""

import gc
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType

import time_machine
from flask import Flask

from medimeet.db import db
from medimeet.prepared_models import PreparedModels
from tests.architecture import access_world, test_access, test_access_credentials, test_start
from tests.architecture.access_walk import Walk
from tests.attacks.broken_checks import MUTANTS, Mutant
from tests.conftest import MONDAY_MORNING
from tests.contracts.fuzzing import installed_app

ROOT = Path(__file__).parents[2]
KILLED, SURVIVED, GONE = "killed", "SURVIVED", "gone"
_STATUSES = {1: KILLED, 0: SURVIVED, 2: GONE}


FEW = r"^/(profile/$|list_patients|dashboard|doctor-day|admin/account/$|view_patient|api/patient/profile/$|home/)"


def main(arguments: list[str]) -> int:
    """Prints what became of each mutant; 1 where one survived, or where its check is gone."""
    every_route, words = "--every-route" in arguments, [each for each in arguments if not each.startswith("--")]
    chosen = [mutant for mutant in MUTANTS if not words or any(word in mutant.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, time_machine.travel(MONDAY_MORNING, tick=False):
        app = installed_app(folder)
        app.config.update(WTF_CSRF_ENABLED=False, TESTING=True)
        with app.app_context():
            world = access_world.make(app)
            walk = Walk(app, world)
            walk.close()
            if in_a_process_of_its_own(app, walk, None, FEW) != SURVIVED:
                print("The walk fails without any mutant.")
                return 1
            outcomes = []
            for mutant in chosen:
                began = time.perf_counter()
                routes = "" if every_route else mutant.routes or FEW
                outcomes.append(in_a_process_of_its_own(app, walk, mutant, routes))
                print(f"{outcomes[-1]:<10}{time.perf_counter() - began:>6.1f} s  {mutant.name}", flush=True)
    print(f"{outcomes.count(KILLED)} of {len(chosen)} killed")
    return 0 if outcomes.count(KILLED) == len(chosen) else 1


def in_a_process_of_its_own(app: Flask, walk: Walk, mutant: Mutant | None, routes: str) -> str:
    """What became of the mutant in a fork of this process, on the database as the world made it."""
    db.session.remove()
    db.engine.dispose()
    walk.restore()
    child = os.fork()
    if child:
        return _STATUSES.get(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), "broke")
    status = 3
    try:
        status = status_of(app, walk, mutant, routes)
    finally:
        os._exit(status)


def status_of(app: Flask, walk: Walk, mutant: Mutant | None, routes: str) -> int:
    """1 where the walk over those routes notices the mutant, else 0; 2 where there is no such check."""
    broken = mutant
    while broken is not None:
        if not break_check(broken):
            return 2
        broken = broken.beside
    os.environ["MEDIMEET_TEST_ROUTES"] = routes
    walk.remember()
    try:
        test_start.test_a_route_without_an_access_rule_stops_the_start(app)
        test_access.test_every_person_gets_what_the_table_says_on_every_route(walk)
        for actor in ("expired", "revoked"):
            test_access_credentials.test_a_credential_that_has_ended_is_worth_what_a_deactivated_persons_is(walk, actor)
        test_access_credentials.test_an_applicant_as_a_doctor_has_the_rights_of_a_patient_and_no_more(walk)
        test_access_credentials.test_an_applicant_can_not_act_as_the_doctor_they_may_become(walk)
        test_access_credentials.test_a_session_opens_no_json_interface_whoever_has_it(walk)
        test_access_credentials.test_a_token_opens_no_page_whoever_has_it(walk)
    except BaseException as error:  # pytest's own failures are no Exception
        return 1 if isinstance(error, AssertionError) or "DID NOT RAISE" in str(error) else 3
    return 0


def break_check(mutant: Mutant) -> bool:
    """Gives every function of the file that the mutant changes its changed code; False where nothing is to change."""
    file = ROOT / mutant.file
    sound = file.read_text()
    if mutant.old not in sound:
        return False
    before = dict(codes_in(compile(sound, str(file), "exec")))
    after = dict(codes_in(compile(sound.replace(mutant.old, mutant.new, 1), str(file), "exec")))
    changed = {name for name, code in after.items() if name in before and not is_same(code, before[name])}
    found = False
    for function in [each for each in gc.get_objects() if isinstance(each, FunctionType)]:
        code = function.__code__
        if code.co_filename.endswith(mutant.file) and code.co_qualname in changed:
            function.__code__ = after[code.co_qualname]
            found = True
    for statement in [each for each in gc.get_objects() if isinstance(each, PreparedModels)]:
        statement._prepared = None  # it was built by what the check was before
    return found


def codes_in(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    """Every function's code within, by its whole name."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each.co_qualname, each
            yield from codes_in(each)


def is_same(one: CodeType, other: CodeType) -> bool:
    """Whether two codes do the same, the codes within them apart."""
    plain = [[each for each in code.co_consts if not isinstance(each, CodeType)] for code in (one, other)]
    return (one.co_code, one.co_names, plain[0]) == (other.co_code, other.co_names, plain[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
