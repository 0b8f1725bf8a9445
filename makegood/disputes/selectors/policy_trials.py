"""What if: versions of a policy as rows, rules tried on charges, and what they would have meant in the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from makegood.billing.selectors import charges_visible_to
from makegood.disputes.eligibility import ALL_PHASES, CHARGE_PHASES, FILING_PHASES, Verdict
from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import PolicyMissing, VersionUnknown, WholeProgramNeeded, WindowTooLong
from makegood.disputes.models import PolicyVersion
from makegood.disputes.policy.naming import CODES, Naming
from makegood.disputes.policy.sentences import sentences_of
from makegood.disputes.policy.stamps import stamp_of
from makegood.disputes.selectors.policies import PolicyInForce, policy_in_force, policy_numbered, policy_of_rules
from makegood.disputes.selectors.policy_codes import codes_of
from makegood.disputes.selectors.policy_diff import PolicyDiff, Span, policy_diff
from makegood.disputes.selectors.verdicts import judged
from makegood.disputes.states import Origin
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.selectors import demand, has_customer_limits, programs_visible_to
from makegood.parties.states import Verb

MOST_DAYS = 92
DAY = timedelta(days=1)


class VersionState(StrEnum):
    """Where a version of a policy stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class VersionRow:
    """One version: ``rules`` as they were written, ``sentences`` as they read; times aware, None where open or not yet
    known.
    """

    program: str
    number: int
    state: VersionState
    starts_at: datetime | None
    ends_at: datetime | None
    published_at: datetime | None
    author: str
    note: str
    rules: tuple[Mapping[str, Any], ...]
    sentences: tuple[str, ...] = ()

    @property
    def stamp(self) -> str:
        """What a later step names to say that it was made from this."""
        return stamp_of(list(self.rules), self.note)


@dataclass(frozen=True)
class Impact:
    """What a policy would have meant for charges received from ``since`` to before ``until``.

    Each charge is judged as at the end of the day (24 hours from ``since`` on) in which it came. ``diff`` holds every
    charge, by what stops it under the version in force (before) and under the tried one (after).
    """

    since: datetime
    until: datetime
    diff: PolicyDiff

    @property
    def charges(self) -> int:
        """How many charges were judged."""
        return sum(shift.charges for shift in self.diff.shifts)

    def eligible(self, *, tried: bool) -> tuple[int, tuple[Money, ...]]:
        """How many of them can be disputed, and their amounts by currency: in force, or as tried."""
        return self.stopped_by(tried=tried).get("", (0, ()))

    def stopped_by(self, *, tried: bool) -> dict[str, tuple[int, tuple[Money, ...]]]:
        """Count and amounts by the code of the rule that stops them first (empty: none does)."""
        found: dict[str, tuple[int, dict[str, Money]]] = {}
        for shift in self.diff.shifts:
            code = shift.after if tried else shift.before
            count, sums = found.get(code, (0, {}))
            for money in shift.billed:
                sums[money.currency] = sums[money.currency] + money if money.currency in sums else money
            found[code] = (count + shift.charges, sums)
        return {code: (count, tuple(sums[key] for key in sorted(sums))) for code, (count, sums) in found.items()}


def policy_program(principal: Principal, key: str, verb: Verb = Verb.POLICY_EDIT) -> Program:
    """The program whose policy is meant, for who may edit policies (or view them). Raises NotPermitted, NotFound."""
    demand(principal, verb)
    program = programs_visible_to(principal).filter(key=key).first()
    if program is None:
        raise NotFound()
    return program


def policy_programs(principal: Principal, verb: Verb = Verb.POLICY_EDIT) -> list[Program]:
    """The programs whose policies the principal may edit (or view), by key. Raises NotPermitted."""
    demand(principal, verb)
    return list(programs_visible_to(principal).order_by("key"))


def version_rows(program: Program) -> list[VersionRow]:
    """Every version of a program's policy, drafts included, by number. The caller has scoped the program."""
    found = PolicyVersion.objects.filter(policy__program=program).select_related("author").order_by("number")
    now, naming = clock.now(), codes_of(program).naming
    return [version_row(program, version, now, naming) for version in found]


