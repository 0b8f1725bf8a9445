"""What the pages of policies show: programs with their versions, who did what to them, charges to try rules on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from makegood.billing.models import Charge
from makegood.billing.selectors import charges_visible_to
from makegood.disputes.eligibility import Verdict, thawed
from makegood.disputes.models import Dispute, PolicyVersion
from makegood.disputes.selectors.policies import policy_of_version
from makegood.disputes.selectors.policy_trials import VersionRow, VersionState, policy_programs, version_row
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.journal.selectors import history
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.states import Verb

MOST = 20
SAMPLE = 5


@dataclass(frozen=True)
class PolicyRow:
    """A program with what is in force, what waits and what is being written."""

    program: Program
    in_force: VersionRow | None
    scheduled: tuple[VersionRow, ...]
    drafts: tuple[VersionRow, ...]


@dataclass(frozen=True)
class Step:
    """Something that was done to a version: saved, published, withdrawn."""

    number: int
    event: str
    at: datetime
    who: str


@dataclass(frozen=True)
class Tried:
    """A charge that rules are tried on; ``label`` is its latest dispute, ``frozen`` what was said when it was filed."""

    charge: Charge
    label: str
    frozen: Verdict | None


def policy_rows(principal: Principal) -> list[PolicyRow]:
    """The programs in scope with their versions. Raises NotPermitted."""
    programs = policy_programs(principal, Verb.POLICY_VIEW)
    found: dict[int, list[PolicyVersion]] = {}
    for version in _versions(programs):
        found.setdefault(version.policy.program_id, []).append(version)
    now = clock.now()
    return [_row(one, [version_row(one, version, now) for version in found.get(one.pk, ())], now) for one in programs]


def _versions(programs: Sequence[Program]) -> list[PolicyVersion]:
    versions = PolicyVersion.objects.filter(policy__program__in=programs)
    return list(versions.select_related("author", "policy").order_by("number"))


def _row(program: Program, rows: Sequence[VersionRow], now: datetime) -> PolicyRow:
    scheduled = [row for row in rows if row.state is VersionState.SCHEDULED and row.starts_at is not None]
    return PolicyRow(
        program,
        next((row for row in rows if row.state is VersionState.IN_FORCE), None),
        tuple(sorted(scheduled, key=lambda row: row.starts_at or now)),
        tuple(row for row in rows if row.state is VersionState.DRAFT),
    )


def policy_row(program: Program) -> PolicyRow:
    """One program. The caller has scoped it."""
    now = clock.now()
    return _row(program, [version_row(program, version, now) for version in _versions([program])], now)


def last_steps(program: Program, numbers: Sequence[int]) -> Mapping[int, Step]:
    """The latest step of some versions, by number. The caller has scoped the program."""
    found: dict[int, Step] = {}
    for pk, number in PolicyVersion.objects.filter(policy__program=program, number__in=numbers).values_list(
        "pk", "number"
    ):
        events = history("policy_version", pk)
        if events:
            last = events[-1]
            found[number] = Step(number, last.event, last.at, last.principal_label or "The system")
    return found


def trial_charges(principal: Principal, program: Program, names: Sequence[str]) -> tuple[list[Tried], list[str]]:
    """The charges that people mean by dispute numbers, call ids and our own numbers, and the names that mean none.

    Out of scope, or of another program, is not found.
    """
    charges = charges_visible_to(principal).filter(program=program)
    wanted: dict[int, None] = {}
    unknown = []
    for name in list(dict.fromkeys(names))[:MOST]:
        found = _charge_called(principal, program, name)
        if found is None or not charges.filter(pk=found).exists():
            unknown.append(name)
        else:
            wanted[found] = None
    return _tried(principal, charges.in_bulk(list(wanted)), list(wanted)), unknown


def sample_charges(principal: Principal, program: Program) -> list[Tried]:
    """A few of the latest charges of a program in scope."""
    latest = charges_visible_to(principal).filter(program=program).order_by("-received_at", "-pk")[:SAMPLE]
    found = {charge.pk: charge for charge in latest}
    return _tried(principal, found, list(found))


def _charge_called(principal: Principal, program: Program, name: str) -> int | None:
    if name.upper().startswith("D-"):
        label = f"D-{name[2:]}"
        dispute = disputes_visible_to(principal).filter(label=label, program=program).order_by("-pk").first()
        return dispute.charge_id if dispute is not None else None
    charges = charges_visible_to(principal).filter(program=program)
    if name.isascii() and name.isdigit() and len(name) < 19:
        own = charges.filter(pk=int(name)).values_list("pk", flat=True).first()
        if own is not None:
            return own
    return charges.filter(external_id=name).order_by("-pk").values_list("pk", flat=True).first()


def _tried(principal: Principal, charges: Mapping[int, Charge], order: Sequence[int]) -> list[Tried]:
    disputes: dict[int, Dispute] = {
        dispute.charge_id: dispute
        for dispute in disputes_visible_to(principal).filter(charge_id__in=order).order_by("pk")
    }
    return [Tried(charges[pk], disputes[pk].label if pk in disputes else "", _frozen(disputes.get(pk))) for pk in order]


def _frozen(dispute: Dispute | None) -> Verdict | None:
    if dispute is None or dispute.verdict is None or dispute.policy_version_id is None:
        return None
    return thawed(dispute.verdict, policy_of_version(dispute.policy_version_id).rules)
