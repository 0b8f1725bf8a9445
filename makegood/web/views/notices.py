"""The bell: what was told, and what waits."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.kernel.answers import accepted
from makegood.notifications import operations, selectors
from makegood.notifications.states import SIDES, Side
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web.mailing import compose
from makegood.web.middleware import PageRequest
from makegood.web.notice_days import Day, by_day
from makegood.web.numbers import row_id
from makegood.web.pages import go, is_part, page, respond, say

SIZE = 50
DONE = "done"
LISTS = {
    Side.MANAGER: "queue",
    Side.BUYER: "disputes",
    Side.VENDOR: "adjusted_calls",
    Side.QA: "disputes",
    Side.REVIEWER: "queue",
    Side.LEAD: "queue",
    Side.ADMIN: "notices",
    Side.OWNER: "webhooks",
    Side.SIGNER: "approvals",
    Side.FOLLOWER: "disputes",
}


@dataclass(frozen=True)
class Shelf:
    """One tab of the page: what is new, or what was put away. ``focus`` is the place that gets the focus."""

    done: bool
    bell: selectors.Bell
    days: list[Day]
    more: int | None
    focus: int | None = None
    said: str = ""

    @property
    def unread_ids(self) -> list[int]:
        """The messages on it that were not read."""
        return [placed.card.id for day in self.days for placed in day.cards if placed.card.is_unread]


@page()
def notices(request: PageRequest) -> HttpResponse:
    """Delivered messages, those not read first, and what waits until when."""
    return _shelf(request, done=request.GET.get("show") == DONE)


def _shelf(request: PageRequest, *, done: bool, at: int | None = None, said: str = "") -> HttpResponse:
    after = row_id(request.GET.get("after", ""))
    others = selectors.cards(request.principal, after=after, unread=False, done=done, limit=SIZE + 1)
    first = after is None and not done
    unread = selectors.cards(request.principal, unread=True, done=False, limit=SIZE) if first else []
    shown = len(unread[:SIZE]) + len(others[:SIZE])
    shelf = Shelf(
        done=done,
        bell=selectors.bell(request.principal),
        days=by_day(unread[:SIZE], others[:SIZE]),
        more=others[SIZE - 1].id if len(others) > SIZE else None,
        focus=min(at, shown - 1) if at is not None and shown else None,
        said=said,
    )
    return respond(request, "web/notices/notices.html", {"shelf": shelf}, part="web/notices/list.html")


@page()
def open_notice(request: PageRequest, digest_id: int) -> HttpResponse:
    """Open a message as a list of exactly its items; opening reads it."""
    items = selectors.items_of(request.principal, digest_id=digest_id)
    operations.mark_read(request.principal, digest_ids=[digest_id])
    side = SIDES[items.card.template]
    to = "queue" if side is Side.FOLLOWER and request.principal.can(Verb.DISPUTE_DECIDE) else LISTS[side]
    return go(f"{reverse(to)}?notice={digest_id}" if items.dispute_ids else reverse(to))


@require_POST
@page()
def read(request: PageRequest) -> HttpResponse:
    """Mark messages as read."""
    operations.mark_read(request.principal, digest_ids=_named(request))
    return _after(request, "Marked as read.")


@require_POST
@page()
def done(request: PageRequest) -> HttpResponse:
    """Put messages away."""
    operations.put_away(request.principal, digest_ids=_named(request))
    return _after(request, "Done.")


def _named(request: PageRequest) -> list[int]:
    named = [row_id(number) for number in request.POST.getlist("id")]
    return [pk for pk in named if pk is not None]


def _after(request: PageRequest, said: str) -> HttpResponse:
    """What is left, in place for htmx, else at the page's own address."""
    if is_part(request):
        return _shelf(request, done=False, at=row_id(request.POST.get("at", "")) or 0, said=said)
    return go(reverse("notices"))


@require_POST
@page()
def deliver(request: PageRequest) -> HttpResponse:
    """Deliver what waits now."""
    done = accepted(operations.deliver_now(request.principal))
    if not done:
        say(request, "Nothing was waiting.")
    return go(reverse("notices"))


@page()
def letter(request: PageRequest, digest_id: int) -> HttpResponse:
    """A letter that gathers still, as a mail program would show it if it were sent now."""
    waiting = [digest for digest in selectors.letters_waiting(request.principal) if digest.pk == digest_id]
    letters = selectors.letters_of(waiting)
    if not letters:
        raise NotFound()
    html, _ = compose(letters[0]).alternatives[0]
    nonce = str(getattr(request, "csp_nonce", ""))
    return HttpResponse(str(html).replace("<style>", f'<style nonce="{nonce}">', 1))
