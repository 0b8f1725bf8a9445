"""What would change if another policy were in force: over today's charges, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from makegood.disputes.eligibility import CHARGE_PHASES, Verdict, masks_of
from makegood.disputes.entries import SubmitItem
from makegood.disputes.policy import Rule, compile_policy
from makegood.disputes.selectors.policies import PolicyInForce, moment
from makegood.disputes.selectors.verdicts import judged
from makegood.kernel import sql
from makegood.kernel.money import Money


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


def policy_diff(program_id: int, a: PolicyInForce, b: PolicyInForce) -> PolicyDiff:
    """Compare two policies over today's charges of a program; samples only of what would change.

    Judged are the rules that look at a charge alone; what depends on a claim is left to its own moment.
    """
    rows = _rows(program_id, a.rules, b.rules)
    found: dict[tuple[str, str], list[tuple[Money, int, set[int]]]] = {}
    for a_bit, b_bit, currency, count, micros, first, last in rows:
        key = (_code(a.rules, a_bit), _code(b.rules, b_bit))
        found.setdefault(key, []).append((Money(micros, currency), count, {first, last}))
    sampled = sorted({pk for (x, y), parts in found.items() if x != y for *_, ids in parts for pk in ids})
    items = [SubmitItem(pk) for pk in sampled]
    before, after = judged(a, items, CHARGE_PHASES), judged(b, items, CHARGE_PHASES)
    shifts = tuple(
        Shift(
            *key,
            charges=sum(count for _, count, _ in parts),
            billed=tuple(money for money, _, _ in parts),
            samples=tuple(
                Sample(pk, _sentence(after[pk] if key[1] else before[pk]))
                for pk in sorted({pk for *_, ids in parts for pk in ids})
            )
            if key[0] != key[1]
            else (),
        )
        for key, parts in sorted(found.items())
    )
    return PolicyDiff(a.label, b.label, shifts)


def _rows(program_id: int, a: Sequence[Rule], b: Sequence[Rule]) -> list[tuple[int, int, str, int, int, int, int]]:
    at = moment(program_id)
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
                "a_block": a_block,
                "a_override": a_override,
                "b_block": b_block,
                "b_override": b_override,
                **first.params,
                **second.params,
            },
        )
        return list(cursor.fetchall())


def _code(rules: Sequence[Rule], bit: int) -> str:
    return rules[bit.bit_length() - 1].code if bit else ""


def _sentence(verdict: Verdict) -> str:
    return verdict.headline.message if verdict.headline else ""
