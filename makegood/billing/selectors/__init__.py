"""Reads of billing: charges in scope, their facts as a person may see them, the charge log."""

from makegood.billing.selectors.charge_log import LogPage, LogQuery, charge_log
from makegood.billing.selectors.facts import ChargeFacts, charge_facts, facts_of
from makegood.billing.selectors.visible import charges_visible_to

__all__ = [
    "ChargeFacts",
    "LogPage",
    "LogQuery",
    "charge_facts",
    "charge_log",
    "charges_visible_to",
    "facts_of",
]
