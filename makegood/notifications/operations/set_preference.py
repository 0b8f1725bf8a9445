"""Chooses how a person gets a message: how often, and whether by e-mail too."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from makegood.journal import operations as journal
from makegood.kernel import clock
from makegood.notifications.errors import UnknownTemplate
from makegood.notifications.models import Digest, DigestItem, Preference
from makegood.notifications.operations.recount import recount
from makegood.notifications.policy import Window, parse_window
from makegood.notifications.selectors.preferences import program_deliveries
from makegood.notifications.selectors.recipients import zone_of
from makegood.notifications.states import Template
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import User
from makegood.parties.selectors import principal_of


def set_preference(principal: Principal, *, template: str, window: str | None) -> str | None:
    """Set a person's own window for a message, or None for the program's default; says its one spelling.

    What waits already moves to the new window, counted from when it was opened; ``off`` drops it. Going back to the
    default does the same where all programs in scope have one window, else it leaves what waits. Errors:
    UNKNOWN_TEMPLATE, BAD_WINDOW, NOT_FOUND without a person.
    """
    known = _known(template)
    chosen = None if window is None else parse_window(window)
    with transaction.atomic():
        user = _person(principal)
        after = chosen.text if chosen else None
        before = _store(user, known, "window", after)
        holds = {chosen} if chosen else {one.window for one in program_deliveries(principal, known)}
        if len(holds) == 1:
            _move_waiting(user, template, holds.pop())
        _record(principal, user, template, before, after)
        return after


def set_channel(principal: Principal, *, template: str, by_email: bool | None) -> bool | None:
    """Choose whether a message also comes by e-mail, or None for the program's default; says what was chosen.

    What waits already follows. Errors: UNKNOWN_TEMPLATE, NOT_FOUND without a person.
    """
    known = _known(template)
    with transaction.atomic():
        user = _person(principal)
        before = _store(user, known, "by_email", by_email)
        holds = {by_email} if by_email is not None else {one.by_email for one in program_deliveries(principal, known)}
        if len(holds) == 1:
            _change_channel(user, template, by_email=bool(holds.pop()))
        _record(principal, user, template, before, by_email)
        return by_email


def stop_mail(*, user_id: int, template: str) -> bool:
    """Stop one message's e-mails for a person who followed the link in one; says whether there was such a person.

    Errors: UNKNOWN_TEMPLATE.
    """
    user = User.objects.select_related("role").filter(pk=user_id).first()
    if user is None:
        return False
    set_channel(principal_of(user), template=template, by_email=False)
    return True


def _known(template: str) -> Template:
    if template not in list(Template):
        raise UnknownTemplate(template=template, templates=", ".join(Template))
    return Template(template)


def _person(principal: Principal) -> User:
    people = User.objects.select_related("zone", "customer__zone", "vendor__zone")
    user = people.filter(pk=principal.id or 0).first()
    if user is None:
        raise NotFound()
    return user


def _store(user: User, template: Template, field: str, value: Any) -> Any:
    """Write one field of the preference, which goes when it says nothing any more; what stood there before."""
    kept = Preference.objects.filter(user=user, template=template.value).first()
    before = getattr(kept, field) if kept else None
    other = {"window": "by_email", "by_email": "window"}[field]
    if value is None and (kept is None or getattr(kept, other) is None):
        Preference.objects.filter(user=user, template=template.value).delete()
    else:
        Preference.objects.update_or_create(user=user, template=template.value, defaults={field: value})
    return before


def _record(principal: Principal, user: User, template: str, before: Any, after: Any) -> None:
    if before != after:
        journal.record(
            principal,
            verb="prefer",
            event="notifications.preferred",
            object_kind="user",
            object_id=user.pk,
            changes={"template": template, "before": before, "after": after},
        )


def _waiting(user: User, template: str) -> list[Digest]:
    waiting = Digest.objects.filter(recipient=user, template=template, flushed_at__isnull=True)
    return list(waiting.order_by("pk").select_for_update())


def _move_waiting(user: User, template: str, window: Window) -> None:
    """Gather everything that waits, by its channel, in one digest with the new window."""
    digests = _waiting(user, template)
    if window.is_off:
        Digest.objects.filter(pk__in=[digest.pk for digest in digests]).update(flushed_at=clock.now(), count=0)
        return
    for by_email in (True, False):
        _gather([digest for digest in digests if digest.by_email is by_email], window.text, window, user)


def _change_channel(user: User, template: str, *, by_email: bool) -> None:
    """Let what waits go out by the chosen channel, window by window; a letter that is to be tried again as well."""
    if not by_email:
        again = Digest.objects.filter(recipient=user, template=template, flushed_at__isnull=False, by_email=True)
        again.filter(mail_claimed_at__isnull=True).update(by_email=False)
    digests = _waiting(user, template)
    for text in sorted({digest.window for digest in digests}):
        first = _gather([digest for digest in digests if digest.window == text], text, None, user)
        if first is not None:
            Digest.objects.filter(pk=first.pk).update(by_email=by_email)


def _gather(digests: list[Digest], text: str, window: Window | None, user: User) -> Digest | None:
    """One digest in place of several; a ``window`` sets anew when it is due."""
    if not digests:
        return None
    first, *others = sorted(digests, key=lambda digest: digest.opens_at)
    DigestItem.objects.filter(digest__in=others).update(digest=first)
    Digest.objects.filter(pk__in=[digest.pk for digest in others]).delete()
    due_at = window.due(first.opens_at, zone_of(user)) if window else first.due_at
    Digest.objects.filter(pk=first.pk).update(window=text, due_at=due_at)
    recount([first.pk])
    return first
