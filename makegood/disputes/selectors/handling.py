"""Who works on a dispute, and what was said about that; for those who decide alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from makegood.disputes.models import Dispute, Follow, Handling, OutOfTurn
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.kernel import clock, prepared, sql
from makegood.parties.entries import Principal
from makegood.parties.models import User
from makegood.parties.selectors import people_who, principal_of
from makegood.parties.states import Verb

BY_CLOCK = "the clock"
"""Who escalates what is late, where the program says so."""


@dataclass(frozen=True)
class Escalation:
    """A question to those who lead: who asked, when and why."""

    at: datetime
    by: str
    cause: str


@dataclass(frozen=True)
class Skip:
    """A dispute was taken before an older one."""

    at: datetime
    by: str
    before: str
    cause: str


@dataclass(frozen=True)
class HandlingView:
    """How a dispute is worked on, as one person may know it; empty words and None where nothing was said.

    ``duplicate_of`` and ``duplicates`` are numbers such as ``D-10003``, those in sight alone. ``follows`` and
    ``snoozed_until`` are the reader's own.
    """

    assigned_to: str = ""
    assigned_to_id: int | None = None
    assigned_by: str = ""
    assigned_at: datetime | None = None
    escalated: Escalation | None = None
    duplicate_of: str = ""
    duplicates: tuple[str, ...] = ()
    follows: bool = False
    snoozed_until: datetime | None = None
    skips: tuple[Skip, ...] = ()


@dataclass(frozen=True)
class Decider:
    """Somebody a dispute can be given to."""

    id: int
    name: str


def handling_of(principal: Principal, dispute_id: int) -> HandlingView:
    """How a dispute is worked on. Who does not decide learns only whether they follow it; the caller has scoped it.

    One statement; what it says is there of other disputes is read besides, and that is seldom.
    """
    if not principal.can(Verb.DISPUTE_DECIDE):
        return HandlingView(follows=Follow.objects.filter(dispute=dispute_id, user=principal.id).exists())
    parameters = {"dispute_id": dispute_id, "user_id": principal.id or 0, "now": clock.now()}
    (row,) = prepared.fetch(sql.load("disputes.handling"), parameters)
    held_by, held, gave, given_at, asked_at, asked, cause, repeats, is_repeated, follows, was_first, until = row
    visible = disputes_visible_to(principal)
    first = visible.filter(duplicates=dispute_id).values_list("label", flat=True).first() if repeats else None
    others = visible.filter(handling__duplicate_of=dispute_id).order_by("id") if is_repeated else visible.none()
    return HandlingView(
        assigned_to=held,
        assigned_to_id=held_by,
        assigned_by=gave,
        assigned_at=given_at,
        escalated=Escalation(asked_at, asked or BY_CLOCK, cause) if asked_at else None,
        duplicate_of=first or "",
        duplicates=tuple(others.values_list("label", flat=True)),
        follows=follows,
        snoozed_until=until,
        skips=_skips(dispute_id) if was_first else (),
    )


def _skips(dispute_id: int) -> tuple[Skip, ...]:
    taken = OutOfTurn.objects.filter(dispute=dispute_id).select_related("before", "taken_by").order_by("id")
    return tuple(Skip(one.at, str(one.taken_by or ""), str(one.before), one.cause) for one in taken)


def followers_of(dispute_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Who follows each of some disputes, by their ids."""
    found: dict[int, set[int]] = {}
    for dispute, user in Follow.objects.filter(dispute__in=dispute_ids).values_list("dispute_id", "user_id"):
        found.setdefault(dispute, set()).add(user)
    return {dispute: frozenset(users) for dispute, users in found.items()}


def deciders_for(principal: Principal, dispute_id: int) -> tuple[Decider, ...]:
    """The people a dispute can be given to, by name: those who decide and see it. Empty for who does not decide."""
    if not principal.can(Verb.DISPUTE_DECIDE) or not disputes_visible_to(principal).filter(pk=dispute_id).exists():
        return ()
    return tuple(Decider(user.pk, str(user)) for user in people_who(Verb.DISPUTE_DECIDE) if _sees(user, dispute_id))


def may_work_on(dispute: Dispute, user_id: int) -> str | None:
    """The name of somebody who sees and decides a dispute; None for anybody else."""
    found = [user for user in people_who(Verb.DISPUTE_DECIDE, user_id) if _sees(user, dispute.pk)]
    return str(found[0]) if found else None


def may_repeat(principal: Principal, dispute: Dispute, label: str) -> Dispute | None:
    """The dispute in sight of that number which another one can repeat; None where it cannot."""
    first = disputes_visible_to(principal).filter(label=label).exclude(stage=Stage.DRAFT).exclude(pk=dispute.pk).first()
    if first is None or Handling.objects.filter(dispute=first, duplicate_of=dispute).exists():
        return None
    return first


def those_who_see(people: Iterable[User], dispute_id: int) -> list[User]:
    """Of some people those in whose scope a dispute is."""
    return [user for user in people if _sees(user, dispute_id)]


def _sees(user: User, dispute_id: int) -> bool:
    return disputes_visible_to(principal_of(user)).filter(pk=dispute_id).exists()
