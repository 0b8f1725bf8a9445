"""What the native service refuses beside the operations."""

from __future__ import annotations

from makegood.api.errors import EdgeRefusal


class NothingFiled(EdgeRefusal):
    """Nothing was filed: {refused} of {count} items were refused; results says why."""

    code = "NOTHING_FILED"
    status = 422
