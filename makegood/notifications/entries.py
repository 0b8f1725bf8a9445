"""Pure: which digest each notice goes into, when digests open and end, and what is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, time

from makegood.notifications.events import Cancellation, Effect, Notice
from makegood.notifications.policy import Quiet, Window
from makegood.notifications.states import TAKEN_BACK, Template

Telling = tuple[int, str, int, bool]
"""Event, template, recipient, and whether by e-mail: told once."""


@dataclass(frozen=True)
class Wish:
    """How a person wants one message: its window, whether by e-mail too, and the window of the e-mail.

    None is as the program says; without a window of its own, the e-mail comes with what stands under Notifications.
    """

    template: str
    window: str | None
    by_email: bool | None
    mail_window: str | None = None


@dataclass(frozen=True)
class QuietWish:
    """The quiet hours that a person wants: local times, the weekdays on which they begin (Monday is 0)."""

    begins: time
    ends: time
    days: frozenset[int]
    lets_urgent: bool = False


@dataclass(frozen=True)
class Recipient:
    """Somebody to tell, with the time zone of their day and their quiet hours."""

    id: int
    zone: str
    quiet: Quiet | None = None

    def due(self, window: Window, opens_at: datetime, template: Template, *, now: datetime | None = None) -> datetime:
        """When a message that begins to gather at ``opens_at`` is due; never inside the quiet hours.

        Where these hold ``now``, it is not due before they end, however late the message was gathered.
        """
        return self.held(window.due(opens_at, self.zone), template, now=now)

    def held(self, due_at: datetime, template: Template, *, now: datetime | None = None) -> datetime:
        """The due time after the quiet hours."""
        if self.quiet is None or not self.quiet.spares(template):
            return due_at
        after = self.quiet.until(due_at)
        return max(after, self.quiet.until(now)) if now is not None and self.quiet.holds(now) else after


@dataclass(eq=False)
class Page:
    """A digest while it gathers; ``id`` is None until it is written.

    ``disputes`` are those it tells of and which may still be taken back; ``by_email`` that it goes out as a letter.
    """

    recipient: int
    template: Template
    window: str
    opens_at: datetime
    due_at: datetime
    id: int | None = None
    disputes: set[int] = field(default_factory=set)
    is_over: bool = False
    by_email: bool = False

    def takes(self, at: datetime) -> bool:
        """Whether something that happened ``at`` still falls into this window."""
        return not self.is_over and at <= self.due_at


class Book:
    """The waiting digests, and what the journal adds to them, in reading order.

    An event after a page's window ends that page and opens the next one, so the windows are the same
    however late the journal is read; but while quiet hours hold ``now``, everything is gathered until they end.
    ``told`` holds what was told before; it is passed over.
    """

    def __init__(self, waiting: Iterable[Page], told: AbstractSet[Telling], now: datetime | None = None) -> None:
        self._told = set(told)
        self._now = now
        self._open: dict[tuple[int, Template, str, bool], Page] = {}
        self._tellers: dict[int, list[Page]] = {}
        self.pages: list[Page] = []
        self.lines: list[tuple[Page, Effect]] = []
        for page in waiting:
            self._add(page)
            for dispute_id in page.disputes:
                self._tellers.setdefault(dispute_id, []).append(page)

    def _add(self, page: Page) -> None:
        self._open[page.recipient, page.template, page.window, page.by_email] = page
        self.pages.append(page)

    def tell(self, notice: Notice, recipient: Recipient, window: Window, *, by_email: bool = False) -> None:
        """Put a notice on the recipient's page for that window; a window that is off takes nothing."""
        template = notice.party.template
        telling = (notice.event_id, template.value, recipient.id, by_email)
        if window.is_off or telling in self._told:
            return
        self._told.add(telling)
        page = self._open.get((recipient.id, template, window.text, by_email))
        if page is None or not page.takes(notice.at):
            if page is not None:
                page.is_over = True
            due_at = recipient.due(window, notice.at, template, now=self._now)
            page = Page(recipient.id, template, window.text, notice.at, due_at, by_email=by_email)
            self._add(page)
        self.lines.append((page, notice))
        if template in TAKEN_BACK:
            self._tellers.setdefault(notice.dispute_id, []).append(page)

    def take_back(self, cancellation: Cancellation) -> None:
        """Cancel what waiting pages tell of a dispute, where the cancellation falls into their window."""
        pages = self._tellers.pop(cancellation.dispute_id, [])
        kept = [page for page in pages if page.template not in cancellation.templates]
        if kept:
            self._tellers[cancellation.dispute_id] = kept
        for page in (page for page in pages if page.template in cancellation.templates):
            telling = (cancellation.event_id, page.template.value, page.recipient, page.by_email)
            if page.takes(cancellation.at) and telling not in self._told:
                self.lines.append((page, cancellation))
