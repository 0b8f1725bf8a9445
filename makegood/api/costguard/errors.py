"""What the IDI-compatible resources refuse before an operation is asked."""

from __future__ import annotations

from makegood.api.errors import EdgeRefusal


class ExactlyOneItem(EdgeRefusal):
    """Name exactly one of featureID and usageRecordID; the other is null."""

    code = "EXACTLY_ONE_ITEM"
    status = 422
