"""What a clean-up of 100,000 expired rows costs, and what people notice of it: `python -m bench.clean_up`.

On SQLite, and on PostgreSQL where one answers. Meanwhile a person opens a page that writes (a doctor opens a patient,
which the audit log notes) as fast as it comes.
"""

import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, insert, select

from medimeet import clock
from medimeet.app import create_app
from medimeet.db import db
from medimeet.models import BrowserSession, IssuedToken
from medimeet.services import retention, tokens
from medimeet.writing import command
from tests import databases, factories

ROWS = 100_000


def main() -> None:
    """Prints a line for each database: rows, seconds, and how long the person waited, in the median and at worst."""
    print(f"{'database':12} {'rows':>8} {'seconds':>8} {'requests':>9} {'median ms':>10} {'worst ms':>9}")
    for kind in ("sqlite", "postgresql"):
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            settings = {"DATA_DIR": folder, "RATELIMIT_ENABLED": False}
            if kind == "postgresql":
                settings["DATABASE_URL"] = stack.enter_context(databases.fresh_postgresql())
            app = create_app(settings)
            databases.migrate(app)
            tell(kind, app)
            with app.app_context():
                db.engine.dispose()


def tell(kind: str, app: Flask) -> None:
    """One line of the table."""
    with app.app_context():
        clinic = factories.make_clinic()
        patient, admin = factories.make_patient(clinic), factories.make_admin(clinic)
        path, token = f"/patients/{patient.id}/", tokens.issue_lasting(admin)
        _fill(patient.account_id)
        is_done, waits = threading.Event(), list[float]()
        person = threading.Thread(target=_ask, args=(app, path, token, is_done, waits))
        person.start()
        began = time.perf_counter()
        gone = sum(retention.clean_up().values())
        seconds = time.perf_counter() - began
        is_done.set()
        person.join()
        left = db.session.scalar(select(func.count()).select_from(BrowserSession))
        assert (gone, left) == (ROWS, 0), (gone, left)
    waits.sort()
    median, worst = waits[len(waits) // 2] * 1000, waits[-1] * 1000
    print(f"{kind:12} {gone:8} {seconds:8.1f} {len(waits):9} {median:10.1f} {worst:9.1f}")


def _ask(app: Flask, path: str, token: str, is_done: threading.Event, waits: list[float]) -> None:
    client = app.test_client()
    while not is_done.is_set():
        began = time.perf_counter()
        answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        waits.append(time.perf_counter() - began)


@command
def _fill(account_id: int) -> None:
    at = clock.now() - timedelta(days=400)
    half = range(ROWS // 2)
    ended = [{"token_hash": f"{each}", "account_id": account_id, "expires_at": at} for each in half]
    expired = [{"jti": f"{each}", "kind": "access", "family": f"{each}", "expires_at": at} for each in half]
    db.session.execute(insert(BrowserSession), ended)
    db.session.execute(insert(IssuedToken), expired)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
