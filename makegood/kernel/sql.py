"""Loads named ``.sql`` files and splices the parts they include.

``load("disputes.submit")`` reads the one ``submit.sql`` below ``makegood/disputes``. A line ``-- include: app.part``
is replaced by that app's part, once, at load time. Values are always bound by the driver; the only
other splice is a compiled fragment passed by name, in a line ``-- splice: name``, used by the policy
compiler for its expressions (which carry bound parameters of their own).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_INCLUDE = re.compile(r"^[ \t]*-- include: (?P<name>[a-z_]+\.[a-z_]+)[ \t]*$", re.MULTILINE)
_SPLICE = re.compile(r"^[ \t]*-- splice: (?P<name>[a-z_]+)[ \t]*$", re.MULTILINE)


def path_of(name: str) -> Path:
    """Where the statement or part called ``app.name`` lives. Raises FileNotFoundError unless exactly one does."""
    app, _, part = name.partition(".")
    found = list((_ROOT / app).rglob(f"{part}.sql"))
    if len(found) != 1:
        raise FileNotFoundError(f"{len(found)} files are called {part}.sql in {app}")
    return found[0]


@cache
def load(name: str) -> str:
    """The text of a statement with its parts included. Raises FileNotFoundError for an unknown name."""
    text = path_of(name).read_text(encoding="utf-8")
    return _INCLUDE.sub(lambda match: load(match["name"]), text)


def spliced(name: str, fragments: Mapping[str, str]) -> str:
    """The text of a statement with its ``-- splice:`` lines replaced. Raises KeyError for a missing one."""
    return _spliced(name, tuple(fragments.items()))


@lru_cache(maxsize=256)
def _spliced(name: str, fragments: tuple[tuple[str, str], ...]) -> str:
    # The same fragments come again with every request that a policy judges.
    known = dict(fragments)
    return _SPLICE.sub(lambda match: known[match["name"]], load(name))
