"""Reads start from what a principal may see, so `.objects` has few homes."""

import ast
from collections.abc import Iterator

from tools.checks.source import Finding, Source

HOMES = frozenset({"models", "operations", "posting", "selectors", "locks"})


def check_objects(source: Source) -> Iterator[Finding]:
    """`.objects` appears only in models, operations (posting), selectors, locks, migrations and tests."""
    if not source.is_python or source.parts[0] != "makegood" or source.is_test or source.is_migration:
        return
    inside = {part.removesuffix(".py") for part in source.parts[2:]}
    if inside & HOMES:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            message = f".{node.attr} outside models, operations, selectors and locks; call one of those."
            yield Finding(source.path, node.lineno, message)
