"""Chooses how a person gets a message: how often, whether by e-mail too, and how often that."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from makegood.journal import operations as journal
from makegood.notifications.entries import Recipient, Wish
from makegood.notifications.errors import UnknownTemplate
from makegood.notifications.models import Preference
from makegood.notifications.operations.rearrange import rearrange
from makegood.notifications.policy import parse_window
from makegood.notifications.selectors.preferences import own_deliveries
from makegood.notifications.selectors.recipients import recipients_of
from makegood.notifications.states import Template
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import User
from makegood.parties.selectors import principal_of

FIELDS = ("window", "by_email", "mail_window")


def set_preference(principal: Principal, *, template: str, window: str | None) -> str | None:
    """Set a person's own window for a message, or None for the program's default; says its one spelling.

    What waits already moves to the new window, counted from when it was opened; ``off`` drops it. Going back to the
    default does the same where all programs in scope have one window, else it leaves what waits. Errors:
    UNKNOWN_TEMPLATE, BAD_WINDOW, NOT_FOUND without a person.
    """
    known = _known(template)
    after = _spelled(window)
    _choose(principal, known, {"window": after})
    return after


def set_channel(principal: Principal, *, template: str, by_email: bool | None) -> bool | None:
    """Choose whether a message also comes by e-mail, or None for the program's default; says what was chosen.

    What waits already follows. Errors: UNKNOWN_TEMPLATE, NOT_FOUND without a person.
    """
    _choose(principal, _known(template), {"by_email": by_email})
    return by_email


def set_wish(principal: Principal, *, wish: Wish) -> None:
    """Choose windows and channel of one message; None as the program says, or, for the e-mail, with the bell.

    What waits already follows. Errors: UNKNOWN_TEMPLATE, BAD_WINDOW, NOT_FOUND without a person.
    """
    known = _known(wish.template)
    windows = {"window": _spelled(wish.window), "mail_window": _spelled(wish.mail_window)}
    _choose(principal, known, {**windows, "by_email": wish.by_email})


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


def _spelled(window: str | None) -> str | None:
    return None if window is None else parse_window(window).text


def _choose(principal: Principal, template: Template, wanted: dict[str, Any]) -> None:
    with transaction.atomic():
        person = _person(principal)
        before = _store(person.id, template, wanted)
        for field, value in wanted.items():
            _record(principal, person.id, template, before[field], value)
        rearrange(person, template, own_deliveries(principal, template))


def _person(principal: Principal) -> Recipient:
    found = recipients_of([principal.id or 0])
    if principal.id not in found:
        raise NotFound()
    return found[principal.id]


def _store(user_id: int, template: Template, wanted: dict[str, Any]) -> dict[str, Any]:
    """Write fields of the preference, which goes when it says nothing any more; what stood there before."""
    kept = Preference.objects.filter(user=user_id, template=template.value).select_for_update().first()
    before = {field: getattr(kept, field) if kept else None for field in FIELDS}
    after = {**before, **wanted}
    if after == before:
        return before
    if any(value is not None for value in after.values()):
        Preference.objects.update_or_create(user_id=user_id, template=template.value, defaults=after)
    else:
        Preference.objects.filter(user=user_id, template=template.value).delete()
    return before


def _record(principal: Principal, user_id: int, template: Template, before: Any, after: Any) -> None:
    if before != after:
        journal.record(
            principal,
            verb="prefer",
            event="notifications.preferred",
            object_kind="user",
            object_id=user_id,
            changes={"template": template.value, "before": before, "after": after},
        )
