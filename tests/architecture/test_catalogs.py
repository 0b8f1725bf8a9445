"""Every sentence of a message is in every catalog, translated, and the compiled catalogs are those of the sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import catalogs


def test_there_is_a_second_language() -> None:
    assert [path.parents[1].name for path in catalogs.languages()] == ["de"]


@pytest.mark.parametrize("path", catalogs.languages(), ids=lambda path: path.parents[1].name)
def test_a_catalog_says_every_sentence(path: Path) -> None:
    said = {message.id: message for message in catalogs.read(path) if message.id}
    wanted = {message.id: message for message in catalogs.collected() if message.id}
    assert set(said) == set(wanted)
    for message in said.values():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(strings), f"{message.id} is not translated"
        assert not message.fuzzy, f"{message.id} is a guess"
        assert [str(error) for error in message.check(catalogs.read(path))] == []


@pytest.mark.parametrize("path", catalogs.languages(), ids=lambda path: path.parents[1].name)
def test_the_compiled_catalog_is_that_of_the_source(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == catalogs.compiled(catalogs.read(path)), (
        "run python -m tools.catalogs"
    )
