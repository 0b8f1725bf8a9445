"""Webhooks: endpoints with their secrets, what was delivered to them, and sending it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from makegood.api.errors import BadCursor, BadParameter, MatchFailed, MatchRequired, NoAccess
from makegood.api.http import Request, Response
from makegood.api.routing import SMALL_BODY, Keyed, Param, Route
from makegood.api.v1 import finding, paging, short_lists, versions
from makegood.api.v1.representations import webhook as shapes
from makegood.kernel.paging import Key
from makegood.parties.selectors import demand
from makegood.parties.states import Verb
from makegood.webhooks import errors, operations, selectors
from makegood.webhooks.models import Delivery, Endpoint
from makegood.webhooks.selectors.successes import last_successes
from makegood.webhooks.states import DeliveryState, EventType

TAG = "webhooks"
PATH = "/api/v1/webhooks"
ONE = PATH + "/{webhook}"
ORDER = (Key("id", descending=True),)
STATES = frozenset(state.value for state in DeliveryState)
TYPES = frozenset(kind.value for kind in EventType)
FILTERS = (
    Param("state", str, "One of " + ", ".join(sorted(STATES)) + "."),
    Param("type", str, "Of this event, such as dispute.decided."),
)
SINCE = Param("since", str, "Made at this moment or later.", required=True, example="2026-03-01T00:00:00Z")
Url = Annotated[str, Meta(min_length=1, max_length=2000, examples=["https://hooks.example.com/makegood"])]
Events = Annotated[
    list[Annotated[str, Meta(max_length=40, examples=["dispute.decided"])]],
    Meta(max_length=100, description="Names of events; none means all."),
]
Description = Annotated[str, Meta(max_length=200)]


class Listening(Struct, forbid_unknown_fields=True):
    """A new webhook: https only, at an address that everybody can reach, unless the operator listed it."""

    url: Url
    events: Events = []
    description: Description = ""


class Relistening(Struct, forbid_unknown_fields=True):
    """What changes; what is not named stays. The secrets stay too."""

    url: Url | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    description: Description | UnsetType = UNSET


def found(request: Request) -> Endpoint:
    """The webhook of the path. Raises NotPermitted, NoAccess."""
    demand(request.principal, Verb.WEBHOOK_MANAGE)
    public_id = request.params["webhook"]
    with finding.absent_as("Webhook", public_id):
        return selectors.endpoint_named(request.principal, public_id)


def found_delivery(request: Request) -> Delivery:
    """The delivery of the path. Raises NotPermitted, NoAccess."""
    demand(request.principal, Verb.WEBHOOK_MANAGE)
    message_id = request.params["delivery"]
    with finding.absent_as("Delivery", message_id):
        return selectors.delivery_named(request.principal, message_id)


def _shown(endpoint: Endpoint) -> shapes.Webhook:
    return shapes.webhook(endpoint, last_successes([endpoint]).get(endpoint.pk))


def listed(request: Request) -> Response:
    """A page of the endpoints somebody manages."""
    paging.check_known(request, ())
    page = short_lists.page(request, selectors.endpoints_of(request.principal), lambda one: one.public_id)
    last = last_successes(page.rows)
    return Response(body=paging.answered(page, shapes.WebhookPage, lambda one: shapes.webhook(one, last.get(one.pk))))


def one(request: Request) -> Response:
    """One endpoint."""
    return versions.answer(request, _shown(request.subject))


def create(request: Request) -> Response:
    """Make an endpoint; the answer tells its secret."""
    body: Listening = request.body
    made = operations.create_endpoint(request.principal, url=body.url, events=body.events, description=body.description)
    secret = shapes.with_secret(made.endpoint, made.secret, None)
    place = f"{PATH}/{made.endpoint.public_id}"
    return versions.answer(request, _shown(made.endpoint), 201, secret, Location=place)


def _changing(do: Callable[[Request, int | None], Response]) -> Callable[[Request], Response]:
    """A handler that changes the endpoint as If-Match allows; a lost race reads like a stale one."""

    def handler(request: Request) -> Response:
        version = versions.version_to_change(request, _shown(request.subject))
        try:
            return do(request, version)
        except errors.EndpointChanged:
            versions.changed(_shown(found(request)))

    return handler


def _change(request: Request, version: int | None) -> Response:
    body: Relistening = request.body
    changed = operations.change_endpoint(
        request.principal,
        endpoint_id=request.subject.public_id,
        url=None if body.url is UNSET else body.url,
        events=None if body.events is UNSET else body.events,
        description=None if body.description is UNSET else body.description,
        version=version,
    )
    return versions.answer(request, _shown(changed))


def _delete(request: Request, version: int | None) -> Response:
    operations.delete_endpoint(request.principal, endpoint_id=request.subject.public_id, version=version)
    return Response(204)


def _rotate(request: Request, version: int | None) -> Response:
    made = operations.rotate_secret(request.principal, endpoint_id=request.subject.public_id, version=version)
    shown = _shown(made.endpoint)
    return versions.answer(request, shown, 200, shapes.with_secret(made.endpoint, made.secret, shown.last_success_at))


def _pause(request: Request, version: int | None) -> Response:
    endpoint = operations.pause(request.principal, endpoint_id=request.subject.public_id, version=version)
    return versions.answer(request, _shown(endpoint))


def _resume(request: Request, version: int | None) -> Response:
    endpoint = operations.resume(request.principal, endpoint_id=request.subject.public_id, version=version)
    return versions.answer(request, _shown(endpoint))


def deliveries(request: Request) -> Response:
    """A page of what was, is and will be delivered."""
    paging.check_known(request, FILTERS)
    state, kind = finding.one_of(request, "state", STATES), finding.one_of(request, "type", TYPES)
    rows = selectors.deliveries_of(request.subject)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(type=kind)
    page = paging.page(request, rows, ORDER)
    tried = selectors.attempts(page.rows)
    return Response(
        body=paging.answered(page, shapes.DeliveryPage, lambda one: shapes.delivery(one, tried.get(one.pk, [])))
    )


def _place(endpoint: Endpoint) -> dict[str, str]:
    return {"Location": f"{PATH}/{endpoint.public_id}/deliveries"}


def send_test(request: Request) -> Response:
    """Let a test be sent."""
    made = operations.send_test(request.principal, endpoint_id=request.subject.public_id)
    return Response(202, shapes.delivery(made, []), _place(request.subject))


def replay(request: Request) -> Response:
    """Send one delivery again."""
    again = operations.replay_delivery(request.principal, message_id=request.subject.message_id)
    tried = selectors.attempts([again]).get(again.pk, [])
    return Response(202, shapes.delivery(again, tried), _place(request.subject.endpoint))


def replay_since(request: Request) -> Response:
    """Send again what did not arrive."""
    since = finding.at(request, "since")
    if since is None:
        raise BadParameter(field="since", cause="it is required: a moment with its zone")
    count = operations.replay_since(request.principal, endpoint_id=request.subject.public_id, since=since)
    return Response(202, shapes.Replayed(count), _place(request.subject))


STALE = (NoAccess, MatchRequired, MatchFailed)
WRONG = (errors.UrlNotAllowed, errors.UnknownEvent, errors.BadDescription)


def _step(word: str, name: str, do: Callable[[Request, int | None], Response], summary: str, *more: type) -> Route:
    return Route(
        "POST",
        f"{ONE}/{word}",
        name,
        _changing(do),
        summary,
        TAG,
        scope=found,
        verb=Verb.WEBHOOK_MANAGE,
        answer=shapes.WebhookWithSecret if word == "rotate" else shapes.Webhook,
        keyed=Keyed.OPTIONAL,
        matched=True,
        refusals=(*STALE, *more),
        description="Both secrets sign for 24 hours." if word == "rotate" else "",
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        PATH,
        "createWebhook",
        create,
        "Create a webhook.",
        TAG,
        verb=Verb.WEBHOOK_MANAGE,
        body=Listening,
        answer=shapes.WebhookWithSecret,
        status=201,
        keyed=Keyed.OPTIONAL,
        limit=SMALL_BODY,
        refusals=(*WRONG, errors.TooManyEndpoints),
        description="It hears what happens from now on, as far as its owner may know. The secret is shown this once; "
        "requests are signed by the Standard Webhooks specification.",
        examples={
            "all": {"url": "https://hooks.example.com/makegood"},
            "some": {
                "url": "https://hooks.example.com/makegood",
                "events": ["dispute.decided", "adjustment.posted"],
                "description": "Our books",
            },
        },
    ),
    Route(
        "GET",
        PATH,
        "listWebhooks",
        listed,
        "List webhooks, the oldest first.",
        TAG,
        verb=Verb.WEBHOOK_MANAGE,
        answer=shapes.WebhookPage,
        query=paging.PARAMS,
        refusals=(BadParameter, BadCursor),
        description="One's own; who sees everything manages every one.",
    ),
    Route(
        "GET",
        ONE,
        "getWebhook",
        one,
        "Read a webhook.",
        TAG,
        scope=found,
        verb=Verb.WEBHOOK_MANAGE,
        answer=shapes.Webhook,
        statuses={304: None},
        refusals=(NoAccess,),
    ),
    Route(
        "PATCH",
        ONE,
        "changeWebhook",
        _changing(_change),
        "Change a webhook.",
        TAG,
        scope=found,
        verb=Verb.WEBHOOK_MANAGE,
        body=Relistening,
        answer=shapes.Webhook,
        keyed=Keyed.OPTIONAL,
        matched=True,
        limit=SMALL_BODY,
        refusals=(*STALE, *WRONG),
        description="What is not named stays. What waits goes to the new address.",
        examples={"events": {"events": ["dispute.decided"]}},
    ),
    Route(
        "DELETE",
        ONE,
        "deleteWebhook",
        _changing(_delete),
        "Delete a webhook with its log.",
        TAG,
        scope=found,
        verb=Verb.WEBHOOK_MANAGE,
        status=204,
        matched=True,
        refusals=STALE,
    ),
    _step("rotate", "rotateWebhookSecret", _rotate, "Get a new signing secret."),
    _step("pause", "pauseWebhook", _pause, "Stop sending; what happens is kept.", errors.EndpointDisabled),
    _step("resume", "resumeWebhook", _resume, "Send again.", errors.EndpointActive),
    Route(
        "POST",
        f"{ONE}/test",
        "testWebhook",
        send_test,
        "Let a test be sent.",
        TAG,
        scope=found,
        verb=Verb.WEBHOOK_MANAGE,
        answer=shapes.WebhookDelivery,
        status=202,
        keyed=Keyed.OPTIONAL,
        refusals=(NoAccess, errors.EndpointDisabled),
        description="The worker sends an endpoint.test within seconds, once; the log tells what came of it.",
    ),
    Route(
        "GET",
        f"{ONE}/deliveries",
        "listDeliveries",
        deliveries,
        "List deliveries with their attempts, the newest first.",
        TAG,
        scope=found,
        verb=Verb.WEBHOOK_MANAGE,
        answer=shapes.DeliveryPage,
        query=(*FILTERS, *paging.PARAMS),
        refusals=(NoAccess, BadParameter, BadCursor),
        description="Kept for 30 days.",
    ),
    Route(
        "POST",
        f"{ONE}/replay",
        "replayWebhook",
        replay_since,
        "Send again what failed or was dropped.",
        TAG,
        scope=found,
        verb=Verb.WEBHOOK_MANAGE,
        answer=shapes.Replayed,
        status=202,
        keyed=Keyed.OPTIONAL,
        query=(SINCE,),
        refusals=(NoAccess, BadParameter, errors.EndpointDisabled),
    ),
    Route(
        "POST",
        f"{PATH}/deliveries/{{delivery}}/replay",
        "replayDelivery",
        replay,
        "Send one delivery again.",
        TAG,
        scope=found_delivery,
        verb=Verb.WEBHOOK_MANAGE,
        answer=shapes.WebhookDelivery,
        status=202,
        keyed=Keyed.OPTIONAL,
        refusals=(NoAccess, errors.EndpointDisabled),
        description="However it ended: with the same id and the same body.",
    ),
)
