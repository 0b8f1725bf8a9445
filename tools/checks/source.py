"""A file of the source, and what a check says about it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

TREES = ("makegood", "tests", "tools")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or, if it only warns, soon will be."""

    path: str
    line: int
    message: str
    warns: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'warning: ' if self.warns else ''}{self.message}"


@dataclass(frozen=True)
class Source:
    """A file by its path from the root, with its text."""

    path: str
    text: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The path's names."""
        return Path(self.path).parts

    @property
    def is_python(self) -> bool:
        """Whether it is Python."""
        return self.path.endswith(".py")

    @property
    def is_test(self) -> bool:
        """Whether it is test code."""
        return "tests" in self.parts or self.parts[-1] == "conftest.py"

    @property
    def is_migration(self) -> bool:
        """Whether it is a migration."""
        return "migrations" in self.parts

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed Python."""
        return ast.parse(self.text, self.path)

    @property
    def line_count(self) -> int:
        """How many lines it has."""
        return len(self.text.splitlines())


def read_all(root: Path) -> Iterator[Source]:
    """Every Python and SQL file of the source."""
    for tree in TREES:
        for path in sorted((root / tree).rglob("*")):
            if path.suffix in {".py", ".sql"} and "__pycache__" not in path.parts:
                yield Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
