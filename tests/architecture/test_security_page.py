"""docs/security.md: every requirement of OWASP ASVS 5.0, levels 1 and 2, has its line, and each proof is there."""

import re

from tests.architecture.named_files import ROOT, missing_in

PAGE = (ROOT / "docs" / "security.md").read_text()
LINE = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| (met|not met|does not apply) \| ([^|]+) \|$", re.MULTILINE)
LINES = LINE.findall(PAGE)

# How many requirements of levels 1 and 2 each section has (OWASP/ASVS, 5.0.0).
SECTIONS = {
    1: (2, 9, 11, 3, 2),
    2: (3, 3, 4, 1),
    3: (0, 2, 4, 6, 5, 0, 2),
    4: (3, 1, 2, 4),
    5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4),
    7: (3, 4, 2, 5, 2, 2),
    8: (2, 3, 1, 1),
    9: (3, 4),
    11: (2, 3, 3, 4, 1, 1),
    12: (3, 2, 4),
    13: (1, 5, 2, 5),
    14: (2, 4, 3),
    15: (3, 3, 7),
    16: (1, 5, 4, 3, 3),
}
# Whole chapters that do not apply: OAuth, WebRTC.
LEFT_OUT = {10: 29, 17: 7}


def test_every_requirement_has_one_line() -> None:
    expected = [
        f"{chapter}.{section}.{number}"
        for chapter, counts in SECTIONS.items()
        for section, count in enumerate(counts, start=1)
        for number in range(1, count + 1)
    ]
    assert [number for number, *_rest in LINES] == expected
    assert len(expected) + sum(LEFT_OUT.values()) == 253


def test_its_sums_are_those_of_its_lines() -> None:
    counts = {status: sum(line[2] == status for line in LINES) for status in ("met", "not met", "does not apply")}
    counts["does not apply"] += sum(LEFT_OUT.values())
    for status, count in counts.items():
        assert f"**{count}** {status}" in PAGE


def test_what_is_met_is_proved_by_something_that_is_there() -> None:
    proofs = {number: proof for number, _asked, status, proof in LINES if status == "met"}
    assert {number: gone for number, proof in proofs.items() if (gone := missing_in(proof))} == {}


def test_many_are_proved_by_a_test_that_runs_each_time() -> None:
    proved = [line for line in LINES if line[2] == "met" and "`tests/" in line[3]]
    assert len(proved) >= 120
