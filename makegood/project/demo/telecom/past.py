"""What was disputed of the bills in thirteen months, and how it was worked. Pure.

The third filing is the worked example, dispute D-10003: adjusted, reversed, charged a fee, closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random

from makegood.project.demo.contests import Contest, Deed, Did
from makegood.project.demo.dice import dice
from makegood.project.demo.people import BILLING, CSR, MANAGER, OTHER_MANAGER
from makegood.project.demo.rhythm import OPERATOR_ZONE
from makegood.project.demo.telecom import riverside
from makegood.project.demo.telecom.accounts import MONTHS, PROGRAM, WORKED, Plot
from makegood.project.demo.telecom.bills import LATE_FEE, WORKED_MONTH, Bill
from makegood.project.demo.telecom.lines import MICROS_PER_CENT, Line

_FEE_MICROS = 5_000_000
_PER_MONTH = 4
_LAST = MONTHS - 1
_REASONS: tuple[tuple[str, str, Did, str], ...] = (
    (
        "WRONG_PRICE",
        "Was quoted a lower price when the contract was signed.",
        Did.PARTIAL,
        "The quote says so; the difference is credited.",
    ),
    ("UNEXPECTED_CHARGE", "Says this was never ordered.", Did.ACCEPT, "No order on file. Credited."),
    (
        "UNEXPECTED_CHARGE",
        "Did not expect this line on the bill.",
        Did.REJECT,
        "Ordered by the account's owner; the signed order is on file.",
    ),
    (
        "NOT_FUNCTIONAL",
        "Out of order for most of the month, two tickets.",
        Did.PARTIAL,
        "Two tickets confirm nine days without service.",
    ),
    ("POOR_QUALITY", "Calls dropped all month.", Did.REJECT, "Line tests show no loss in that month."),
    (
        "DOUBLE_CHARGE",
        "The same item was on the bill before.",
        Did.ACCEPT,
        "Charged twice, confirmed. The second one is credited.",
    ),
)
"""Reason, what the customer says, how it ends, what the reviewer writes."""
_SHARES = (25, 40, 50, 60)


def past(bills: Sequence[Bill], *, seed: int, now: datetime) -> list[Contest]:
    """Every filing of the telecom program up to ``now``, oldest first; the first two and the third are fixed."""
    found = [contest for contest in _all(bills, seed, now) if contest.filed_at < now]
    return sorted(found, key=lambda contest: (contest.filed_at, contest.items))


def item(bill: Bill, line: Line) -> str:
    """How a line of a bill is named here."""
    return f"{bill.number}/{line.feature}"


def _all(bills: Sequence[Bill], seed: int, now: datetime) -> Iterator[Contest]:
    rng = dice(seed, "telecom past")
    by_month = {month: [bill for bill in bills if bill.month == month] for month in range(MONTHS)}
    for month in range(_LAST):
        chosen = rng.sample([bill for bill in by_month[month] if bill.account is not WORKED], _PER_MONTH)
        # The first two months have one dispute each, so that the worked example is the third.
        for place, bill in enumerate(chosen[:1] if month < WORKED_MONTH else chosen):
            yield _ordinary(bill, rng, place + 1)
    yield _worked_example(next(bill for bill in by_month[WORKED_MONTH] if bill.account is WORKED))
    yield from _newest(by_month[_LAST], now)


def _at(bill: Bill, days: int, hour: int, minute: int = 0) -> datetime:
    local = datetime.combine(bill.issued_on + timedelta(days=days), time(hour, minute), OPERATOR_ZONE)
    return local.astimezone(UTC)


def _ordinary(bill: Bill, rng: Random, place: int) -> Contest:
    """One line of a bill; decided within the week and closed the day after."""
    reason, says, ending, note = rng.choice(_REASONS)
    lines = [line for line in bill.lines if line.net > 0]
    line = rng.choice(lines)
    filed = 3 + place * 2
    decided = _at(bill, filed + rng.randrange(1, 5), 10, 5 * place)
    net = line.net * MICROS_PER_CENT
    part = line.net * rng.choice(_SHARES) // 100 * MICROS_PER_CENT
    micros = part if ending is Did.PARTIAL and 0 < part < net else None
    did = Did.ACCEPT if ending is Did.PARTIAL and micros is None else ending
    return Contest(
        source=PROGRAM,
        items=(item(bill, line),),
        by=CSR,
        filed_at=_at(bill, filed, 9, 10 + place * 7),
        reason=reason,
        explanation=says,
        deeds=(
            Deed(decided, did, rng.choice((MANAGER, OTHER_MANAGER)), micros, note),
            Deed(decided + timedelta(days=1), Did.CLOSE, MANAGER),
        ),
    )


def _worked_example(bill: Bill) -> Contest:
    """Invoice 1003324, feature 103254 "MONTHLY FEE": 9.99 adjusted, reversed, a fee of 5.00, closed as approved."""
    line = bill.lines[0]
    return Contest(
        source=PROGRAM,
        items=(item(bill, line),),
        by=BILLING,
        filed_at=_at(bill, 2, 9, 35),
        reason="UNEXPECTED_CHARGE",
        explanation="Customer is disputing invoice charge.",
        resolution="APPROVED",
        deeds=(
            Deed(_at(bill, 3, 11), Did.ADJUST, BILLING, line.net * MICROS_PER_CENT, "Credited while we look into it."),
            Deed(_at(bill, 9, 11), Did.REVERSE, BILLING, words="The signed order was found."),
            Deed(_at(bill, 9, 11, 5), Did.FEE, BILLING, _FEE_MICROS, "Reversal fee, as the contract says."),
            Deed(_at(bill, 9, 11, 10), Did.CLOSE, BILLING, resolution="APPROVED"),
        ),
    )


def _in_steps(bill: Bill, filed_at: datetime) -> Contest:
    """Three lines of one bill in one case, made in the guided steps: one is credited, one in part, one waits."""
    late, routers = (
        next(line for line in bill.lines[::-1] if line.description == name) for name in (LATE_FEE, "Managed router")
    )
    numbers = next(line for line in bill.lines if line.description == "Block of 20 numbers")
    decided = filed_at + timedelta(hours=22)
    return Contest(
        source=PROGRAM,
        items=tuple(item(bill, line) for line in (routers, late, numbers)),
        by=CSR,
        filed_at=filed_at,
        is_guided=True,
        about="billing",
        reason="DOUBLE_CHARGE",
        reasons=("DOUBLE_CHARGE", "UNEXPECTED_FEE", "UNEXPECTED_CHARGE"),
        explanation="The routers are on the bill twice, the late fee came although the last bill was paid on time, and "
        "one block of numbers was given back in spring.",
        deeds=(
            Deed(decided, Did.ACCEPT, OTHER_MANAGER, words="Charged twice, confirmed. Credited.", line=0),
            Deed(
                decided + timedelta(minutes=6), Did.PARTIAL, OTHER_MANAGER, late.net * MICROS_PER_CENT // 2,
                "The payment came a day late; half of the fee is waived.", line=1,
            ),
            Deed(decided + timedelta(hours=2), Did.CLOSE, OTHER_MANAGER, line=0),
            Deed(decided + timedelta(hours=2, minutes=1), Did.CLOSE, OTHER_MANAGER, line=1),
        ),
    )  # fmt: skip


def _newest(bills: Sequence[Bill], now: datetime) -> Iterator[Contest]:
    """What accounts receivable has before it: a case of three lines half decided, a spike, a proration, a visit."""
    by_plot = {bill.account.plot: bill for bill in bills}
    early = now - timedelta(days=2, hours=3)
    yield _in_steps(by_plot[Plot.DOUBLE_CHARGE], early)
    spike = by_plot[Plot.USAGE_SPIKE]
    talk = next(line for line in spike.lines if line.type == "usage")
    yield Contest(
        source=PROGRAM,
        items=(item(spike, talk),),
        by=CSR,
        filed_at=early + timedelta(hours=1),
        reason="UNAUTHORIZED_USE",
        explanation="Seven times the usual minutes. Nobody was in the office on those nights.",
        micros=talk.net * 6 // 7 * MICROS_PER_CENT,
    )
    faster = by_plot[Plot.PRORATION]
    added = next(line for line in faster.lines if "500M" not in line.description and "Fiber" in line.description)
    yield Contest(
        source=PROGRAM,
        items=(item(faster, added),),
        by=CSR,
        filed_at=early + timedelta(hours=2),
        reason="WRONG_PRICE",
        explanation="Billed from the 11th, the new line was switched on two days later.",
        deeds=(
            Deed(early + timedelta(hours=20), Did.CLAIM, MANAGER),
            Deed(early + timedelta(hours=20, minutes=4), Did.ASK, MANAGER, words="On which day did the line come up?"),
        ),
    )
    many = by_plot[Plot.MANY]
    visit = next(line for line in many.lines if line.description == riverside.VISIT)
    yield Contest(
        source=PROGRAM,
        items=(item(many, visit),),
        by=CSR,
        filed_at=early + timedelta(hours=3),
        reason="UNEXPECTED_FEE",
        explanation="The technician came for a fault of the network. Says nobody spoke of a fee.",
    )
