"""Creates the parties that a file names and nobody knows, when the import was told to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from makegood.billing import operations as billing
from makegood.billing.models import Category
from makegood.imports.entries import Setting
from makegood.imports.operations.settle import create_house_customer
from makegood.imports.states import UNROUTED
from makegood.parties import operations as parties
from makegood.parties.entries import Principal
from makegood.parties.models import Program


def create_missing(
    principal: Principal, *, program: Program, setting: Setting, missing: Sequence[dict[str, Any]]
) -> None:
    """One party per entry (kind, number, name, currency, category, criteria); categories before campaigns."""
    for party in sorted(missing, key=lambda one: one["kind"] != "category"):
        number, name, currency = party["number"], party["name"], party["currency"]
        if party["kind"] == "category":
            billing.create_category(principal, code=number, name=name)
        elif party["kind"] == "campaign":
            billing.create_campaign(
                principal,
                program=program,
                number=number,
                name=name,
                category=Category.objects.filter(code=party["category"]).first(),
                criteria=party["criteria"],
            )
        elif party["kind"] == "vendor":
            parties.create_vendor(principal, number=number, name=name, currency=currency, zone=setting.customers_zone)
        elif number == UNROUTED:
            create_house_customer(principal, number, currency, setting.customers_zone)
        else:
            parties.create_customer(principal, number=number, name=name, currency=currency, zone=setting.customers_zone)
