"""What the native service refuses beside the operations."""

from __future__ import annotations

from makegood.api.errors import EdgeRefusal


class NothingFiled(EdgeRefusal):
    """Nothing was filed: {refused} of {count} items were refused; results says why."""

    code = "NOTHING_FILED"
    status = 422


class RangeOutside(EdgeRefusal):
    """The range begins behind the end of the recording, which has {size} bytes."""

    code = "RANGE_NOT_SATISFIABLE"
    status = 416
