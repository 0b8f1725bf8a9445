"""How bulk plans are called: what they are about to do, and what they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from makegood.disputes.selectors.plans import PlanSum, PlanView
from makegood.disputes.states import PlanState, PlanVerb
from makegood.kernel.money import Money

TITLES = {
    PlanVerb.ACCEPT: "Accept",
    PlanVerb.PARTIAL: "Accept in part",
    PlanVerb.REJECT: "Reject",
    PlanVerb.ADJUST: "Credit",
    PlanVerb.REVERSE: "Reverse",
    PlanVerb.CLOSE: "Close",
    PlanVerb.REOPEN: "Reopen",
    PlanVerb.ASSIGN: "Assign",
}
DONE = {
    PlanVerb.ACCEPT: "accepted",
    PlanVerb.PARTIAL: "accepted in part",
    PlanVerb.REJECT: "rejected",
    PlanVerb.ADJUST: "credited",
    PlanVerb.REVERSE: "reversed",
    PlanVerb.CLOSE: "closed",
    PlanVerb.REOPEN: "reopened",
    PlanVerb.ASSIGN: "assigned",
}
MONEYED = frozenset({PlanVerb.ACCEPT, PlanVerb.PARTIAL, PlanVerb.ADJUST, PlanVerb.REVERSE})
"""Verbs that move money."""
STATES = {
    PlanState.DRAFT: "not committed",
    PlanState.RUNNING: "running",
    PlanState.FINISHED: "done",
    PlanState.STOPPED: "stopped",
    PlanState.UNDONE: "undone",
}


@dataclass(frozen=True)
class SumLine:
    """One line of the slip; ``margin`` is None between two currencies, which are never added."""

    currency: str
    count: int
    credit: Money
    tax: Money
    clawback: Money
    margin: Money | None


def lines_of(plan: PlanView) -> list[SumLine]:
    """The sums of a plan, a line per pair of currencies."""
    return [_line(one) for one in plan.totals.sums]


def _line(one: PlanSum) -> SumLine:
    return SumLine(
        one.currency,
        one.count,
        Money(one.credit_micros, one.currency),
        Money(one.tax_micros, one.currency),
        Money(one.clawback_micros, one.payout_currency),
        None if one.margin_micros is None else Money(one.margin_micros, one.currency),
    )


def largest_of(plan: PlanView) -> list[tuple[str, str, str, Money]]:
    """The largest effects: number, number for its address, buyer, amount."""
    return [
        (one.number, one.number.removeprefix("D-"), one.buyer, Money(one.credit_micros, one.currency))
        for one in plan.totals.largest
    ]


def words_of(plan: PlanView) -> dict[str, Any]:
    """Title, past tense and state of a plan."""
    return {"title": TITLES[plan.verb], "done_word": DONE[plan.verb], "state_word": STATES[plan.state]}


def plural(count: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{count:,} {one if count == 1 else many}"
