"""What a charge's kind adds to its facts: the channel of a lead, the quantity of usage, the period of a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import QuerySet

from makegood.billing.models import BillPeriod, Charge
from makegood.billing.selectors.facts import SHARED, ChargeFacts, facts_of, with_parties, words_of
from makegood.billing.selectors.log_query import kind_of
from makegood.billing.selectors.visible import charges_visible_to
from makegood.billing.states import LogKind
from makegood.kernel.days import days_said
from makegood.kernel.money import exponent, symbol
from makegood.kernel.pointed import Pointed
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb

WITH_SHARED_MORE = Pointed(Charge, *SHARED, "service", "invoice__bill_period")
"""Many charges with what their kinds add and what their facts need; what none of them has is not asked for."""


@dataclass(frozen=True)
class ChargeMore:
    """Words and numbers as people read them; empty where the charge has none.

    ``quantity`` is with its unit (``3 min``), ``unit_price`` with its sign and every digit (``$0.0044``); ``amount``,
    ``unit`` and ``price`` are what they are made of.
    """

    kind: LogKind
    channel: str = ""
    what: str = ""
    quantity: str = ""
    unit_price: str = ""
    service: str = ""
    period: str = ""
    amount: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None


@dataclass(frozen=True)
class Correction:
    """Another version of a charge: the earlier one it corrects, or the later one that stands in its place."""

    charge: ChargeFacts
    is_later: bool


def with_more(charges: QuerySet[Charge]) -> QuerySet[Charge]:
    """The same charges with what their kinds add."""
    return charges.select_related("service", "invoice__bill_period")


def _plain(value: Decimal, decimals: int = 0) -> str:
    text = f"{value.normalize():f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.ljust(decimals, "0")
    return f"{int(whole):,}.{fraction}" if fraction else f"{int(whole):,}"


def _period(period: BillPeriod) -> str:
    first, last = period.starts_on, period.ends_on - timedelta(days=1)
    return days_said(first, last)


def more_of(principal: Principal, charge: Charge) -> ChargeMore:
    """What its kind adds to a charge in scope that came with it. The money is for those who may see it."""
    pays = principal.can(Verb.CHARGE_VIEW)
    price, quantity = charge.unit_price, charge.quantity
    sign = symbol(charge.currency)
    invoice = charge.invoice if pays else None
    return ChargeMore(
        kind=kind_of(charge),
        channel=words_of(charge.lead_channel),
        what=words_of(charge.subkind),
        quantity=f"{_plain(quantity)} {charge.unit}".strip() if quantity is not None else "",
        unit_price=f"{sign}{_plain(price, exponent(charge.currency))}" if pays and price is not None else "",
        service=charge.service.number if pays and charge.service else "",
        period=_period(invoice.bill_period) if invoice else "",
        amount=quantity,
        unit=charge.unit,
        price=price if pays else None,
    )


def charge_more(principal: Principal, charge_id: int) -> ChargeMore:
    """The same of one charge. Raises NotFound for one that does not exist or is out of scope."""
    charge = with_more(with_parties(charges_visible_to(principal))).filter(pk=charge_id).first()
    if charge is None:
        raise NotFound()
    return more_of(principal, charge)


def corrections_of(principal: Principal, charge_id: int) -> list[Correction]:
    """The versions before and after a charge that are in scope, the earlier first."""
    charges = with_parties(charges_visible_to(principal))
    earlier = charges.filter(pk__in=charges.filter(pk=charge_id).values("corrects_id"))
    later = charges.filter(corrects_id=charge_id)
    return [Correction(facts_of(principal, one), is_later=False) for one in earlier] + [
        Correction(facts_of(principal, one), is_later=True) for one in later
    ]
