"""Messages to a person, and how the person wants them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.v1.representations.shapes import Page
from makegood.notifications.selectors import Card, Choice

NotificationId = Annotated[str, Meta(pattern=r"^ntf_[1-9]\d*$", description="The id of a notification.")]
NOTIFICATION = "ntf"


class Notification(Struct, frozen=True):
    """One message; ``count`` is what its sentence counts."""

    id: NotificationId
    message: str
    text: str
    count: int
    opened_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None


class NotificationPage(Page):
    """Delivered messages, the latest first."""

    items: list[Notification]


class Marked(Struct, frozen=True):
    """What became of one id: ``read``, or ``refused`` with the code and the sentence."""

    id: NotificationId
    status: str
    code: str | None
    message: str | None


class MarkedAll(Struct):
    """What became of each id, in their order."""

    results: list[Marked]


class Preference(Struct, frozen=True):
    """How one message comes: ``window`` and ``by_email`` as the person chose, null as the programs say.

    ``mail_window`` is the e-mail's own window, null where it comes together with the bell.
    """

    message: str
    title: str
    window: str | None
    program_windows: list[str]
    by_email: bool | None
    programs_by_email: bool
    mail_window: str | None


class Preferences(Struct):
    """Every message that can concern the person; ``windows`` are those that are offered, others may be sent too."""

    windows: list[str]
    items: list[Preference]


def notification(card: Card) -> Notification:
    """A message as the service writes it."""
    return Notification(
        id=f"{NOTIFICATION}_{card.id}",
        message=card.template.value,
        text=card.text,
        count=card.count,
        opened_at=card.opened_at,
        delivered_at=card.delivered_at,
        read_at=card.read_at,
    )


def preference(choice: Choice) -> Preference:
    """A preference as the service writes it."""
    return Preference(
        choice.template.value,
        choice.title,
        choice.window,
        list(choice.program_windows),
        choice.by_email,
        choice.programs_by_email,
        choice.mail_window,
    )
