"""Random requests to every operation of every contract: nothing breaks, and nothing undeclared comes back.

`python -m tests.contracts.fuzzing` (`make fuzz`) sends many as each role and prints a table.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from medimeet.app import create_app
from tests import databases
from tests.contracts.demo import PEOPLE, Demo, demo_of

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES_OF_MAKE_FUZZ = 50


@dataclass
class Findings:
    """What came back, by status, and what was wrong with it."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        """Counts what another run has found, too."""
        self.statuses.update(other.statuses)
        self.faults += other.faults


def operations_of(demo: Demo) -> Iterator[tuple[str, APIOperation]]:
    """Every operation that is documented, with its contract's name."""
    for name in demo.documents():
        schema = schemathesis.openapi.from_wsgi(f"/docs/{name}/openapi.json", demo.app)
        for operation in schema.get_all_operations():
            yield name, operation.ok()


def fuzz(demo: Demo, contract: str, operation: APIOperation, roles: Sequence[str], examples: int) -> Findings:
    """Sends that many requests to the operation, each as one of the roles; the same ones at every run."""
    demo.put_back()
    findings = Findings()
    known = known_values(operation, {"chatbot_token": demo.chatbot_token})
    modes = (
        [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if takes_anything(operation) else [GenerationMode.POSITIVE]
    )
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])

    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, st.sampled_from(roles), st.data())
    def send(case: Case, role: str, data: st.DataObject) -> None:
        make_likely(case, known, data)
        answer = case.call(headers=demo.headers(contract, role))
        findings.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as faults:
            findings.faults += [
                f"{operation.label} as {role}: {fault}\n{case.as_curl_command()}" for fault in faults.exceptions
            ]

    send()
    return findings


@dataclass(frozen=True)
class Known:
    """What the document's examples say of an operation: ids that exist, a body that is taken."""

    path: Mapping[str, Any]
    body: Any


def known_values(operation: APIOperation, current: Mapping[str, Any]) -> Known:
    """The examples of the operation; of its path, what is `current` in place of what no document can know."""
    described = operation.schema.raw_schema["paths"][operation.path]
    parameters = [each for each in described.get("parameters", []) if "example" in each]
    path = {each["name"]: current.get(each["name"], each["example"]) for each in parameters}
    content = described[operation.method].get("requestBody", {}).get("content", {})
    return Known(path, content.get("application/json", {}).get("example"))


def make_likely(case: Case, known: Known, data: st.DataObject) -> None:
    """Lets most requests name what exists, and lack or break only a part of a body that is taken."""
    if known.path and data.draw(st.integers(0, 3)):
        case.path_parameters = {**case.path_parameters, **known.path}
    if isinstance(known.body, dict) and isinstance(case.body, dict) and data.draw(st.integers(0, 3)):
        kept = {name: value for name, value in known.body.items() if data.draw(st.integers(0, 4))}
        broken = {name: case.body[name] for name in sorted(case.body) if not data.draw(st.integers(0, 2))}
        case.body = kept | broken


def takes_anything(operation: APIOperation) -> bool:
    """Whether there is something in a request that can be wrong."""
    return any(
        len(list(each)) for each in (operation.path_parameters, operation.query, operation.headers, operation.body)
    )


def main() -> int:
    """Fuzzes every operation as each role, and prints what came back; 1 where something was wrong."""
    with tempfile.TemporaryDirectory() as folder, demo_of(installed_app(folder)) as demo:
        operations = list(operations_of(demo))
        print(
            f"{'contract':<12}{'role':<12}{'operations':>10}{'requests':>10}{'2xx':>8}{'4xx':>8}{'5xx':>6}{'faults':>8}"
        )
        faults = []
        for name in demo.documents():
            own = [operation for of, operation in operations if of == name]
            for role in PEOPLE:
                found = Findings()
                for operation in own:
                    found.add(fuzz(demo, name, operation, [role], EXAMPLES_OF_MAKE_FUZZ))
                by_hundred = Counter({status // 100: 0 for status in found.statuses})
                for status, count in found.statuses.items():
                    by_hundred[status // 100] += count
                print(
                    f"{name:<12}{role:<12}{len(own):>10}{found.statuses.total():>10}{by_hundred[2]:>8}{by_hundred[4]:>8}"
                    f"{by_hundred[5]:>6}{len(found.faults):>8}",
                    flush=True,
                )
                faults += found.faults
    for fault in faults:
        print(f"\n{fault}")
    return 1 if faults else 0


def installed_app(folder: str) -> Flask:
    """The application on a migrated database in `folder`."""
    app = create_app(
        {
            "DATABASE_URL": f"sqlite:///{folder}/medimeet.sqlite",
            "DATA_DIR": folder,
            "SECRET_KEY": "a secret key for fuzzing, long enough",
            "BASE_URL": "http://localhost",
            "RATELIMIT_ENABLED": False,
        }
    )
    databases.migrate(app)
    return app


if __name__ == "__main__":
    sys.exit(main())
