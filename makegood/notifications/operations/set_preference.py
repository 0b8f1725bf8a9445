"""Chooses how often a person gets a message."""

from __future__ import annotations

from django.db import transaction

from makegood.journal import operations as journal
from makegood.kernel import clock
from makegood.notifications.errors import UnknownTemplate
from makegood.notifications.models import Digest, DigestItem, Preference
from makegood.notifications.operations.recount import recount
from makegood.notifications.policy import Window, parse_window
from makegood.notifications.selectors.preferences import program_windows
from makegood.notifications.selectors.recipients import zone_of
from makegood.notifications.states import SIDES, Template
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import User


def set_preference(principal: Principal, *, template: str, window: str | None) -> str | None:
    """Set a person's own window for a message, or None for the program's default; says its one spelling.

    What waits already moves to the new window, counted from when it was opened; ``off`` drops it. Going back to the
    default does the same where all programs in scope have one window, else it leaves what waits. Errors:
    UNKNOWN_TEMPLATE, BAD_WINDOW, NOT_FOUND without a person.
    """
    if template not in list(Template):
        raise UnknownTemplate(template=template, templates=", ".join(Template))
    chosen = None if window is None else parse_window(window)
    with transaction.atomic():
        user = (
            User.objects.select_related("zone", "customer__zone", "vendor__zone").filter(pk=principal.id or 0).first()
        )
        if user is None:
            raise NotFound()
        before = Preference.objects.filter(user=user, template=template).values_list("window", flat=True).first()
        _store(user, template, chosen)
        holds = [chosen] if chosen else list(program_windows(principal, SIDES[Template(template)]))
        if len(holds) == 1:
            _move_waiting(user, template, holds[0])
        after = chosen.text if chosen else None
        if before != after:
            journal.record(
                principal,
                verb="prefer",
                event="notifications.preferred",
                object_kind="user",
                object_id=user.pk,
                changes={"template": template, "before": before, "after": after},
            )
        return after


def _store(user: User, template: str, window: Window | None) -> None:
    if window is None:
        Preference.objects.filter(user=user, template=template).delete()
    else:
        Preference.objects.update_or_create(user=user, template=template, defaults={"window": window.text})


def _move_waiting(user: User, template: str, window: Window) -> None:
    """Gather everything that waits in one digest with the new window."""
    waiting = Digest.objects.filter(recipient=user, template=template, flushed_at__isnull=True)
    digests = list(waiting.order_by("pk").select_for_update())
    if not digests:
        return
    if window.is_off:
        waiting.update(flushed_at=clock.now(), count=0)
        return
    first, *others = sorted(digests, key=lambda digest: digest.opens_at)
    DigestItem.objects.filter(digest__in=others).update(digest=first)
    Digest.objects.filter(pk__in=[digest.pk for digest in others]).delete()
    Digest.objects.filter(pk=first.pk).update(window=window.text, due_at=window.due(first.opens_at, zone_of(user)))
    recount([first.pk])
