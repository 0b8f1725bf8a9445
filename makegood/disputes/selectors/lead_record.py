"""What stands behind one lead: why it can be submitted for review or not, and what its outcome means for the bill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from makegood.disputes.eligibility import CHARGE_PHASES, Verdict, thawed
from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import PolicyMissing
from makegood.disputes.policy import Rule, Severity
from makegood.disputes.selectors.credits import CreditRow, credits_of
from makegood.disputes.selectors.expected import Expected, expected_of
from makegood.disputes.selectors.leads import Lead
from makegood.disputes.selectors.policies import policy_in_force, policy_of_version
from makegood.disputes.selectors.verdicts import judged
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.models import Program

STOPS = frozenset({Severity.BLOCK.value, Severity.OVERRIDE.value})


@dataclass(frozen=True)
class Condition:
    """One thing that is asked of a lead: whether it is met, the sentence (empty: its code says enough), the way out.

    ``only_warns`` says that it stands in nobody's way.
    """

    code: str
    met: bool
    sentence: str
    way_out: str = ""
    only_warns: bool = False


@dataclass(frozen=True)
class Eligibility:
    """Whether a lead can be submitted for review, condition by condition, as of a moment.

    ``then`` says that it is what counted when it was submitted; without ``conditions`` no policy is published.
    """

    conditions: tuple[Condition, ...]
    eligible: bool
    at: datetime
    closes_at: datetime | None = None
    then: bool = False


@dataclass(frozen=True)
class BillEffect:
    """What an outcome means for the bill: ``amount`` is money back (above zero), net and tax.

    ``kept_off`` says that the item was on no bill yet: it stays off, or less of it is billed (``in_part``). Else it is
    a credit ``on`` a bill or statement; empty for the next one.
    """

    amount: Money
    kept_off: bool
    in_part: bool = False
    on: str = ""


def eligibility_of(principal: Principal, lead: Lead) -> Eligibility:
    """What is asked of a lead, line by line; of one that was submitted what counted then."""
    charge, row = lead.row.charge, lead.row.dispute
    if row is not None and row.stage is not Stage.WITHDRAWN:
        frozen = _then(principal, row.id, lead.channel)
        if frozen is not None:
            return frozen
    policy = policy_in_force(charge.program_id, clock.now())
    if isinstance(policy, PolicyMissing):
        return Eligibility((), eligible=False, at=clock.now())
    verdict = judged(policy, [SubmitItem(charge.id)], CHARGE_PHASES)[charge.id]
    return _told(policy.rules, verdict, lead.channel, then=False)


def _then(principal: Principal, dispute_id: int, channel: str) -> Eligibility | None:
    dispute = disputes_visible_to(principal).get(pk=dispute_id)
    if dispute.policy_version_id is None or not dispute.verdict:
        return None
    rules = policy_of_version(dispute.policy_version_id).rules
    return _told(rules, thawed(dispute.verdict, rules, CHARGE_PHASES), channel, then=True)


def _told(rules: Sequence[Rule], verdict: Verdict, channel: str, *, then: bool) -> Eligibility:
    asked = [rule for rule in rules if rule.phase in CHARGE_PHASES]
    bars = verdict.rules[: len(verdict.rules) - len(asked)]  # what no policy lifts is said first
    said = [Condition(bar.code, met=False, sentence=bar.message) for bar in bars]
    for rule, result in zip(asked, verdict.rules[len(bars) :], strict=True):
        if not _is_asked_of(rule, channel, passed=result.passed):
            continue
        sentence = rule.met(result.fact, verdict.at) if result.passed else result.message
        way_out = "" if result.passed else result.would_pass_if
        said.append(Condition(result.code, result.passed, sentence, way_out, result.severity not in STOPS))
    return Eligibility(tuple(said), verdict.can_submit, verdict.at, verdict.closes_at, then)


def _is_asked_of(rule: Rule, channel: str, *, passed: bool) -> bool:
    """Whether a rule has something to say of a lead that came in so; what only warns is told when it does."""
    if rule.is_hint or (passed and rule.severity.value not in STOPS):
        return False
    gate = rule.gate
    return not (gate.applies_to and channel not in gate.applies_to) and not (
        passed and (gate.reasons or gate.categories or gate.origins)
    )


def promised(lead: Lead) -> Expected:
    """By when a program decides what is submitted now."""
    program = Program.objects.only("settings").get(pk=lead.row.charge.program_id)
    return expected_of(program.pk, program.settings, clock.now())


def bill_effects(principal: Principal, lead: Lead, dispute_ids: Sequence[int]) -> tuple[BillEffect, ...]:
    """What was credited on a lead means for the bill, by where it stands; none where nothing stands."""
    rows = [row for pk in dispute_ids for row in credits_of(principal, pk)]
    places: dict[str, list[CreditRow]] = {}
    for row in rows:
        places.setdefault(row.stands_on, []).append(row)
    found = []
    for place, here in places.items():
        total = sum((row.total for row in here[1:]), here[0].total)
        if total.micros < 0:
            found.append(_effect(lead, -total, place))
    return tuple(found)


def _effect(lead: Lead, amount: Money, place: str) -> BillEffect:
    charge = lead.row.charge
    if charge.billed_at is not None or place:
        return BillEffect(amount, kept_off=False, on=place)
    whole = charge.charged + charge.tax if charge.charged and charge.tax is not None else charge.charged
    return BillEffect(amount, kept_off=True, in_part=whole is not None and amount.micros < whole.micros)
