"""The entity sets by name, and the record that the search of disputes reads."""

from __future__ import annotations

from collections.abc import Mapping

from makegood.api.odata.sets.billing import CUSTOMERS, FEATURES, INVOICES, USAGE
from makegood.api.odata.sets.disputes import ADJUSTMENTS, DISPUTES, RECORD
from makegood.api.odata.shape import EntitySet

SETS: Mapping[str, EntitySet] = {one.name: one for one in (CUSTOMERS, INVOICES, FEATURES, USAGE, DISPUTES, ADJUSTMENTS)}

__all__ = ["RECORD", "SETS"]
