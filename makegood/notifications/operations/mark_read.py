"""Marks digests as read, and puts them away."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.notifications.models import Digest, DigestItem
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound


def mark_read(principal: Principal, *, digest_ids: Iterable[int]) -> list[Answer]:
    """Mark a person's own delivered digests as read; reading twice keeps the first time.

    Who reads a letter has read what it tells of under Notifications too. Errors, per item: NOT_FOUND for a digest of
    somebody else, one that still waits, or none at all.
    """
    asked = list(digest_ids)
    with transaction.atomic():
        found = _own(principal, asked)
        now = clock.now()
        Digest.objects.filter(pk__in=found, read_at__isnull=True).update(read_at=now)
        letters = Digest.objects.filter(pk__in=found, by_email=True)
        for letter in letters:
            _same_told(letter).update(read_at=now)
    return _answers(asked, found)


def put_away(principal: Principal, *, digest_ids: Iterable[int]) -> list[Answer]:
    """Put a person's own delivered digests away as done, which reads them too; twice keeps the first time.

    Errors, per item: NOT_FOUND for a digest of somebody else, one that still waits, or none at all.
    """
    asked = list(digest_ids)
    with transaction.atomic():
        found = _own(principal, asked)
        now = clock.now()
        undone = Digest.objects.filter(pk__in=found, done_at__isnull=True)
        undone.update(done_at=now, read_at=Coalesce(F("read_at"), now))
    return _answers(asked, found)


def _own(principal: Principal, asked: list[int]) -> set[int]:
    own = Digest.objects.filter(pk__in=asked, recipient=principal.id, flushed_at__isnull=False, count__gt=0)
    return set(own.order_by("pk").select_for_update().values_list("pk", flat=True))


def _same_told(letter: Digest) -> QuerySet[Digest]:
    """What stands unread under Notifications and tells of nothing that the letter does not tell of."""
    events = DigestItem.objects.filter(digest=letter).values("event_id")
    others = DigestItem.objects.filter(digest=OuterRef("pk")).exclude(event_id__in=events)
    unread = Digest.objects.filter(recipient=letter.recipient_id, template=letter.template, by_email=False)
    return unread.filter(~Exists(others), flushed_at__isnull=False, read_at__isnull=True, count__gt=0)


def _answers(asked: list[int], found: set[int]) -> list[Answer]:
    return [
        Answer(ordinal, ok=True, id=pk) if pk in found else Answer.refused(ordinal, NotFound(), id=pk)
        for ordinal, pk in enumerate(asked)
    ]
