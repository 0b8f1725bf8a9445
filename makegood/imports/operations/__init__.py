"""Verbs of imports."""

from makegood.imports.operations.check_calls import check_calls
from makegood.imports.operations.import_bills import import_bills
from makegood.imports.operations.import_calls import import_calls
from makegood.imports.operations.import_payments import import_payments
from makegood.imports.operations.look_at_upload import look_at_upload
from makegood.imports.operations.receiving import receive
from makegood.imports.operations.settle_corrections import accept_correction, dismiss_correction
from makegood.imports.operations.uploads import (
    discard_upload,
    forget_uploads,
    import_upload,
    open_rejects,
    set_reading,
    take_upload,
    try_upload,
    work_on_uploads,
)

__all__ = [
    "accept_correction",
    "check_calls",
    "discard_upload",
    "dismiss_correction",
    "forget_uploads",
    "import_bills",
    "import_calls",
    "import_payments",
    "import_upload",
    "look_at_upload",
    "open_rejects",
    "receive",
    "set_reading",
    "take_upload",
    "try_upload",
    "work_on_uploads",
]
