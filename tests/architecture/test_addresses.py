"""Addresses of pages are known to the pages and to the wiring, to nobody below."""

import re
from pathlib import Path

import pytest

from tests.architecture.layers import PACKAGE, heights

ADDRESS = re.compile(
    r"(?<!def )(?<!operations\.)\breverse(?:_lazy)?\(|\bresolve_url\(|\{%-?\s*url\s|\bget_absolute_url\b"
)


def below_the_pages() -> list[Path]:
    """Python files and templates of the apps below web."""
    height = heights()
    return [
        path
        for path in PACKAGE.rglob("*")
        if path.suffix in {".py", ".html", ".txt"}
        and "tests" not in path.parts
        and height.get(path.relative_to(PACKAGE).parts[0], height["web"]) < height["web"]
    ]


def test_no_address_below_the_pages() -> None:
    files = below_the_pages()
    assert files
    assert [str(path) for path in files if ADDRESS.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("text", ['reverse("x")', "{% url 'x' %}", "reverse_lazy('x')", "def get_absolute_url(self)"])
def test_planted_address_is_seen(text: str) -> None:
    assert ADDRESS.search(text)


@pytest.mark.parametrize("text", ["posting.reverse_entry(", "rows.reverse_order()", "{% urlize text %}"])
def test_other_words_are_not_taken_for_one(text: str) -> None:
    assert not ADDRESS.search(text)
