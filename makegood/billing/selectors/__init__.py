"""Reads of billing: charges and invoices in scope, their facts as a person may see them, the charge log."""

from makegood.billing.selectors.charge_log import (
    Keep,
    LogPage,
    charge_count,
    charge_counts,
    charge_log,
    charged_total,
    kinds_of,
    streamed_charges,
)
from makegood.billing.selectors.charge_more import ChargeMore, Correction, charge_more, corrections_of
from makegood.billing.selectors.facts import ChargeFacts, charge_facts, facts_of
from makegood.billing.selectors.invoices import (
    Bill,
    BillLine,
    BillWithLines,
    bill_numbered,
    bills_of,
    invoices_visible_to,
)
from makegood.billing.selectors.log_choices import Choices, log_choices
from makegood.billing.selectors.log_query import LogQuery
from makegood.billing.selectors.visible import charges_visible_to, standing, superseded

__all__ = [
    "Bill",
    "BillLine",
    "BillWithLines",
    "ChargeFacts",
    "ChargeMore",
    "Choices",
    "Correction",
    "Keep",
    "LogPage",
    "LogQuery",
    "bill_numbered",
    "bills_of",
    "charge_count",
    "charge_counts",
    "charge_facts",
    "charge_log",
    "charge_more",
    "charged_total",
    "charges_visible_to",
    "corrections_of",
    "facts_of",
    "invoices_visible_to",
    "kinds_of",
    "log_choices",
    "standing",
    "streamed_charges",
    "superseded",
]
