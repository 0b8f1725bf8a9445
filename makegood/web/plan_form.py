"""What is typed on the page of a bulk plan, as text that survives every mistake; and what it means."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from makegood.disputes.entries import PlanParams
from makegood.disputes.errors import PlanParameters
from makegood.disputes.operations.plan_amounts import CLAWED, NONE, WHOLE
from makegood.disputes.states import PlanVerb
from makegood.kernel.errors import BadAmount
from makegood.kernel.money import format_money, parse_amount, plain, symbol
from makegood.parties.entries import Principal
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id

PERCENT, EACH, TOTAL = "percent", "each", "total"
HOWS = ((PERCENT, "percent of each"), (EACH, "for each"), (TOTAL, "in all, split over them"))
"""How the amount of a part is meant."""
HALF = "50"
CLAWBACKS = (
    ("", "As the rule says", "What the reason, the vendor or the program claws back of a credit."),
    (NONE, "Nothing back from the vendor", "The buyer is credited, the vendor keeps the payout."),
    (WHOLE, "The whole payout back", "Whatever part the buyer is credited."),
)
WORDED = frozenset(set(PlanVerb) - {PlanVerb.ASSIGN})
NEEDS_WORDS = frozenset({PlanVerb.REJECT, PlanVerb.REOPEN})
"""Verbs that every program wants words for."""
FOUND = frozenset({PlanVerb.ACCEPT, PlanVerb.PARTIAL, PlanVerb.REJECT})
"""Verbs that findings go with."""
LONGEST_NOTE, LONGEST_CAUSE = 4_000, 500
PARTS = 10**6
_FRACTION = re.compile(r"(\d{1,4})\s*/\s*(\d{1,4})")


@dataclass(frozen=True)
class Typed:
    """The fields of the form. ``how`` is percent, each or total; ``to`` the id of a person."""

    note: str = ""
    findings: tuple[str, ...] = ()
    how: str = PERCENT
    amount: str = HALF
    clawback: str = ""
    resolution: str = ""
    to: str = ""
    cause: str = ""


def begun(principal: Principal, verb: PlanVerb) -> PlanParams:
    """What a plan says before anybody typed anything: half of each, to oneself."""
    return PlanParams(
        percent=HALF if verb is PlanVerb.PARTIAL else "", to=principal.id if verb is PlanVerb.ASSIGN else None
    )


def read(request: PageRequest) -> Typed:
    """What was sent."""
    post = request.POST
    return Typed(
        note=post.get("note", "").strip()[:LONGEST_NOTE],
        findings=tuple(dict.fromkeys(code[:40] for code in post.getlist("finding")))[:50],
        how=post.get("how", PERCENT),
        amount=post.get("amount", HALF).strip()[:40],
        clawback=post.get("clawback", ""),
        resolution=post.get("resolution", "")[:40],
        to=post.get("to", ""),
        cause=post.get("cause", "").strip()[:LONGEST_CAUSE],
    )


def typed_of(params: PlanParams, currencies: Collection[str]) -> Typed:
    """What a plan says, as its form shows it."""
    how, amount = PERCENT, params.percent or HALF
    currency = next(iter(currencies), "USD")
    if params.each_micros is not None:
        how, amount = EACH, plain(params.each_micros, currency)
    elif params.total_micros is not None:
        how, amount = TOTAL, plain(params.total_micros, currency)
    to = "" if params.to is None else str(params.to)
    return Typed(params.note, params.findings, how, amount, params.clawback, params.resolution, to, params.cause)


def params_of(verb: PlanVerb, typed: Typed, currencies: Collection[str]) -> PlanParams:
    """What the form means for a verb, of what it takes; the rest is left out. Raises PlanParameters, BadAmount."""
    percent, each, total = "", None, None
    if verb is PlanVerb.PARTIAL and typed.how == PERCENT:
        percent = _percent(typed.amount)
    elif verb is PlanVerb.PARTIAL:
        micros = _micros(typed.amount, currencies)
        each, total = (micros, None) if typed.how == EACH else (None, micros)
    return PlanParams(
        note=typed.note if verb in WORDED else "",
        findings=typed.findings if verb in FOUND else (),
        resolution=typed.resolution if verb is PlanVerb.CLOSE else "",
        percent=percent,
        each_micros=each,
        total_micros=total,
        clawback=typed.clawback if verb in CLAWED else "",
        to=row_id(typed.to) if verb is PlanVerb.ASSIGN else None,
        cause=typed.cause if verb in FOUND else "",
    )


def _percent(text: str) -> str:
    """``50%``, ``50`` or ``1/3`` as a percentage; a fraction with as many digits as a plan keeps."""
    found = _FRACTION.fullmatch(text.strip())
    if found is None:
        return text.removesuffix("%").strip()
    if not int(found[2]):
        raise BadAmount(text=text)
    digits = 100 * PARTS * int(found[1]) // int(found[2])
    return f"{digits // PARTS}.{digits % PARTS:06d}"


def _micros(text: str, currencies: Collection[str]) -> int:
    if len(currencies) > 1:
        raise PlanParameters(cause="one amount is for disputes of one currency")
    currency = next(iter(currencies), "USD")
    return parse_amount(text.replace(symbol(currency), "").replace(currency, "").strip(), currency)


def amount_words(params: PlanParams, currencies: Collection[str]) -> str:
    """The amount of a part in words: ``50% of each``."""
    currency = next(iter(currencies), "USD")
    if params.each_micros is not None:
        return f"{format_money(params.each_micros, currency)} each"
    if params.total_micros is not None:
        return f"{format_money(params.total_micros, currency)} in all"
    return f"{params.percent}% of each" if params.percent else ""
