"""A file's name says what it holds."""

from collections.abc import Iterator
from pathlib import Path

from tools.checks.source import Finding, Source

BANNED = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "stuff", "lib"})


def check_name(source: Source) -> Iterator[Finding]:
    """No file or directory is called utils, helpers, common or misc, nor ends so."""
    for part in source.parts:
        words = Path(part).stem.lower().removeprefix("test_").split("_")
        if words[-1] in BANNED:
            yield Finding(source.path, 1, f'"{part}" says nothing; name it after what it holds.')
