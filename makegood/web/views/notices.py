"""The bell: what was told, what waits, and how often one wants to be told."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.kernel.answers import accepted
from makegood.notifications import operations, selectors
from makegood.notifications.states import SIDES, Side
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id
from makegood.web.pages import go, page, respond, say

SIZE = 50
LISTS = {
    Side.MANAGER: "queue",
    Side.BUYER: "disputes",
    Side.VENDOR: "adjusted_calls",
    Side.QA: "disputes",
    Side.REVIEWER: "queue",
    Side.ADMIN: "notices",
}
WORDS = {
    "immediate": "At once",
    "15m": "Every 15 minutes",
    "1h": "Every hour",
    "4h": "Every 4 hours",
    "daily 09:00": "Daily at 09:00",
    "off": "Never",
}
CHANNELS = {"": None, "yes": True, "no": False}


@page()
def notices(request: PageRequest) -> HttpResponse:
    """Delivered messages, the latest first, and what waits until when."""
    after, unread = request.GET.get("after", ""), request.GET.get("show") == "unread"
    cards = selectors.cards(
        request.principal,
        unread_only=unread,
        limit=SIZE + 1,
        after=row_id(after),
    )
    context = {
        "bell": selectors.bell(request.principal),
        "cards": cards[:SIZE],
        "more": cards[SIZE - 1].id if len(cards) > SIZE else None,
        "unread_only": unread,
    }
    return respond(request, "web/notices/notices.html", context)


@page()
def open_notice(request: PageRequest, digest_id: int) -> HttpResponse:
    """Open a message as a list of exactly its items; opening reads it."""
    items = selectors.items_of(request.principal, digest_id=digest_id)
    operations.mark_read(request.principal, digest_ids=[digest_id])
    return go(f"{reverse(LISTS[SIDES[items.card.template]])}?notice={digest_id}")


@require_POST
@page()
def read(request: PageRequest) -> HttpResponse:
    """Mark messages as read: those named, else all that are shown."""
    named = [row_id(number) for number in request.POST.getlist("id")]
    operations.mark_read(request.principal, digest_ids=[pk for pk in named if pk is not None])
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
def preferences(request: PageRequest) -> HttpResponse:
    """How often each message comes."""
    choices = selectors.preferences(request.principal)
    if request.method == "POST":
        for choice in choices:
            wanted = request.POST.get(choice.template.value)
            if wanted is not None and wanted != (choice.window or ""):
                operations.set_preference(request.principal, template=choice.template.value, window=wanted or None)
            channel = request.POST.get(f"{choice.template.value}-mail")
            if channel in CHANNELS and CHANNELS[channel] is not choice.by_email:
                operations.set_channel(request.principal, template=choice.template.value, by_email=CHANNELS[channel])
        say(request, "Saved. It holds for everything that happens from now on, and for what waits already.", "is-ok")
        return go(reverse("preferences"))
    offered = [(window, WORDS.get(window, window)) for window in selectors.CHOICES]
    return respond(request, "web/notices/preferences.html", {"choices": choices, "offered": offered, "words": WORDS})
