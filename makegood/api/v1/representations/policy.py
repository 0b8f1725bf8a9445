"""A policy with its versions, what rules say of charges, and what they would have meant in the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from makegood.api.v1 import ids
from makegood.api.v1.representations.charge import ChargeId
from makegood.api.v1.representations.shapes import Money, Page
from makegood.api.v1.representations.shapes import money as written
from makegood.disputes.selectors.policy_diff import Shift
from makegood.disputes.selectors.policy_trials import Impact, VersionRow, VersionState
from makegood.kernel.money import Money as Amount
from makegood.parties.models import Program

POLICY = "pol"
PolicyId = Annotated[
    str, Meta(pattern="^pol_", description="pol_ and the program's key.", examples=["pol_telecom_billing"])
]
Rules = list[dict[str, Any]]


class PolicyVersion(Struct, kw_only=True):
    """One version: a ``draft``, or published and ``scheduled``, ``in_force``, ``ended`` or ``withdrawn``; then it never
    changes.

    ``rules`` are asked in their order; ``sentences`` say the same in words.
    """

    policy: PolicyId
    number: int
    state: str
    starts_at: datetime | None
    ends_at: datetime | None
    published_at: datetime | None
    author: str
    note: str
    rules: Rules
    sentences: list[str]


class PolicyVersionPage(Page):
    """Versions of a policy, the latest first."""

    items: list[PolicyVersion]


class Policy(Struct, kw_only=True):
    """The policy of a program: the version in force, and the numbers of those that wait. Its ETag is for publishing."""

    id: PolicyId
    program: str
    name: str
    in_force: PolicyVersion | None
    scheduled: list[int]
    drafts: list[int]
    last: int


class PolicyPage(Page):
    """Policies by their programs' keys."""

    items: list[Policy]


class Tally(Struct, frozen=True):
    """So many charges, and what they were billed in each currency."""

    charges: int
    amounts: list[Money]


class Stop(Struct, frozen=True):
    """Charges that a rule stops first, by its code."""

    code: str
    charges: int
    amounts: list[Money]


class Judgement(Struct, frozen=True):
    """What a policy says of all charges: which can be disputed, and which rule stops each of the others."""

    policy: str
    eligible: Tally
    stopped: list[Stop]


class ImpactSample(Struct, frozen=True):
    """A charge that would be judged otherwise, with the sentence of the rule that tells the two apart."""

    charge: ChargeId
    message: str


class Change(Struct, kw_only=True):
    """Charges that would be judged otherwise: codes of what stops them, null where nothing does."""

    before: str | None
    after: str | None
    charges: int
    amounts: list[Money]
    samples: list[ImpactSample]


class PolicyImpact(Struct, kw_only=True):
    """What rules would have meant for the charges received from ``since`` to before ``until``.

    Each is judged as at the end of the day in which it came, by the rules that look at a charge alone.
    """

    since: datetime
    until: datetime
    charges: int
    in_force: Judgement
    tried: Judgement
    would_open: int
    would_close: int
    changes: list[Change]


def policy_id(key: str) -> str:
    """The id of a program's policy."""
    return f"{POLICY}_{key}"


def version(row: VersionRow) -> PolicyVersion:
    """A version as the service writes it."""
    return PolicyVersion(
        policy=policy_id(row.program),
        number=row.number,
        state=row.state.value,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        published_at=row.published_at,
        author=row.author,
        note=row.note,
        rules=[dict(rule) for rule in row.rules],
        sentences=list(row.sentences),
    )


def policy(program: Program, rows: Sequence[VersionRow]) -> Policy:
    """A policy as the service writes it."""
    in_force = next((row for row in rows if row.state is VersionState.IN_FORCE), None)
    return Policy(
        id=policy_id(program.key),
        program=program.key,
        name=program.name,
        in_force=version(in_force) if in_force else None,
        scheduled=[row.number for row in rows if row.state is VersionState.SCHEDULED],
        drafts=[row.number for row in rows if row.state is VersionState.DRAFT],
        last=max((row.number for row in rows), default=0),
    )


def impact(found: Impact) -> PolicyImpact:
    """An impact as the service writes it."""
    return PolicyImpact(
        since=found.since,
        until=found.until,
        charges=found.charges,
        in_force=_judgement(found.diff.a, found.stopped_by(tried=False)),
        tried=_judgement(found.diff.b, found.stopped_by(tried=True)),
        would_open=found.diff.would_open,
        would_close=found.diff.would_close,
        changes=[_change(shift) for shift in found.diff.shifts if shift.changes],
    )


def _judgement(label: str, stopped: Mapping[str, tuple[int, Sequence[Amount]]]) -> Judgement:
    count, amounts = stopped.get("", (0, ()))
    stops = [Stop(code, many, _amounts(sums)) for code, (many, sums) in sorted(stopped.items()) if code]
    return Judgement(label, Tally(count, _amounts(amounts)), stops)


def _change(shift: Shift) -> Change:
    return Change(
        before=shift.before or None,
        after=shift.after or None,
        charges=shift.charges,
        amounts=_amounts(shift.billed),
        samples=[ImpactSample(ids.numbered(ids.CHARGE, one.charge_id), one.sentence) for one in shift.samples],
    )


def _amounts(amounts: Sequence[Amount]) -> list[Money]:
    return [shown for amount in amounts if (shown := written(amount)) is not None]
