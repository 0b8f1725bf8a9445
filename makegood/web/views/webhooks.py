"""Webhooks: endpoints with their secrets, what was delivered to them, and sending it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import developers, hooks
from makegood.web.choices import choices
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id
from makegood.web.pages import go, page, respond, say
from makegood.webhooks import operations, selectors
from makegood.webhooks.models import Attempt, Delivery, Endpoint
from makegood.webhooks.operations import MadeEndpoint
from makegood.webhooks.selectors.successes import last_successes

SIZE = 25
FIELDS = {"WEBHOOK_URL_NOT_ALLOWED": "url", "UNKNOWN_WEBHOOK_EVENT": "events", "BAD_WEBHOOK_DESCRIPTION": "description"}


@dataclass(frozen=True)
class Row:
    """An endpoint of the list, with its last success and why it rests."""

    endpoint: Endpoint
    last_success_at: datetime | None

    @property
    def cause(self) -> str:
        """Why nothing is sent; empty while it is active."""
        return hooks.CAUSES.get(self.endpoint.cause, "")

    @property
    def both_sign_until(self) -> datetime | None:
        """Until when the secret before signs too; None when it does not."""
        until = self.endpoint.previous_until
        return until if until is not None and until > clock.now() else None


@dataclass(frozen=True)
class Line:
    """A delivery with its attempts, and how it stands in a word and an icon."""

    delivery: Delivery
    attempts: list[Attempt]

    @property
    def word(self) -> str:
        """How it stands."""
        return hooks.DELIVERIES[self.delivery.state][0]

    @property
    def icon(self) -> str:
        """The icon of the word."""
        return hooks.DELIVERIES[self.delivery.state][1]


@dataclass(frozen=True)
class Typed:
    """What stands in the form."""

    url: str = ""
    description: str = ""
    all_events: bool = True
    events: list[str] = field(default_factory=list)


@page(Verb.WEBHOOK_MANAGE)
def webhooks(request: PageRequest) -> HttpResponse:
    """The endpoints somebody manages: where they lead, what they hear, whether it arrives."""
    context = {"rows": _rows(selectors.endpoints_of(request.principal)), "tabs": developers.tabs(request.principal)}
    return respond(request, "web/admin/webhooks.html", context)


@page(Verb.WEBHOOK_MANAGE)
def new(request: PageRequest) -> HttpResponse:
    """The form; sent, it answers with the signing secret: this once, and nowhere else."""
    if request.method != "POST":
        return _form(request, Typed())
    post = request.POST
    typed = Typed(
        post.get("url", "").strip(), post.get("description", ""), post.get("which") != "some", post.getlist("event")
    )
    if not typed.all_events and not typed.events:
        return _form(request, typed, sentence="Choose at least one event, or all of them.")
    try:
        made = operations.create_endpoint(
            request.principal,
            url=typed.url,
            events=() if typed.all_events else typed.events,
            description=typed.description,
        )
    except Refusal as refused:
        return _form(request, typed, refused)
    return _made(request, made, status=201)


@page(Verb.WEBHOOK_MANAGE)
def webhook(request: PageRequest, endpoint_id: str) -> HttpResponse:
    """One endpoint, and what was, is and will be delivered to it, the newest first."""
    endpoint = selectors.endpoint_named(request.principal, endpoint_id)
    found = selectors.deliveries_of(endpoint)
    before = row_id(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    deliveries = list(found[: SIZE + 1])
    shown = deliveries[:SIZE]
    tried = selectors.attempts(shown)
    context = {
        "row": _rows([endpoint])[0],
        "endpoint": endpoint,
        "lines": [Line(delivery, tried[delivery.pk]) for delivery in shown],
        "older": shown[-1].pk if len(deliveries) > SIZE else None,
        "paged": before is not None,
    }
    return respond(request, "web/admin/webhook.html", context)


@require_POST
@page(Verb.WEBHOOK_MANAGE)
def rotate(request: PageRequest, endpoint_id: str) -> HttpResponse:
    """A new secret, shown this once; the one before signs too for a day."""
    return _made(request, operations.rotate_secret(request.principal, endpoint_id=endpoint_id), rotated=True)


@require_POST
@page(Verb.WEBHOOK_MANAGE)
def act(request: PageRequest, endpoint_id: str, verb: str) -> HttpResponse:
    """Send a test, pause or resume."""
    if verb not in ACTS:
        raise NotFound()
    selectors.endpoint_named(request.principal, endpoint_id)
    do, done = ACTS[verb]
    _tried(request, lambda: do(request.principal, endpoint_id=endpoint_id), done)
    return go(reverse("webhook", args=[endpoint_id]))


@require_POST
@page(Verb.WEBHOOK_MANAGE)
def replay(request: PageRequest, message_id: str) -> HttpResponse:
    """Send one delivery again, with the same id and body."""
    endpoint = selectors.delivery_named(request.principal, message_id).endpoint
    _tried(
        request,
        lambda: operations.replay_delivery(request.principal, message_id=message_id),
        "It will be sent again in a moment, with the same id.",
    )
    return go(reverse("webhook", args=[endpoint.public_id]))


@require_POST
@page(Verb.WEBHOOK_MANAGE)
def replay_since(request: PageRequest, endpoint_id: str) -> HttpResponse:
    """Send everything again that failed or was not sent since a moment in the viewer's zone."""
    selectors.endpoint_named(request.principal, endpoint_id)
    since = _moment(request.POST.get("since", ""))
    if since is None:
        say(request, "Nothing was sent again: say since when, as 2027-03-31T09:00.", "is-error")
    else:
        try:
            count = operations.replay_since(request.principal, endpoint_id=endpoint_id, since=since)
            say(request, f"{count} {'delivery' if count == 1 else 'deliveries'} will be sent again.", "is-ok")
        except Refusal as refused:
            say(request, refused.message, "is-error")
    return go(reverse("webhook", args=[endpoint_id]))


