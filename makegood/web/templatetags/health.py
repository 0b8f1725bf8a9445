"""How the health pages write numbers."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

from django import template

from makegood.kernel.health import Unit
from makegood.kernel.money import Money
from makegood.ledger.selectors import Proof
from makegood.ledger.selectors.proof import TrialLine
from makegood.ledger.states import WORDS, AccountKind
from makegood.web.templatetags.mg import money

register = template.Library()

_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"))


@register.filter
def measure(number: int, unit: str) -> str:
    """A count with commas, or a time in its two largest units: ``2 h 5 min``, ``0 s``."""
    if unit != Unit.SECONDS:
        return f"{number:,}"
    left, parts = max(number, 0), []
    for size, word in _STEPS:
        if left >= size:
            parts.append(f"{left // size} {word}")
            left %= size
    return " ".join(parts[:2]) or f"{left} s"


@register.filter
def dedented(text: str) -> str:
    """A query as people read it."""
    return dedent(text).strip()


@register.filter
def account(line: TrialLine) -> str:
    """What people read instead of an account's short name."""
    return WORDS[AccountKind(line.kind)]


@register.filter
def debit(line: TrialLine) -> str:
    """What stands on the left of a line of the trial balance."""
    return money(Money(line.debit_micros, line.currency), "effect")


@register.filter
def credit(line: TrialLine) -> str:
    """What stands on the right of a line of the trial balance."""
    return money(Money(line.credit_micros, line.currency), "effect")


@dataclass(frozen=True)
class Total:
    """Both sides of one currency."""

    currency: str
    debit: Money
    credit: Money


@register.filter
def totals(proof: Proof) -> list[Total]:
    """Both sides of every currency."""
    return [Total(code, Money(left, code), Money(right, code)) for code, (left, right) in sorted(proof.totals.items())]
