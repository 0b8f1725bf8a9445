"""Walks every address of the pages as every role, reading and pressing, and says what was answered.

A press sends an empty form: whoever may act is told what is missing or is taken on; whoever may not is refused before
anything is read. Each request is undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.urls.resolvers import LocalePrefixPattern, RegexPattern, RoutePattern

from makegood.parties.entries import Principal
from makegood.parties.models import User

_GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")
FORBIDDEN, ABSENT, WRONG_METHOD = 403, 404, 405


class Said(StrEnum):
    """What an address answered somebody."""

    YES = "yes"
    NO = "no"
    ABSENT = "not there"
    NEITHER = ""
    SIGN_IN = "sign in"


@dataclass(frozen=True)
class Route:
    """An address of the pages: its name, its path as written, and the names in it."""

    name: str
    path: str
    names: tuple[str, ...]
    verb: str | None


def routes() -> tuple[Route, ...]:
    """Every address of the pages that has a name, in the order of the lists; the web service has a walk of its own."""
    return tuple(_below(get_resolver(), ""))


def _below(resolver: URLResolver, before: str) -> Iterator[Route]:
    for found in resolver.url_patterns:
        path = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from _below(found, path)
        elif found.name and not _is_service(path):
            view = found.callback
            yield Route(found.name, "/" + _plain(path), _names(found.pattern), getattr(view, "verb", None))


def _names(pattern: RegexPattern | RoutePattern | LocalePrefixPattern) -> tuple[str, ...]:
    """The names in an address, whichever way it is written."""
    return tuple(pattern.converters) or tuple(pattern.regex.groupindex)


def _plain(path: str) -> str:
    """An address without the marks of a regular expression."""
    return _GROUP.sub(r"<\1>", path).replace("^", "").replace("$", "")


def _is_service(path: str) -> bool:
    return path.startswith("api/")


@dataclass(frozen=True)
class Answers:
    """What one role was answered, reading and pressing."""

    reads: Said
    acts: Said


def walked(
    principal: Principal | None, addresses: Mapping[str, str], taken: Mapping[str, Answers] | None = None
) -> dict[str, Answers]:
    """What every address (by name) answers somebody; None is a stranger who is not signed in.

    ``taken`` is what somebody else was answered: a method that an address does not take is not tried again.
    """
    client = Client(raise_request_exception=True)
    if principal is not None:
        client.force_login(User.objects.get(pk=principal.id))
    found: dict[str, Answers] = {}
    for name, at in addresses.items():
        before = taken[name] if taken else None
        reads = _asked(client, "get", at) if before is None or before.reads else Said.NEITHER
        acts = _asked(client, "post", at) if before is None or before.acts else Said.NEITHER
        found[name] = Answers(reads, acts)
    return found


def _asked(client: Client, method: str, address: str) -> Said:
    kept = dict(client.cookies)
    with transaction.atomic():
        response = getattr(client, method)(address, {})
        if response.streaming:
            response.close()
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(kept)
    return said(response)


def said(response: HttpResponseBase) -> Said:
    """An answer in one word."""
    status = response.status_code
    if status == WRONG_METHOD:
        return Said.NEITHER
    if status in {FORBIDDEN, ABSENT}:
        return Said.NO if status == FORBIDDEN else Said.ABSENT
    to = urlsplit(response.headers.get("Location", "")).path
    if to == reverse(settings.LOGIN_URL):
        return Said.SIGN_IN
    return Said.YES


def addresses_of(places: Mapping[str, Any], chosen: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The address of every route by its name, with the names in it filled in from ``places``.

    ``chosen`` says by the name of a route where it takes something else. Raises KeyError for what nobody knows.
    """
    found: dict[str, str] = {}
    for route in routes():
        own = chosen.get(route.name, {})
        found[route.name] = reverse(route.name, kwargs={name: own.get(name, places.get(name)) for name in route.names})
    return found
