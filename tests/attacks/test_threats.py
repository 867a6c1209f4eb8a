"""docs/threats.md names no test that is not there."""

from tests.architecture.named_files import NAMED, ROOT, missing_in


def test_every_test_that_the_list_of_threats_names_is_there() -> None:
    page = (ROOT / "docs" / "threats.md").read_text()
    assert len([name for _file, name in NAMED.findall(page) if name]) > 50
    assert missing_in(page) == []
