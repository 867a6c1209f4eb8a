"""What the pages for newcomers say is so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
FOLDERS = "medimeet|services|domain|models|web|blueprints|templates|static|tests|bench|deploy|migrations|docs"


def code_blocks(page: Path) -> list[str]:
    """The fenced blocks of a page, in order."""
    return re.findall(r"^```\w*\n(.*?)^```", page.read_text(), flags=re.DOTALL | re.MULTILINE)


def test_the_readme_begins_with_the_two_commands_and_make_knows_them() -> None:
    commands = code_blocks(ROOT / "README.md")[0].split("\n")
    assert commands == ["make run", "make test", ""]
    for command in commands[:2]:
        subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]*)(?:#([^):]*))?\)", page.read_text())
    assert [file for file, _ in links if not (page.parent / file).exists()] == []
    places = [(page.parent / file if file else page, place) for file, place in links if place]
    assert [place for file, place in places if place not in headings(file)] == []


def headings(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    found = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_the_code_that_a_page_names_is_there(page: Path) -> None:
    words = page.read_text()
    named = re.findall(rf"`((?:{FOLDERS})/[\w/.-]+?)/?(?:::\w+)?`", words)
    programs = re.findall(r"-m\s+((?:bench|tests)[\w.]*\w)", words)
    named += [f"{name.replace('.', '/')}{ending}" for name in programs for ending in [_ending(name)]]
    missing = [name for name in named if not (ROOT / name).exists() and not (ROOT / "medimeet" / name).exists()]
    assert missing == []


def _ending(program: str) -> str:
    return "" if (ROOT / program.replace(".", "/") / "__main__.py").exists() else ".py"


def test_every_flask_command_that_the_pages_name_exists() -> None:
    named = {name for page in PAGES for name in re.findall(r"flask ([a-z][a-z-]+)", page.read_text())}
    known = subprocess.run(
        [sys.executable, "-m", "flask", "--help"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    assert {name for name in named if not re.search(rf"^  {name}\b", known, re.MULTILINE)} == set()
