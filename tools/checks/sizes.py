"""Files and functions stay small enough to be read at once."""

import ast
from collections.abc import Iterator

from tools.checks.source import Finding, Source

FILE_WARNS, FILE_FAILS = 400, 600
TEST_FILE_FAILS = 500
FUNCTION_WARNS, FUNCTION_FAILS = 40, 70


def check_file(source: Source) -> Iterator[Finding]:
    """A file has at most 400 lines; above 600 it fails, a test file above 500. Migrations are as long as
    Django makes them."""
    if source.is_migration:
        return
    fails = TEST_FILE_FAILS if source.is_test else FILE_FAILS
    if source.line_count > fails:
        yield Finding(source.path, 1, f"{source.line_count} lines; the limit is {fails}. Split it by verb.")
    elif source.line_count > FILE_WARNS:
        yield Finding(source.path, 1, f"{source.line_count} lines; aim for {FILE_WARNS}.", warns=True)


def check_functions(source: Source) -> Iterator[Finding]:
    """A function has at most 40 lines; above 70 it fails."""
    if not source.is_python or source.is_migration:
        return
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > FUNCTION_FAILS:
            yield Finding(source.path, node.lineno, f"{node.name}() has {length} lines; the limit is {FUNCTION_FAILS}.")
        elif length > FUNCTION_WARNS:
            message = f"{node.name}() has {length} lines; aim for {FUNCTION_WARNS}."
            yield Finding(source.path, node.lineno, message, warns=True)
