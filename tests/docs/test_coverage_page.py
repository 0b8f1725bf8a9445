"""The page of what was promised: every row has a place and a proof, and all of them exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from makegood.api.costguard import ROUTES
from makegood.api.odata.sets import SETS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "coverage.md"
TEXTS = ("Call marketplace", "Guided dispute", "Crediting", "Billing web service", "Lead review")
QUOTED = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)]+)\)")
BRACES = re.compile(r"{(\w+)}")
CALLS = {route.path for route in ROUTES} | {f"/odata/{name}" for name in SETS}

Row = tuple[str, str, str]


def tables() -> dict[str, list[Row]]:
    """Statement, place and proof of every row, by the title of its text."""
    found: dict[str, list[Row]] = {}
    for part in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, *lines = part.splitlines()
        cells = [line.strip("|").split("|") for line in lines if line.startswith("|")]
        assert all(len(row) == 3 for row in cells), title
        found[title] = [(a.strip(), b.strip(), c.strip()) for a, b, c in cells[2:]]
    return found


def rows() -> list[Row]:
    """All rows."""
    return [row for part in tables().values() for row in part]


@cache
def names_in(path: str) -> frozenset[str]:
    """The tests of a file, as pytest would collect them; none where there is no such file."""
    if not (ROOT / path).is_file():
        return frozenset()
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def leads_somewhere(address: str) -> bool:
    """Whether a page or a call of the web service is there."""
    path = urlsplit(address).path
    if path in CALLS:
        return True
    try:
        resolve(BRACES.sub("1", path))
    except Resolver404:
        return False
    return True


def test_every_text_has_its_table() -> None:
    assert {title: len(found) >= 15 for title, found in tables().items()} == dict.fromkeys(TEXTS, True)


def test_no_statement_is_without_place_and_proof() -> None:
    bare = [
        statement
        for statement, place, proof in rows()
        if not (statement and QUOTED.findall(proof) and (QUOTED.findall(place) or LINK.findall(place)))
    ]
    assert bare == []


def test_every_statement_stands_once() -> None:
    said = [row[0] for part in tables().values() for row in part if not row[0].startswith("...")]
    assert sorted(said) == sorted(set(said))


def test_every_test_that_is_named_exists() -> None:
    named = [name for _, _, proof in rows() for name in QUOTED.findall(proof)]
    missing = [name for name in named if name.partition("::")[2] not in names_in(name.partition("::")[0])]
    assert missing == []
    assert all(name.rpartition("::")[2].startswith("test_") for name in named)


def test_every_address_and_link_leads_somewhere() -> None:
    places = [place for _, place, _ in rows()]
    assert [a for place in places for a in QUOTED.findall(place) if not leads_somewhere(a)] == []
    links = LINK.findall(PAGE.read_text(encoding="utf-8"))
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


def test_a_test_or_an_address_that_is_not_there_is_seen() -> None:
    assert "test_nothing" not in names_in("tests/docs/test_coverage_page.py")
    assert names_in("tests/docs/nothing.py") == frozenset()
    assert [leads_somewhere(address) for address in ("/calls/x/y/z/", "/odata/Nothing", "/calls/")] == [
        False,
        False,
        True,
    ]
