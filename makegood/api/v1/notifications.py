"""Notifications of the person a token acts for, and how that person wants them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.errors import BadCursor, BadParameter, MatchFailed, MatchRequired, TokenLimited
from makegood.api.http import Request, Response
from makegood.api.routing import Keyed, Param, Route
from makegood.api.v1 import ids, paging, tags
from makegood.api.v1.representations.notification import (
    NOTIFICATION,
    Marked,
    MarkedAll,
    NotificationId,
    NotificationPage,
    Preferences,
    notification,
    preference,
)
from makegood.kernel.answers import Answer
from makegood.kernel.paging import Key
from makegood.notifications import operations
from makegood.notifications.entries import Wish
from makegood.notifications.errors import BadWindow, UnknownTemplate
from makegood.notifications.selectors import CHOICES, digests_visible_to, preferences
from makegood.notifications.selectors.digests import cards_of
from makegood.parties.errors import NotFound

TAG = "notifications"
MOST = 200
ORDER = (Key("flushed_at", descending=True), Key("id", descending=True))
FILTERS = (Param("unread", bool, "Only those that were not read yet (true), or only those that were (false)."),)


class Reading(Struct, forbid_unknown_fields=True):
    """Messages that were read."""

    ids: Annotated[list[NotificationId], Meta(min_length=1, max_length=MOST)]


class Wanted(Struct, forbid_unknown_fields=True):
    """How one message is wanted: null as the programs say; without a ``mail_window`` the e-mail comes with the bell."""

    message: Annotated[str, Meta(max_length=20)]
    window: Annotated[str, Meta(max_length=16)] | None = None
    by_email: bool | None = None
    mail_window: Annotated[str, Meta(max_length=16)] | None = None


class Choices(Struct, forbid_unknown_fields=True):
    """How messages are wanted; those that are not named stay as they are."""

    items: Annotated[list[Wanted], Meta(max_length=100)]


def own_messages(request: Request) -> None:
    """Raise TokenLimited for a token that may see less than its person."""
    if request.signed is not None and request.signed.is_limited and request.principal.acting_for is not None:
        raise TokenLimited()


def listed(request: Request) -> Response:
    """A page of delivered messages."""
    paging.check_known(request, FILTERS)
    rows = digests_visible_to(request.principal).filter(flushed_at__isnull=False)
    unread = paging.flag(request, "unread")
    if unread is not None:
        rows = rows.filter(read_at__isnull=unread)
    found = paging.page(request, rows, ORDER)
    return Response(body=paging.answered(found.with_rows(cards_of(found.rows)), NotificationPage, notification))


def mark_read(request: Request) -> Response:
    """Mark messages as read; each is answered by itself."""
    numbers = [ids.number_of(NOTIFICATION, text) or 0 for text in request.body.ids]
    answers = operations.mark_read(request.principal, digest_ids=numbers)
    results = [_marked(text, answer) for text, answer in zip(request.body.ids, answers, strict=True)]
    return Response(body=MarkedAll(results))


def _marked(text: str, answer: Answer) -> Marked:
    return Marked(text, "read" if answer.ok else "refused", answer.code or None, answer.message or None)


def _chosen(request: Request) -> Preferences:
    return Preferences(list(CHOICES), [preference(choice) for choice in preferences(request.principal)])


def chosen(request: Request) -> Response:
    """How messages come."""
    return tags.read(request, _chosen(request))


def choose(request: Request) -> Response:
    """Choose how messages come; all of it or nothing."""
    tags.check_unchanged(request, _chosen(request))
    wishes = [Wish(item.message, item.window, item.by_email, item.mail_window) for item in request.body.items]
    operations.set_preferences(request.principal, wishes=wishes)
    return tags.read(request, _chosen(request))


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/api/v1/notifications",
        "listNotifications",
        listed,
        "List the messages that were delivered, the latest first.",
        TAG,
        scope=own_messages,
        answer=NotificationPage,
        query=(*FILTERS, *paging.PARAMS),
        refusals=(BadParameter, BadCursor, TokenLimited),
        description="They are those of the person the token acts for; a token for nobody has none.",
    ),
    Route(
        "POST",
        "/api/v1/notifications/read",
        "readNotifications",
        mark_read,
        "Mark messages as read.",
        TAG,
        scope=own_messages,
        body=Reading,
        answer=MarkedAll,
        keyed=Keyed.OPTIONAL,
        refusals=(TokenLimited,),
        examples={"two": {"ids": ["ntf_12", "ntf_13"]}},
    ),
    Route(
        "GET",
        "/api/v1/notification-preferences",
        "getNotificationPreferences",
        chosen,
        "Read how messages come.",
        TAG,
        scope=own_messages,
        answer=Preferences,
        statuses={304: None},
        refusals=(TokenLimited,),
    ),
    Route(
        "PUT",
        "/api/v1/notification-preferences",
        "setNotificationPreferences",
        choose,
        "Choose how messages come.",
        TAG,
        scope=own_messages,
        body=Choices,
        answer=Preferences,
        keyed=Keyed.OPTIONAL,
        matched=True,
        refusals=(TokenLimited, MatchRequired, MatchFailed, UnknownTemplate, BadWindow, NotFound),
        examples={"hourly": {"items": [{"message": "reviewed", "window": "1h", "by_email": True}]}},
    ),
)
