"""What may be asked for of a charge: all that is left, or a part where the program lets the buyer ask for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from makegood.disputes.entries import SubmitItem
from makegood.disputes.policy import Rule, Severity
from makegood.disputes.policy.rules.amounts import AmountCap, AmountFull, AmountMin
from makegood.disputes.policy.rules.claim import Explanation
from makegood.disputes.policy.rules.window import Window
from makegood.kernel.money import Money, minor_micros, plain
from makegood.kernel.rounding import partial_by_percent
from makegood.kernel.typed_amounts import typed_amount

_REFUSING = frozenset({Severity.BLOCK, Severity.OVERRIDE})
_STEPS = 20
_PERCENT = Fraction(100, _STEPS)


class Step(NamedTuple):
    """A place of the slider: what it writes into the field, and what that is."""

    text: str
    amount: Money


@dataclass(frozen=True)
class Terms:
    """What may be asked for of one charge.

    ``remaining`` is what is left of it, ``least`` and ``most`` the limits of the policy's rules; ``may_part`` says
    whether less than all that is left may be asked for at all.
    """

    may_part: bool
    charged: Money
    remaining: Money
    least: Money
    most: Money

    @property
    def steps(self) -> tuple[Step, ...]:
        """Twentieths of what is left, as far as the rules allow them; the last is the most."""
        whole, currency, most = self.remaining.micros, self.remaining.currency, self.most.micros
        parts = {partial_by_percent(whole, n * _PERCENT, whole, currency) for n in range(1, _STEPS)}
        wanted = sorted({part for part in parts if max(self.least.micros, 1) <= part < most} | {most})
        return tuple(Step(plain(micros, currency), Money(micros, currency)) for micros in wanted)

    @property
    def all_text(self) -> str:
        """The most, as the field carries it."""
        return plain(self.most.micros, self.most.currency)

    def asked(self, text: str) -> int | None:
        """Micros that ``text`` means of what is left; None for an empty text: all of it.

        Raises BadAmount, AmountTooFine.
        """
        if not text.strip():
            return None
        left = self.remaining
        return typed_amount(text, whole=left.micros, remaining=left.micros, currency=left.currency)

    def amount_of(self, item: SubmitItem) -> Money:
        """What a claim asks for."""
        left = self.remaining
        return left if item.amount_micros is None else Money(item.amount_micros, left.currency)

    def place_of(self, asked: Money) -> int:
        """The place of the slider that is nearest to an amount, from 0 on."""
        steps = self.steps
        return min(range(len(steps)), key=lambda n: abs(steps[n].amount.micros - asked.micros))

    def text_of(self, micros: int) -> str:
        """How the field shows what was asked for before; empty for all that is left."""
        return "" if micros >= self.remaining.micros else plain(micros, self.remaining.currency)


def terms_of(rules: Sequence[Rule], charged: Money, credited: int) -> Terms:
    """The terms of a charge under a policy's rules; ``credited`` in micros."""
    currency = charged.currency
    left = max(0, charged.micros - credited)
    most, least = left, minor_micros(currency)
    whole_only = False
    for rule in rules:
        if rule.severity not in _REFUSING:
            continue
        whole_only = whole_only or isinstance(rule, AmountFull)
        if isinstance(rule, AmountCap):
            most = min(most, rule.most_of(charged.micros, left))
        elif isinstance(rule, AmountMin):
            least = max(least, rule.micros)
    return Terms(
        may_part=not whole_only and left > least,
        charged=charged,
        remaining=Money(left, currency),
        least=Money(least, currency),
        most=Money(most, currency),
    )


def least_chars(rules: Sequence[Rule]) -> int:
    """How many characters every explanation has at least."""
    asked = [rule.min_chars for rule in rules if isinstance(rule, Explanation) and rule.severity in _REFUSING]
    return max(asked, default=0)


def window_of(rules: Sequence[Rule]) -> str:
    """Within how long a claim can be filed, of the rules that block: ``4 days (96 hours)``; empty without a limit."""
    for rule in rules:
        if isinstance(rule, Window) and rule.amount and rule.severity in _REFUSING:
            hours = f" ({rule.amount} hours)" if rule.unit == "hours" and rule.amount % 24 == 0 else ""
            return f"{rule.length()}{hours}"
    return ""
