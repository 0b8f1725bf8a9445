"""Chooses when a person is left alone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from makegood.journal import operations as journal
from makegood.kernel import clock
from makegood.notifications.entries import QuietWish, Recipient
from makegood.notifications.models import Digest, QuietHours
from makegood.notifications.policy import Quiet, parse_window
from makegood.notifications.selectors.recipients import recipients_of
from makegood.notifications.states import Template
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound


def set_quiet_hours(principal: Principal, *, wish: QuietWish | None) -> Quiet | None:
    """Set a person's quiet hours, or None for none; says what holds from now on.

    What waits already is due anew: after the hours, or, where they are gone, as its window says. Errors:
    QUIET_HOURS_EMPTY, QUIET_DAYS_MISSING, NOT_FOUND without a person.
    """
    with transaction.atomic():
        known = recipients_of([principal.id or 0]).get(principal.id or 0)
        if known is None:
            raise NotFound()
        quiet = (
            Quiet.checked(wish.begins, wish.ends, wish.days, known.zone, lets_urgent=wish.lets_urgent) if wish else None
        )
        if quiet != known.quiet:
            _store(known.id, quiet)
            _retime(Recipient(known.id, known.zone, quiet), clock.now())
            _record(principal, known, quiet)
        return quiet


def _store(user_id: int, quiet: Quiet | None) -> None:
    if quiet is None:
        QuietHours.objects.filter(user=user_id).delete()
        return
    QuietHours.objects.update_or_create(
        user_id=user_id,
        defaults={
            "begins": quiet.begins,
            "ends": quiet.ends,
            "days": sorted(quiet.days),
            "lets_urgent": quiet.lets_urgent,
        },
    )


def _retime(reader: Recipient, now: datetime) -> None:
    waiting = Digest.objects.filter(recipient=reader.id, flushed_at__isnull=True)
    for digest in waiting.order_by("pk").select_for_update():
        window, template = parse_window(digest.window), Template(digest.template)
        due_at = reader.due(window, digest.opens_at, template, now=now)
        Digest.objects.filter(pk=digest.pk).update(due_at=due_at)


def _words(quiet: Quiet | None) -> dict[str, object] | None:
    if quiet is None:
        return None
    return {
        "begins": f"{quiet.begins:%H:%M}",
        "ends": f"{quiet.ends:%H:%M}",
        "days": sorted(quiet.days),
        "lets_urgent": quiet.lets_urgent,
    }


def _record(principal: Principal, known: Recipient, quiet: Quiet | None) -> None:
    journal.record(
        principal,
        verb="prefer",
        event="notifications.quieted",
        object_kind="user",
        object_id=known.id,
        changes={"before": _words(known.quiet), "after": _words(quiet)},
    )
