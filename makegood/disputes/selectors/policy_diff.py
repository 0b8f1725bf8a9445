"""What would change if another policy were in force: over today's charges, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from makegood.disputes.eligibility import CHARGE_PHASES, Verdict, masks_of
from makegood.disputes.entries import SubmitItem
from makegood.disputes.policy import Rule, compile_policy
from makegood.disputes.selectors.policies import PolicyInForce, moment
from makegood.disputes.selectors.verdicts import judged
from makegood.kernel import sql
from makegood.kernel.money import Money

SAMPLES = 6


@dataclass(frozen=True)
class Sample:
    """A charge that would be judged otherwise, with the sentence of the second policy, else of the first."""

    charge_id: int
    sentence: str


@dataclass(frozen=True)
class Shift:
    """Charges by what stops them: ``before`` and ``after`` are codes, empty where they can be disputed."""

    before: str
    after: str
    charges: int
    billed: tuple[Money, ...]
    samples: tuple[Sample, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether the two policies say different things of them."""
        return self.before != self.after


@dataclass(frozen=True)
class PolicyDiff:
    """How two policies judge the charges of a program that at least one of them lets pass, before anybody files."""

    a: str
    b: str
    shifts: tuple[Shift, ...]

    @property
    def open_now(self) -> int:
        """Charges that can be disputed by the first policy."""
        return sum(shift.charges for shift in self.shifts if not shift.before)

    @property
    def would_close(self) -> int:
        """Of these, how many the second policy stops."""
        return sum(shift.charges for shift in self.shifts if not shift.before and shift.after)

    @property
    def would_open(self) -> int:
        """Charges that the second policy would make eligible."""
        return sum(shift.charges for shift in self.shifts if shift.before and not shift.after)


@dataclass(frozen=True)
class Span:
    """Which charges are judged, and when: received from ``since`` to before ``until``, as on ``at`` (now).

    ``above`` and ``upto`` bound their ids. ``blocked_too`` counts also those that both policies stop.
    """

    since: datetime | None = None
    until: datetime | None = None
    at: datetime | None = None
    blocked_too: bool = False
    above: int | None = None
    upto: int | None = None


Counted = tuple[int, int, str, int, int, int, int, int]
"""What stops some charges by each policy (a bit of its rules), currency, every bit of the second that speaks, count,
micros, the first and the last."""


def policy_diff(program_id: int, a: PolicyInForce, b: PolicyInForce, spans: Sequence[Span] = (Span(),)) -> PolicyDiff:
    """Compare two policies over a program's charges (today's, as of now); samples only of what would change.

    Judged are the rules that look at a charge alone; what depends on a claim is left to its own moment. What was
    credited or disputed meanwhile counts as it stands today, whatever the span.
    """
    found: dict[tuple[str, str], list[tuple[Money, int, dict[int, Span]]]] = {}
    for span in spans:
        for a_bit, b_bit, currency, _, count, micros, first, last in counted(program_id, a.rules, b.rules, span):
            key = (code_at(a.rules, a_bit), code_at(b.rules, b_bit))
            found.setdefault(key, []).append((Money(micros, currency), count, {first: span, last: span}))
    return PolicyDiff(a.label, b.label, tuple(_shift(key, parts, a, b) for key, parts in sorted(found.items())))


def _shift(
    key: tuple[str, str], parts: Sequence[tuple[Money, int, Mapping[int, Span]]], a: PolicyInForce, b: PolicyInForce
) -> Shift:
    sums: dict[str, Money] = {}
    for money, _, _ in parts:
        sums[money.currency] = sums[money.currency] + money if money.currency in sums else money
    spans = {pk: span for _, _, ends in parts for pk, span in ends.items()} if key[0] != key[1] else {}
    chosen = sorted(spans) if len(spans) <= SAMPLES else sorted(spans)[:1] + sorted(spans)[1 - SAMPLES :]
    said = b if key[1] else a
    samples = tuple(
        Sample(pk, headline_of(judged(said, [SubmitItem(pk)], CHARGE_PHASES, now=spans[pk].at)[pk])) for pk in chosen
    )
    billed = tuple(sums[currency] for currency in sorted(sums))
    return Shift(*key, charges=sum(count for _, count, _ in parts), billed=billed, samples=samples)


def counted(program_id: int, a: Sequence[Rule], b: Sequence[Rule], span: Span) -> list[Counted]:
    """What the statement counts of a span. The caller has scoped the program."""
    at = moment(program_id)
    at = replace(at, now=span.at or at.now)
    first = compile_policy(a, at, CHARGE_PHASES).prefixed("a_")
    second = compile_policy(b, at, CHARGE_PHASES).prefixed("b_")
    fragments = {
        "a_mask": first.fail_mask,
        "a_joins": first.joins,
        "b_mask": second.fail_mask,
        "b_joins": second.joins,
    }
    (a_block, a_override), (b_block, b_override) = masks_of(a), masks_of(b)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.spliced("disputes.policy_diff", fragments),
            {
                "program_id": program_id,
                "since": span.since,
                "until": span.until,
                "above": span.above,
                "upto": span.upto,
                "all": span.blocked_too,
                "a_block": a_block,
                "a_override": a_override,
                "b_block": b_block,
                "b_override": b_override,
                **first.params,
                **second.params,
            },
        )
        return list(cursor.fetchall())


def code_at(rules: Sequence[Rule], bit: int) -> str:
    """The code of the rule whose bit it is; empty for none."""
    return rules[bit.bit_length() - 1].code if bit else ""


def headline_of(verdict: Verdict) -> str:
    """The sentence of what stops it first; empty for nothing."""
    return verdict.headline.message if verdict.headline else ""
