"""Hands questions after a decision to the mail server, each to its contact with the case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from makegood.journal.models import JournalEvent
from makegood.journal.selectors import Event
from makegood.notifications.models import Forward
from makegood.notifications.operations.post import BATCH, mail_in_turn, waiting
from makegood.notifications.selectors.forwards import Forwarded, forwarded

EVENT = "dispute.further_question"

Compose = Callable[[Forwarded], EmailMessage]


def keep_forwards(events: Sequence[Event]) -> int:
    """Keep the questions among some events of the journal for the mail; one that is kept already adds nothing."""
    found = [
        Forward(
            event_id=event.id,
            dispute_id=event.object_id,
            comment_id=int(event.changes["comment_id"]),
            asked_by_id=event.principal,
            to_name=str(event.changes["contact"]),
            to_email=str(event.changes["contact_email"]),
        )
        for event in events
        if event.event == EVENT
    ]
    Forward.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)


def forward_due(compose: Compose, *, limit: int = BATCH) -> int:
    """Hand over at most ``limit`` questions to the mail server; says how many were claimed. Refuses nothing.

    In turn, as letters are (see ``mail_in_turn``).
    """
    return mail_in_turn(Forward.objects.all(), claim=_claim, written=partial(_written, compose), limit=limit)


def pass_over_forwards(*, before: datetime) -> int:
    """Count questions of events before an instant as mailed without sending them; says how many."""
    past = JournalEvent.objects.filter(event=EVENT, at__lt=before).values("pk")
    return Forward.objects.filter(event_id__in=past, mailed_at__isnull=True).update(mailed_at=before)


def _written(compose: Compose, row: Forward) -> EmailMessage | None:
    said = forwarded(row)
    return compose(said) if said else None


def _claim(now: datetime) -> Forward | None:
    with transaction.atomic():
        row = Forward.objects.filter(waiting(now)).order_by("pk").select_for_update(skip_locked=True).first()
        if row is not None:
            Forward.objects.filter(pk=row.pk).update(mail_claimed_at=now, mail_tries=F("mail_tries") + 1)
        return row