def version_row(
    program: Program, version: PolicyVersion, now: datetime | None = None, naming: Naming = CODES
) -> VersionRow:
    """One version as a row."""
    published = version.effective if version.published_at is not None else None
    return VersionRow(
        program=program.key,
        number=version.number,
        state=_state(version, now or clock.now()),
        starts_at=published.lower if published is not None else None,
        ends_at=published.upper if published is not None else None,
        published_at=version.published_at,
        author=str(version.author) if version.author else "",
        note=version.note,
        rules=tuple(version.rules),
        sentences=tuple(sentences_of(version.rules, naming)),
    )


def _state(version: PolicyVersion, now: datetime) -> VersionState:
    if version.published_at is None or version.effective is None:
        return VersionState.DRAFT
    if version.effective.isempty:
        return VersionState.WITHDRAWN
    if version.effective.lower is not None and version.effective.lower > now:
        return VersionState.SCHEDULED
    return VersionState.IN_FORCE if now in version.effective else VersionState.ENDED


def tried_policy(
    program: Program, *, rules: Sequence[Mapping[str, Any]] | None = None, number: int | None = None
) -> PolicyInForce:
    """The policy to try: rules as given, or a version by its number, drafts included.

    Raises PolicyNotReadable, VersionUnknown.
    """
    if rules is not None:
        return policy_of_rules(program.pk, "as given", rules)
    if number is None:
        raise VersionUnknown(number="without a number")
    draft = PolicyVersion.objects.filter(policy__program=program, number=number, published_at__isnull=True).first()
    if draft is not None:
        return policy_of_rules(program.pk, f"{program.key}@{draft.number} (draft)", draft.rules)
    return policy_numbered(program.pk, number)


def demand_sight(principal: Principal) -> None:
    """Raise NotPermitted for who may neither view nor edit policies."""
    if not principal.can(Verb.POLICY_EDIT):
        demand(principal, Verb.POLICY_VIEW)


def demand_whole(principal: Principal) -> None:
    """Raise WholeProgramNeeded for who sees only some customers or vendors of a program."""
    scope = principal.scope
    if not scope.everything and (has_customer_limits(scope) or scope.vendors is not None):
        raise WholeProgramNeeded()


def check_policy(
    principal: Principal, policy: PolicyInForce, items: Sequence[SubmitItem], origin: Origin = Origin.BUYER
) -> dict[int, Verdict]:
    """What a policy says of charges in scope, by charge; a claim with reason or words is judged as if it were filed.

    Charges out of scope or of another program are left out. Raises NotPermitted.
    """
    demand_sight(principal)
    wanted = [item.charge_id for item in items]
    seen = set(
        charges_visible_to(principal).filter(program_id=policy.program_id, pk__in=wanted).values_list("pk", flat=True)
    )
    found: dict[int, Verdict] = {}
    for claimed in (False, True):
        part = [item for item in items if item.charge_id in seen and bool(item.reason or item.description) is claimed]
        phases = ALL_PHASES if claimed else CHARGE_PHASES | (ALL_PHASES - FILING_PHASES)
        found.update(judged(policy, part, phases, origin) if part else {})
    return found


def policy_impact(principal: Principal, policy: PolicyInForce, *, since: datetime, until: datetime) -> Impact:
    """What ``policy`` would have meant beside the version in force for charges received in a past window.

    Errors: WINDOW_TOO_LONG, WHOLE_PROGRAM_NEEDED, POLICY_MISSING. Raises NotPermitted.
    """
    demand_sight(principal)
    demand_whole(principal)
    until = min(until, clock.now())
    if not timedelta() < until - since <= MOST_DAYS * DAY:
        raise WindowTooLong(days=MOST_DAYS)
    in_force = policy_in_force(policy.program_id, clock.now())
    if isinstance(in_force, PolicyMissing):
        raise in_force
    days = -(-(until - since) // DAY)
    ends = [min(since + (day + 1) * DAY, until) for day in range(days)]
    spans = [Span(since + day * DAY, end, end, blocked_too=True) for day, end in enumerate(ends)]
    return Impact(since, until, policy_diff(policy.program_id, in_force, policy, spans))
