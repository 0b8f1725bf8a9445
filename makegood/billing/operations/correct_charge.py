"""Bill a charge anew with other figures. What was billed stays as it is; the new charge names it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from makegood.billing.models import Charge
from makegood.billing.states import ChargeKind

_OWN = frozenset({"id", "usage_id", "corrects_id"})


@dataclass(frozen=True)
class Figures:
    """What a charge says now: amounts in micros of the currencies it had; ``billed_at`` null: not billed anymore."""

    billed_micros: int
    tax_micros: int
    payout_micros: int
    billed_at: datetime | None


def correct_charge(charge: Charge, figures: Figures, *, external_id: str, import_batch: int, raw: Any) -> Charge:
    """A new charge that corrects this one, with its facts and the new figures. Needs a transaction.

    It moves no money: an amount that a buyer owes is what billing says, and billing now says this. The database
    refuses a second correction of one charge (charge_corrected_once).
    """
    facts = {field.attname: getattr(charge, field.attname) for field in Charge._meta.concrete_fields}
    return Charge.objects.create(
        **{
            **{name: value for name, value in facts.items() if name not in _OWN},
            "usage_id": _next_usage_id() if charge.kind == ChargeKind.USAGE else None,
            "usage_batch_id": import_batch if charge.kind == ChargeKind.USAGE else None,
            "import_batch": import_batch,
            "corrects_id": charge.pk,
            "external_id": external_id,
            "billed_micros": figures.billed_micros,
            "tax_micros": figures.tax_micros,
            "payout_micros": figures.payout_micros,
            "billed_at": figures.billed_at,
            "raw": raw,
        }
    )


def _next_usage_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('billing_usage_id_seq')")
        (number,) = cursor.fetchone() or (0,)
        return int(number)
