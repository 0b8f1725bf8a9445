"""The loader of named statements, and the house rules of every ``.sql`` file in the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from makegood.kernel import sql

PACKAGE = Path(sql.__file__).resolve().parents[1]
FILES = sorted(PACKAGE.rglob("*.sql"))
INCLUDE = re.compile(r"-- include: (\S+)")
USED = re.compile(r"sql\.(?:load|spliced)\(\s*\"([a-z_]+\.[a-z_]+)\"")
QUOTED = re.compile(r"\"([a-z_]+\.[a-z_]+)\"")
NAMES = [f"{path.relative_to(PACKAGE).parts[0]}.{path.stem}" for path in FILES]


def _header(path: Path) -> str:
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip().startswith("--"):
            break
        lines.append(line.strip())
    return "\n".join(lines)


def _sources() -> Iterator[str]:
    for source in PACKAGE.rglob("*.py"):
        if "tests" not in source.parts:
            yield source.read_text(encoding="utf-8")


def _statements() -> Iterator[str]:
    for text in _sources():
        yield from USED.findall(text)


def _named() -> set[str]:
    """Statements by their name anywhere in code: some are chosen first and loaded later."""
    return {name for text in _sources() for name in QUOTED.findall(text)} & set(NAMES)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A tree of its own for the loader to look in."""
    monkeypatch.setattr(sql, "_ROOT", tmp_path)
    sql.load.cache_clear()
    yield tmp_path
    sql.load.cache_clear()


def _put(shelf: Path, name: str, text: str) -> None:
    path = shelf / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_statement_is_found_anywhere_below_its_app(shelf: Path) -> None:
    _put(shelf, "pay/operations/deep/go.sql", "SELECT 1\n")
    assert sql.load("pay.go") == "SELECT 1\n"


def test_parts_of_other_apps_are_included_through_and_through(shelf: Path) -> None:
    _put(shelf, "pay/go.sql", "WITH\n  -- include: book.post\nSELECT 1\n")
    _put(shelf, "book/post.sql", "-- include: base.row\n, posted AS (SELECT 2)\n")
    _put(shelf, "base/row.sql", "row AS (SELECT 3)\n")
    assert sql.load("pay.go") == "WITH\nrow AS (SELECT 3)\n\n, posted AS (SELECT 2)\n\nSELECT 1\n"


def test_a_fragment_replaces_its_line_and_nothing_else(shelf: Path) -> None:
    _put(shelf, "pay/go.sql", "SELECT (\n  -- splice: mask\n) -- splice: mask stays in a comment\n")
    assert sql.spliced("pay.go", {"mask": "1 + %(n)s"}) == "SELECT (\n1 + %(n)s\n) -- splice: mask stays in a comment\n"


def test_a_fragment_that_nobody_gives_is_an_error(shelf: Path) -> None:
    _put(shelf, "pay/go.sql", "SELECT\n-- splice: mask\n")
    with pytest.raises(KeyError, match="mask"):
        sql.spliced("pay.go", {})


def test_a_name_that_is_unknown_or_not_unique_is_an_error(shelf: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"0 files are called go\.sql in pay"):
        sql.load("pay.go")
    _put(shelf, "pay/a/go.sql", "SELECT 1")
    _put(shelf, "pay/b/go.sql", "SELECT 2")
    with pytest.raises(FileNotFoundError, match=r"2 files are called go\.sql in pay"):
        sql.load("pay.go")


def test_a_part_that_does_not_exist_is_an_error(shelf: Path) -> None:
    _put(shelf, "pay/go.sql", "-- include: book.missing\n")
    with pytest.raises(FileNotFoundError, match="missing"):
        sql.load("pay.go")


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_of_the_tree_loads_and_every_include_resolves(name: str) -> None:
    text = sql.load(name)
    assert text.strip()
    assert INCLUDE.findall(text) == []


def test_every_statement_that_code_asks_for_exists() -> None:
    asked = set(_statements())
    assert len(asked) >= 10
    assert asked <= set(NAMES)


def test_every_file_is_either_asked_for_or_included() -> None:
    included = {name for path in FILES for name in INCLUDE.findall(path.read_text(encoding="utf-8"))}
    assert set(NAMES) - _named() - included == set()


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_file_opens_with_what_it_is_for(path: Path) -> None:
    assert len(_header(path).splitlines()) >= 2


@pytest.mark.parametrize("name", sorted({n for n in _named() if "/operations/" in str(sql.path_of(n))}))
def test_every_statement_of_an_operation_says_purpose_parameters_and_answer(name: str) -> None:
    header = _header(sql.path_of(name))
    is_part = header.startswith("-- Published part")
    words = ["Expects", "Gives"] if is_part else ["Purpose", "Answer"]
    for word in [*words, *(["Parameters"] if "%(" in sql.load(name) and not is_part else [])]:
        assert re.search(rf"^-- {word}\s", header, re.MULTILINE), f"{name} does not state its {word}"
