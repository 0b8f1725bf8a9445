"""Sends what goes out by e-mail: each delivered digest at least once, always as the same message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet

from makegood.notifications.models import Digest
from makegood.notifications.operations.post import BATCH, mail_in_turn, waiting
from makegood.notifications.selectors.letters import Letter, letters_of
from makegood.notifications.selectors.recipients import recipients_of
from makegood.notifications.states import Template

Compose = Callable[[Letter], EmailMessage]


def mail_due(compose: Compose, *, limit: int = BATCH) -> int:
    """Hand over at most ``limit`` delivered digests to the mail server; says how many were claimed.

    Each digest is claimed, in a transaction of its own, before it is handed over, and marked as mailed after. A run
    that breaks off between the two leaves it claimed; after a quarter of an hour it is handed over again, with the
    Message-ID it had, by which mail servers and mail programs know it (docs/adr/0026). What cannot be written or is
    not taken is tried again, each time after twice the wait, 12 times at most, and holds up nothing else; while the
    mail server does not answer, everything waits; inside the quiet hours of its reader a letter waits too. Who cannot
    sign in any more gets nothing. Refuses nothing.
    """
    return mail_in_turn(_letters(), claim=_claim, written=partial(_written, compose), limit=limit)


def pass_over_mail(*, before: datetime) -> int:
    """Count letters delivered before an instant as mailed without sending them; says how many.

    For a history that is filled in afterward: nobody gets mail about what is long past. Refuses nothing.
    """
    past = Digest.objects.filter(by_email=True, flushed_at__lt=before, mailed_at__isnull=True)
    return past.update(mail_claimed_at=F("flushed_at"), mailed_at=F("flushed_at"))


def _letters() -> QuerySet[Digest]:
    return Digest.objects.filter(by_email=True, flushed_at__isnull=False, count__gt=0)


def _written(compose: Compose, digest: Digest) -> EmailMessage | None:
    """The message of a digest; None for who left."""
    letters = letters_of([digest])
    return compose(letters[0]) if letters else None


def _claim(now: datetime) -> Digest | None:
    due = _letters().filter(waiting(now)).order_by("flushed_at", "pk")
    with transaction.atomic():
        while digest := due.select_for_update(skip_locked=True).first():
            reader = recipients_of([digest.recipient_id])[digest.recipient_id]
            after = reader.held(now, Template(digest.template))
            if after <= now:
                Digest.objects.filter(pk=digest.pk).update(mail_claimed_at=now, mail_tries=F("mail_tries") + 1)
                return digest
            Digest.objects.filter(pk=digest.pk).update(mail_after=after)
        return None
