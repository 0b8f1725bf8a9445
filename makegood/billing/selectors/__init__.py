"""Reads of billing: charges and invoices in scope, their facts as a person may see them, the charge log."""

from makegood.billing.selectors.charge_log import LogPage, LogQuery, charge_log
from makegood.billing.selectors.facts import ChargeFacts, charge_facts, facts_of
from makegood.billing.selectors.invoices import (
    Bill,
    BillLine,
    BillWithLines,
    bill_numbered,
    bills_of,
    invoices_visible_to,
)
from makegood.billing.selectors.visible import charges_visible_to, standing, superseded

__all__ = [
    "Bill",
    "BillLine",
    "BillWithLines",
    "ChargeFacts",
    "LogPage",
    "LogQuery",
    "bill_numbered",
    "bills_of",
    "charge_facts",
    "charge_log",
    "charges_visible_to",
    "facts_of",
    "invoices_visible_to",
    "standing",
    "superseded",
]
