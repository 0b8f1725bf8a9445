"""Reads the journal on and gathers what people are to be told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet, Sum

from makegood.journal import operations as journal
from makegood.kernel import clock, sql
from makegood.notifications.entries import Book, Page, Recipient
from makegood.notifications.events import Cancellation, Effect, Notice, Party, effects_of
from makegood.notifications.models import Digest, DigestItem
from makegood.notifications.operations.forwards import keep_forwards
from makegood.notifications.operations.recount import recount
from makegood.notifications.selectors.recipients import Deliveries, audiences, recipients_of
from makegood.notifications.states import TAKEN_BACK, Template

READER = "notifications"
BATCH = 5_000


def fold(*, limit: int = BATCH) -> int:
    """Read at most ``limit`` events and put them into digests; says how many were read.

    Items and cursor commit together, and an event that was folded before adds nothing: a run that breaks
    off is simply run again. One process folds at a time, the others wait. Refuses nothing.
    """
    with transaction.atomic():
        events = journal.read(READER, limit)
        if events:
            _gather(effects_of(events))
            keep_forwards(events)
            journal.advance(READER, events[-1])
        return len(events)


def _gather(effects: Sequence[Effect]) -> None:
    if not effects:
        return
    notices = [effect for effect in effects if isinstance(effect, Notice)]
    to_tell = audiences({notice.party for notice in notices})
    now = clock.now()
    book = _open_book(effects, to_tell, now)
    deliveries = Deliveries(
        {recipient.id for recipients in to_tell.values() for recipient in recipients},
        {party.program_id for party in to_tell if party.program_id is not None},
    )
    chosen = {
        party: [(one, deliveries.of(one.id, party.template, party.program_id)) for one in recipients]
        for party, recipients in to_tell.items()
    }
    for effect in effects:
        if isinstance(effect, Cancellation):
            book.take_back(effect)
        else:
            for recipient, delivery in chosen[effect.party]:
                for by_email, window in delivery.channels:
                    book.tell(effect, recipient, window, by_email=by_email)
    _write(book, effects, now)


def _open_book(effects: Sequence[Effect], to_tell: dict[Party, tuple[Recipient, ...]], now: datetime) -> Book:
    """The waiting digests of everybody concerned, locked, and what they were told of these events before."""
    people = {recipient.id for recipients in to_tell.values() for recipient in recipients}
    taken_back = [effect.dispute_id for effect in effects if isinstance(effect, Cancellation)]
    if taken_back:
        people |= set(_filings(taken_back).values_list("recipient_id", flat=True))
    waiting = Digest.objects.filter(recipient__in=people, flushed_at__isnull=True)
    locked = list(waiting.order_by("pk").select_for_update())
    tellers = _tellers(taken_back) if taken_back else {}
    readers = {recipient.id: recipient for recipients in to_tell.values() for recipient in recipients}
    readers |= recipients_of({digest.recipient_id for digest in locked} - set(readers))
    before = DigestItem.objects.filter(event_id__in=[effect.event_id for effect in effects])
    return Book(
        [_page(digest, tellers, readers[digest.recipient_id], now) for digest in locked],
        set(before.values_list("event_id", "template", "recipient_id", "by_email")),
        now,
    )


def _filings(disputes: Sequence[int]) -> QuerySet[DigestItem]:
    """What waiting digests tell of these disputes that can be taken back."""
    return DigestItem.objects.filter(
        digest__flushed_at__isnull=True,
        template__in=[template.value for template in TAKEN_BACK],
        dispute_id__in=disputes,
    )


def _tellers(disputes: Sequence[int]) -> dict[int, set[int]]:
    """Which digests still tell of which of these disputes; asked after locking, for people may move digests."""
    tellers: dict[int, set[int]] = {}
    net = _filings(disputes).values("digest_id", "dispute_id").annotate(told=Sum("delta")).filter(told__gt=0)
    for digest_id, dispute_id in net.values_list("digest_id", "dispute_id"):
        tellers.setdefault(digest_id, set()).add(dispute_id)
    return tellers


def _page(digest: Digest, tellers: dict[int, set[int]], reader: Recipient, now: datetime) -> Page:
    """What waits, as the book gathers it; in quiet hours it goes on gathering until they end."""
    template = Template(digest.template)
    return Page(
        recipient=digest.recipient_id,
        template=template,
        window=digest.window,
        opens_at=digest.opens_at,
        due_at=reader.held(digest.due_at, template, now=now),
        by_email=digest.by_email,
        id=digest.pk,
        disputes=tellers.get(digest.pk, set()),
    )


def _write(book: Book, effects: Sequence[Effect], now: datetime) -> None:
    if not book.lines:
        return
    _end(book, now)
    _begin(book, now)
    ordinals = {id(effect): number for number, effect in enumerate(effects, start=1)}
    with connection.cursor() as cursor:
        cursor.execute(
            sql.load("notifications.add_items"),
            {
                "digests": [page.id for page, _ in book.lines],
                "ordinals": [ordinals[id(effect)] for _, effect in book.lines],
                **_columns(effects),
            },
        )
    recount({page.id for page, _ in book.lines if page.id is not None})


def _end(book: Book, now: datetime) -> None:
    over = [page.id for page in book.pages if page.is_over and page.id is not None]
    Digest.objects.filter(pk__in=over).update(flushed_at=now)


def _begin(book: Book, now: datetime) -> None:
    fresh = [page for page in book.pages if page.id is None]
    digests = Digest.objects.bulk_create(
        Digest(
            recipient_id=page.recipient,
            template=page.template.value,
            window=page.window,
            by_email=page.by_email,
            opens_at=page.opens_at,
            due_at=page.due_at,
            flushed_at=now if page.is_over else None,
        )
        for page in fresh
    )
    for page, digest in zip(fresh, digests, strict=True):
        page.id = digest.pk


def _columns(effects: Sequence[Effect]) -> dict[str, Any]:
    return {
        "event_ids": [effect.event_id for effect in effects],
        "subject_ids": [effect.subject_id for effect in effects],
        "dispute_ids": [effect.dispute_id for effect in effects],
        "charge_ids": [effect.charge_id for effect in effects],
        "currencies": [effect.currency for effect in effects],
        "deltas": [effect.delta for effect in effects],
        "facts": [json.dumps(effect.facts) for effect in effects],
    }
