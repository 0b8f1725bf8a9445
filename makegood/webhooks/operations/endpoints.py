"""Makes, changes and deletes endpoints, and turns their secrets over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from makegood.journal import operations as journal
from makegood.kernel import clock, ids
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb
from makegood.webhooks.entries import new_secret
from makegood.webhooks.errors import BadDescription, TooManyEndpoints, UnknownEvent, UrlNotAllowed
from makegood.webhooks.models import Endpoint
from makegood.webhooks.operations.pausing import demand_owner, locked
from makegood.webhooks.operations.transport import Resolve, addresses_of, checked
from makegood.webhooks.states import EventType

BOTH_SIGN_FOR = timedelta(hours=24)
MOST_ENDPOINTS = 50
LONGEST_DESCRIPTION = 200


@dataclass(frozen=True)
class MadeEndpoint:
    """An endpoint with its new secret, which is shown now and never again."""

    endpoint: Endpoint
    secret: str


def create_endpoint(
    principal: Principal,
    *,
    url: str,
    events: Sequence[str] = (),
    description: str = "",
    resolve: Resolve = addresses_of,
) -> MadeEndpoint:
    """An endpoint that hears ``events`` (none named: all) which happen from now on, as far as its owner may see them.

    Owner is the person who makes it, narrowed by the token that is used; else the token. Errors:
    WEBHOOK_URL_NOT_ALLOWED, UNKNOWN_WEBHOOK_EVENT, BAD_WEBHOOK_DESCRIPTION, TOO_MANY_WEBHOOKS. Raises NotPermitted.
    """
    demand_owner(principal)
    wanted, words = _events(events), _described(description)
    _check(url, resolve)
    owned = Endpoint.objects.filter(owner=principal.id, **({} if principal.id else {"token": principal.token_id}))
    if owned.count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints(limit=MOST_ENDPOINTS)
    with transaction.atomic():
        endpoint = Endpoint.objects.create(
            public_id=ids.ulid("whe"),
            url=url,
            events=wanted,
            description=words,
            owner_id=principal.id,
            token_id=principal.token_id,
            owner_label=principal.label,
            secret=new_secret(),
            created_at=clock.now(),
        )
        _record(principal, endpoint, "create", "webhook.created", {"events": wanted})
    return MadeEndpoint(endpoint, endpoint.secret)


def change_endpoint(
    principal: Principal,
    *,
    endpoint_id: str,
    url: str | None = None,
    events: Sequence[str] | None = None,
    description: str | None = None,
    version: int | None = None,
    resolve: Resolve = addresses_of,
) -> Endpoint:
    """Change what is not None. What waits goes to the new address; the secrets stay.

    Errors: NOT_FOUND, WEBHOOK_CHANGED when ``version`` is not the last, WEBHOOK_URL_NOT_ALLOWED,
    UNKNOWN_WEBHOOK_EVENT, BAD_WEBHOOK_DESCRIPTION. Raises NotPermitted.
    """
    demand(principal, Verb.WEBHOOK_MANAGE)
    wanted: dict[str, Any] = {}
    if url is not None:
        _check(url, resolve)
        wanted["url"] = url
    if events is not None:
        wanted["events"] = _events(events)
    if description is not None:
        wanted["description"] = _described(description)
    with transaction.atomic():
        endpoint = locked(principal, endpoint_id, version)
        changed = sorted(name for name, value in wanted.items() if getattr(endpoint, name) != value)
        if changed:
            for name in changed:
                setattr(endpoint, name, wanted[name])
            endpoint.lock_version += 1
            endpoint.save()
            _record(principal, endpoint, "change", "webhook.changed", {"changed": changed})
    return endpoint


@transaction.atomic
def delete_endpoint(principal: Principal, *, endpoint_id: str, version: int | None = None) -> None:
    """Delete an endpoint with everything that was, is or would be delivered to it.

    Errors: NOT_FOUND, WEBHOOK_CHANGED. Raises NotPermitted.
    """
    endpoint = locked(principal, endpoint_id, version)
    _record(principal, endpoint, "delete", "webhook.deleted", {})
    endpoint.delete()


@transaction.atomic
def rotate_secret(principal: Principal, *, endpoint_id: str, version: int | None = None) -> MadeEndpoint:
    """A new secret; the one before signs too for 24 h, and one that still did ends now.

    Errors: NOT_FOUND, WEBHOOK_CHANGED. Raises NotPermitted.
    """
    endpoint = locked(principal, endpoint_id, version)
    endpoint.previous_secret, endpoint.secret = endpoint.secret, new_secret()
    endpoint.previous_until = clock.now() + BOTH_SIGN_FOR
    endpoint.lock_version += 1
    endpoint.save()
    _record(principal, endpoint, "rotate", "webhook.rotated", {})
    return MadeEndpoint(endpoint, endpoint.secret)


def _check(url: str, resolve: Resolve) -> None:
    try:
        checked(url, resolve)
    except OSError as error:
        raise UrlNotAllowed(rule="its host was not found") from error


def _events(asked: Sequence[str]) -> list[str]:
    known = [event.value for event in EventType]
    for event in asked:
        if event not in known:
            raise UnknownEvent(event=event, events=", ".join(known))
    return [event for event in known if event in asked]


def _described(text: str) -> str:
    words = text.strip()
    if len(words) > LONGEST_DESCRIPTION or not words.isprintable():
        raise BadDescription(limit=LONGEST_DESCRIPTION)
    return words


def _record(principal: Principal, endpoint: Endpoint, verb: str, event: str, facts: dict[str, Any]) -> None:
    """One journal row; without the address, whose path may be a secret of the receiver."""
    journal.record(
        principal,
        verb=verb,
        event=event,
        object_kind="webhook",
        object_id=endpoint.pk,
        changes={"endpoint": endpoint.public_id, **facts},
    )
