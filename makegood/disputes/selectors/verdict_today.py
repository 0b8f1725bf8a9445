"""The verdict that was frozen at filing beside what the policy in force now says of the same claim, rule by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from makegood.disputes.eligibility import ALL_PHASES, RuleResult, Verdict
from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import PolicyMissing
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.detail import verdict_then
from makegood.disputes.selectors.exhibits import exhibits_of
from makegood.disputes.selectors.policies import policy_in_force
from makegood.disputes.selectors.verdicts import judged
from makegood.disputes.states import Origin
from makegood.kernel import clock

OWN = frozenset({"ALREADY_DISPUTED", "DISPUTE_FINAL", "FULLY_CREDITED", "AMOUNT_TOO_HIGH", "AMOUNT_NOT_FULL"})
"""Rules that look at disputes and credits of the charge: today they find this dispute itself."""


@dataclass(frozen=True)
class RulePair:
    """One rule then and today; None where the policy had it not, or has it no longer.

    ``differences`` says in words what is not the same; ``own`` that today it only finds this dispute itself.
    """

    code: str
    then: RuleResult | None
    today: RuleResult | None
    differences: tuple[str, ...]
    own: bool = False

    @property
    def same(self) -> bool:
        """Whether today says nothing that was not said then."""
        if self.then is None or self.today is None:
            return False
        return _same(self.then.fact, self.today.fact) and _same(self.then.limit, self.today.limit)


@dataclass(frozen=True)
class Compared:
    """Both verdicts and their rules side by side; ``today`` is None where no policy is in force."""

    then: Verdict | None
    today: Verdict | None
    rules: tuple[RulePair, ...]

    @property
    def differing(self) -> int:
        """How many rules say something else today."""
        return sum(bool(pair.differences) for pair in self.rules)


def compared(dispute: Dispute) -> Compared:
    """The two verdicts of a dispute. The caller has scoped it.

    Today's policy judges the claim as it stands, at the moment it was sent, so that a window that has ended since is no
    difference.
    """
    then, today = verdict_then(dispute), _today(dispute)
    return Compared(then, today, _paired(then, today))


def _today(dispute: Dispute) -> Verdict | None:
    policy = policy_in_force(dispute.program_id, clock.now())
    if isinstance(policy, PolicyMissing):
        return None
    reason = dispute.reason.code if dispute.reason else ""
    claim = SubmitItem(dispute.charge_id, reason, dispute.description, dispute.amount_micros)
    files = {claim: exhibits_of(dispute.pk)}
    said = judged(policy, [claim], ALL_PHASES, Origin(dispute.origin), now=dispute.submitted_at, attached=files)
    return said[dispute.charge_id]


def _keyed(verdict: Verdict | None) -> dict[tuple[str, int], RuleResult]:
    """Rules by code and how often the code came before; a policy may have a rule twice."""
    met: Counter[str] = Counter()
    found: dict[tuple[str, int], RuleResult] = {}
    for rule in verdict.rules if verdict else ():
        found[rule.code, met[rule.code]] = rule
        met[rule.code] += 1
    return found


def _paired(then: Verdict | None, today: Verdict | None) -> tuple[RulePair, ...]:
    old, new = _keyed(then), _keyed(today)
    keys = [*new, *(key for key in old if key not in new)]
    both = then is not None and today is not None
    return tuple(_pair(key[0], old.get(key), new.get(key), both=both) for key in keys)


def _pair(code: str, then: RuleResult | None, today: RuleResult | None, *, both: bool) -> RulePair:
    if not both:
        return RulePair(code, then, today, ())
    if then is None or today is None:
        return RulePair(code, then, today, ("new rule",) if then is None else ("rule is gone",))
    own = code in OWN and then.passed and not today.passed
    said = []
    if then.passed != today.passed and not own:
        said.append("now met" if today.passed else "now not met")
    if then.severity != today.severity and not own:
        said.append(f"was {then.severity}")
    if not _same(then.limit, today.limit):
        said.append("other limit")
    if not own and not said and not _same(then.fact, today.fact) and not (then.passed and today.passed):
        said.append("other facts")
    return RulePair(code, then, today, tuple(said), own)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two mappings say the same, however their numbers are written."""
    return {name: _plain(value) for name, value in one.items()} == {name: _plain(v) for name, v in other.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(str(one) for one in value)
    return None if value in ("", None) else str(value)
