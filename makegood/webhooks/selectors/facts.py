"""What messages name that the journal does not."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from makegood.disputes.models import Dispute
from makegood.kernel import sql
from makegood.parties.models import Program
from makegood.webhooks.events import ABOUT_DISPUTES, MEANINGS, About, Event, Facts, Message, messages_of


def messages_about(events: Sequence[Event]) -> list[Message]:
    """What the events say to other systems, in reading order; whose each is, they carry."""
    return messages_of(events, facts_of(events))


def facts_of(events: Sequence[Event]) -> Facts:
    """The facts that messages about these events need: one read for disputes, credits and programs each."""
    telling = [event for event in events if event.event in MEANINGS]
    disputes = {event.object_id for event in telling if event.event in ABOUT_DISPUTES}
    programs = {event.program_id for event in telling if event.program_id is not None}
    credited = {event.object_id for event in telling if event.changes.get("credit_micros")} & disputes
    return Facts(
        disputes=_disputes(disputes) if disputes else {},
        credits=_credits(credited) if credited else {},
        programs=dict(Program.objects.filter(pk__in=programs).values_list("pk", "key")) if programs else {},
    )


def _disputes(ids: set[int]) -> dict[int, About]:
    columns = ("pk", "public_id", "number", "label", "customer_id", "charge_id", "currency", "origin")
    return {pk: About(*rest) for pk, *rest in Dispute.objects.filter(pk__in=ids).values_list(*columns)}


def _credits(ids: set[int]) -> dict[tuple[int, int], int]:
    with connection.cursor() as cursor:
        cursor.execute(sql.load("webhooks.credits_of_rounds"), {"dispute_ids": sorted(ids)})
        return {(dispute, round_): adjustment for dispute, round_, adjustment in cursor.fetchall()}