@page(Verb.WEBHOOK_MANAGE)
def delete(request: PageRequest, endpoint_id: str) -> HttpResponse:
    """What deleting means, then the end of the endpoint."""
    endpoint = selectors.endpoint_named(request.principal, endpoint_id)
    if request.method != "POST":
        return respond(request, "web/admin/webhook_delete.html", {"endpoint": endpoint})
    operations.delete_endpoint(request.principal, endpoint_id=endpoint_id)
    say(request, "The webhook is deleted. Nothing is sent to it any more.", "is-ok")
    return go(reverse("webhooks"))


def _rows(endpoints: list[Endpoint]) -> list[Row]:
    arrived = last_successes(endpoints)
    return [Row(endpoint, arrived.get(endpoint.pk)) for endpoint in endpoints]


def _made(request: PageRequest, made: MadeEndpoint, *, rotated: bool = False, status: int = 200) -> HttpResponse:
    context = {"endpoint": made.endpoint, "secret": made.secret, "rotated": rotated}
    response = respond(request, "web/admin/webhook_made.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _form(request: PageRequest, typed: Typed, refused: Refusal | None = None, sentence: str = "") -> HttpResponse:
    context = {
        "typed": typed,
        "groups": choices(hooks.EVENTS, typed.events),
        "sentence": refused.message if refused else sentence,
        "code": refused.code if refused else "",
        "field": FIELDS.get(refused.code, "") if refused else "events" if sentence else "",
    }
    return respond(request, "web/admin/webhook_new.html", context, status=422 if context["sentence"] else 200)


def _tried(request: PageRequest, do: Callable[[], Any], done: str) -> None:
    """Do it, and say so on the next page, or why it was refused."""
    try:
        do()
        say(request, done, "is-ok")
    except Refusal as refused:
        say(request, refused.message, "is-error")


def _moment(text: str) -> datetime | None:
    """``2027-03-31T09:00`` in the viewer's zone; None for anything else."""
    try:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else timezone.make_aware(at)
    except (ValueError, OverflowError):
        return None


ACTS: dict[str, tuple[Callable[..., object], str]] = {
    "test": (operations.send_test, "A test will be sent in a moment; reload to see the answer."),
    "pause": (operations.pause, "Paused. What happens meanwhile is kept, and can be sent later."),
    "resume": (operations.resume, "Resumed. What waited is sent; what was not sent meanwhile can be replayed."),
}
"""What can be done to an endpoint, and what is said then."""
