"""Verbs of billing. The ``.sql`` files here are the parts that other apps include in their statements."""

from makegood.billing.operations.create_campaign import create_campaign
from makegood.billing.operations.create_category import create_category
from makegood.billing.operations.refresh_statistics import refresh_statistics

__all__ = ["create_campaign", "create_category", "refresh_statistics"]
