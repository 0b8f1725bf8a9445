"""Money is integers: no float and no `/` where it is computed."""

import ast
from collections.abc import Iterator

from tools.checks.source import Finding, Source

FILES = frozenset(
    {
        "makegood/kernel/money.py",
        "makegood/kernel/allocation.py",
        "makegood/kernel/rounding.py",
        "makegood/disputes/lifecycle.py",
        "makegood/disputes/eligibility.py",
    }
)
TREES = ("makegood/ledger/",)
FLOATING_TYPES = ("FloatField", "double precision", "float8", "::float", "::real")


def check_money(source: Source) -> Iterator[Finding]:
    """The modules that compute money hold no float, no true division and no SQL of such a type."""
    if source.is_test or not (source.path in FILES or source.path.startswith(TREES)):
        return
    for number, line in enumerate(source.text.splitlines(), start=1):
        for word in FLOATING_TYPES:
            if word in line:
                yield Finding(source.path, number, f"{word} near money; amounts are bigint micros.")
    if source.is_python:
        yield from _python(source)


def _python(source: Source) -> Iterator[Finding]:
    for node in ast.walk(source.tree):
        match node:
            case ast.Constant(value=float()):
                yield Finding(source.path, node.lineno, "a float near money; amounts are integer micros.")
            case ast.Name(id="float"):
                yield Finding(source.path, node.lineno, "float near money; amounts are integer micros.")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield Finding(source.path, node.lineno, "/ near money; share it with kernel.allocation, or use //.")
            case _:
                pass
