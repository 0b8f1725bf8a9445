"""The generated pages say what the code says, and the words of the documentation exist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from makegood.project.cli import COMMANDS
from tools.docs.pages import PAGES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("path", "make"), PAGES.items())
def test_page_is_as_generated(path: str, make: Callable[[], str]) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == make(), f"{path} is stale; run `make docs`"


def test_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in COMMANDS if f"makegood {name}" not in readme]
    assert missing == ["manage"]


def test_links_of_the_readme_lead_somewhere() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = [part.split(")")[0] for part in readme.split("](")[1:]]
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
