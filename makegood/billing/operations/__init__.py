"""Verbs of billing. The ``.sql`` files here are the parts that other apps include in their statements."""

from makegood.billing.operations.catalogs import (
    add_campaign,
    add_category,
    change_campaign,
    change_category,
    put_campaign_back,
    put_category_back,
)
from makegood.billing.operations.correct_charge import Figures, correct_charge
from makegood.billing.operations.create_campaign import create_campaign
from makegood.billing.operations.create_category import create_category
from makegood.billing.operations.enrich import enrich_charges
from makegood.billing.operations.invoice_categories import create_invoice_category, sort_invoices
from makegood.billing.operations.refresh_statistics import refresh_statistics
from makegood.billing.operations.settle_invoices import mark_invoices_paid

__all__ = [
    "Figures",
    "add_campaign",
    "add_category",
    "change_campaign",
    "change_category",
    "correct_charge",
    "create_campaign",
    "create_category",
    "create_invoice_category",
    "enrich_charges",
    "mark_invoices_paid",
    "put_campaign_back",
    "put_category_back",
    "refresh_statistics",
    "sort_invoices",
]
