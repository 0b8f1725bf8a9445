"""Verbs of imports."""

from makegood.imports.operations.check_calls import check_calls
from makegood.imports.operations.import_bills import import_bills
from makegood.imports.operations.import_calls import import_calls
from makegood.imports.operations.receiving import receive
from makegood.imports.operations.settle_corrections import accept_correction, dismiss_correction

__all__ = ["accept_correction", "check_calls", "dismiss_correction", "import_bills", "import_calls", "receive"]
