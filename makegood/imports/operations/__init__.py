"""Verbs of imports."""

from makegood.imports.operations.check_calls import check_calls
from makegood.imports.operations.import_calls import import_calls

__all__ = ["check_calls", "import_calls"]
