"""What a row of the queue says beside the dispute: due, verdict, how it sounds, a hint, in whose hands it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    ExpressionWrapper,
    FilteredRelation,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from makegood.disputes.models import Dispute, Handling
from makegood.disputes.selectors.dues import Due, dues_of
from makegood.disputes.selectors.rows import DisputeRow, rows_of
from makegood.disputes.selectors.standing_rules import Standing
from makegood.disputes.states import DECIDING_CLOCKS, ClockOutcome, Outcome, Stage
from makegood.evidence.selectors.sounds import Sound, sounds_of
from makegood.parties.entries import Principal

HINTS = {Outcome.ACCEPTED: "accept", Outcome.ACCEPTED_PARTIAL: "in part", Outcome.REJECTED: "reject"}
WHOLE_SECOND = 1_000
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""The deadline of what has none, so that it comes last."""


@dataclass(frozen=True)
class Hint:
    """What a rule recommends to the reviewer; ``outcome`` is empty where it only speaks."""

    outcome: str
    code: str

    @property
    def words(self) -> str:
        """The code as people read it."""
        return self.code.replace("_", " ").lower()


@dataclass(frozen=True)
class QueueRow:
    """One dispute of the queue. ``due_at`` None is no running clock; ``is_paused`` one that stands still.

    ``answer_at`` is until when the submitting side is to answer. ``verdict`` is one word and ``notes`` how many rules
    spoke. ``held_by`` holds the lease until ``held_until``; ``given_to`` is whom it was assigned to for longer.
    """

    dispute: DisputeRow
    due_at: datetime | None
    is_paused: bool
    answer_at: datetime | None
    verdict: str
    notes: int
    sound: Sound | None
    hint: Hint | None
    held_by: str
    held_until: datetime | None
    given_to: str
    is_given_to_me: bool
    is_escalated: bool
    waits_for_signature: bool
    round: int
    origin: str
    was_heard: bool = False
    i_heard: bool = False

    @property
    def silent_s(self) -> int | None:
        """For how many seconds nobody speaks, where nobody speaks at all; else None."""
        if self.sound is None or not self.sound.is_silent:
            return None
        return -(-self.sound.duration_ms // WHOLE_SECOND)


def with_due(disputes: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """The same with ``due_at``, by when each is to be decided (NEVER: no clock runs), and ``is_paused``."""
    running = Q(clocks__outcome=ClockOutcome.RUNNING, clocks__kind__in=sorted(DECIDING_CLOCKS))
    due = Coalesce("running__breach_at", "running__target_at", Value(NEVER), output_field=DateTimeField())
    paused = Q(running__paused_at__isnull=False)
    return disputes.annotate(
        running=FilteredRelation("clocks", condition=running),
        due_at=Case(When(paused, then=Value(NEVER)), default=due, output_field=DateTimeField()),
        is_paused=ExpressionWrapper(paused, output_field=BooleanField()),
    )


def queue_rows(principal: Principal, disputes: Sequence[Dispute]) -> list[QueueRow]:
    """The rows of disputes that came from a visible queryset through :func:`with_due`."""
    pairs = list(zip(disputes, rows_of(principal, disputes), strict=True))
    answers = dues_of((one.pk, Stage(one.stage)) for one in disputes if one.stage == Stage.INFO_NEEDED)
    sounds = sounds_of(one.charge_id for one in disputes)
    handling = {
        row.dispute_id: row
        for row in Handling.objects.filter(dispute__in=[one.pk for one in disputes]).select_related("assigned_to")
    }
    standing = Standing()
    return [
        _row(principal, one, row, standing, answers.get(one.pk), sounds.get(one.charge_id), handling.get(one.pk))
        for one, row in pairs
    ]


def _row(
    principal: Principal,
    one: Dispute,
    row: DisputeRow,
    standing: Standing,
    answer: Due | None,
    sound: Sound | None,
    handled: Handling | None,
) -> QueueRow:
    due: datetime | None = getattr(one, "due_at", None)
    leased = one.stage == Stage.IN_REVIEW
    word, notes = standing.word(one.policy_version_id, int((one.verdict or {}).get("fail_mask", 0)))
    return QueueRow(
        dispute=row,
        due_at=due if due is not None and due < NEVER and row.is_waiting else None,
        is_paused=bool(getattr(one, "is_paused", False)) and one.stage == Stage.INFO_NEEDED,
        answer_at=answer.at if answer is not None and answer.answer else None,
        verdict=word,
        notes=notes,
        sound=sound,
        hint=hint_of(one.suggestion),
        held_by=row.assignee if leased else "",
        held_until=one.claimed_until if leased else None,
        given_to=str(handled.assigned_to) if handled and handled.assigned_to else "",
        is_given_to_me=handled is not None and handled.assigned_to_id == principal.id,
        is_escalated=handled is not None and handled.escalated_at is not None,
        waits_for_signature=one.waits_for_signature,
        round=one.round,
        origin=one.origin,
        was_heard=sound is not None and bool(sound.heard_by),
        i_heard=sound is not None and principal.id in sound.heard_by,
    )


def hint_of(suggestion: Mapping[str, Any] | None) -> Hint | None:
    """The first rule that recommends something, else the first that speaks."""
    rules = (suggestion or {}).get("rules") or []
    found = next((one for one in rules if one.get("outcome")), rules[0] if rules else None)
    if found is None:
        return None
    outcome = found.get("outcome", "")
    return Hint(HINTS[Outcome(outcome)] if outcome else "", str(found["code"]))
