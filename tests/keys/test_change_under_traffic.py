"""The keys are changed while people write and read over several workers, and nobody notices."""

import json
import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection

from flask import Flask

from medimeet.db import db
from medimeet.models import Clinic, ContactMessage
from medimeet.sealing import key_ring
from medimeet.services import audit_proof, data_keys, sealed_texts, tokens
from tests import factories
from tests.cli.commands import until
from tests.servers import serving


@dataclass
class Visitor:
    """Somebody who leaves messages and, as the clinic's admin, reads them all again and again, until told to stop."""

    port: int
    token: str
    number: int
    stop: threading.Event
    written: set[str] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)

    def go_on(self) -> None:
        """Writes, reads, and notes whatever did not go as it should."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.stop.is_set():
            words = f"My knee hurts, visitor {self.number}, time {len(self.written)}"
            sent = json.dumps({"name": "Kim", "phone": "", "massage": words})
            self._ask(connection, "POST", sent, 201)
            self.written.add(words)
            found = {each["massage"] for each in json.loads(self._ask(connection, "GET", None, 200) or "[]")}
            if not self.written <= found:
                self.troubles.append(f"not read again: {sorted(self.written - found)[:2]}")
        connection.close()

    def _ask(self, connection: HTTPConnection, method: str, body: str | None, expected: int) -> str:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        connection.request(method, "/contacts/", body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status != expected:
            self.troubles.append(f"{method} {answer.status} {text[:200]}")
        return text


def test_nobody_notices_that_the_keys_are_changed(app: Flask, clinic: Clinic) -> None:
    data_keys.require()
    admin = factories.make_admin(clinic)
    token = tokens.issue_pair(admin).access
    old = key_ring().newest
    stop = threading.Event()
    told: list[str] = []
    with serving(app, workers=2) as port:
        visitors = [Visitor(port, token, number, stop) for number in range(3)]
        threads = [threading.Thread(target=visitor.go_on) for visitor in visitors]
        for thread in threads:
            thread.start()
        try:
            until(lambda: all(visitor.written for visitor in visitors), 60)
            data_keys.rotate(told.append)
            data_keys.retire(old)
            by_then = [len(visitor.written) for visitor in visitors]
            until(lambda: all(len(each.written) > count for each, count in zip(visitors, by_then, strict=True)), 60)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
    assert [visitor.troubles for visitor in visitors] == [[], [], []]
    new = key_ring().newest
    assert new != old
    assert {name for use in sealed_texts.uses() for name in use.texts} == {new}
    kept = {row.message for row in db.session.scalars(db.select(ContactMessage))}
    assert kept == set().union(*(visitor.written for visitor in visitors))
    with db.engine.connect() as connection:
        assert all(proof.is_whole for proof in audit_proof.verify(connection))
