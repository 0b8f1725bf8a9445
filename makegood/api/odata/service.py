"""The calls under /odata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from makegood.api.errors import AddressUnknown, NoAccess
from makegood.api.http import Request, Response
from makegood.api.odata.errors import BadOption, BadSkipToken, FilterTooComplex, NotOffered, TooSlow
from makegood.api.odata.keys import Resource, condition_of, resource_of
from makegood.api.odata.metadata import context_of, csdl, service_document
from makegood.api.odata.negotiation import VERSION, check_xml, level_of, media_of
from makegood.api.odata.options import Options, options_of
from makegood.api.odata.query import Page, Query
from makegood.api.odata.shape import EntitySet
from makegood.api.rendering import utc
from makegood.api.routing import Param, Route
from makegood.parties.entries import Principal
from makegood.parties.selectors import customers_visible_to, demand

ROOT = "/odata"
CONTEXT = ("CustomerID", "UsageAlias")
"""What UsageDetail needs, as headers or as parameters of the address."""
_REPLACED = frozenset({"$skip", "$top", "$count", "$skiptoken"})
_REFUSALS = (BadOption, BadSkipToken, FilterTooComplex, NotOffered, TooSlow, NoAccess)
_LARGEST = 2**53


def _scope(request: Request) -> tuple[Resource, dict[str, Any]]:
    """The set or entity that is meant, and whose; raises for what the caller must not know of."""
    resource = resource_of(request.params["resource"])
    if not resource.set.of_one_bill:
        return resource, {}
    customer, alias = (_named(request, name) for name in CONTEXT)
    missing = [name for name, value in zip(CONTEXT, (customer, alias), strict=True) if not value]
    if missing:
        raise BadOption(field=missing[0], cause=f"{' and '.join(missing)} must be given as a header")
    return resource, {"customer": _visible_customer(request.principal, customer), "alias": alias}


def _named(request: Request, name: str) -> str:
    """A value that comes as a header or as a parameter. Raises BadOption when both are given and differ."""
    sent = [value.strip() for key, value in request.query if key.lower() == name.lower()]
    header = request.headers.get(name.lower())
    if header is not None:
        sent.append(_as_text(header).strip())
    if len(set(sent)) > 1:
        raise BadOption(field=name, cause="it is given twice, with different values")
    return sent[0] if sent else ""


def _as_text(header: str) -> str:
    """A header as UTF-8, where it is."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _visible_customer(principal: Principal, text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else 0
    if not 0 < number < _LARGEST or not customers_visible_to(principal).filter(pk=number).exists():
        raise NoAccess(kind="Customer", id="".join(letter for letter in text if letter.isprintable())[:40])
    return number


def _options(request: Request, entity_set: EntitySet) -> Options:
    taken = CONTEXT if entity_set.of_one_bill else ()
    return options_of(request.query, (one.name for one in entity_set.described), taken=taken)


def read(request: Request) -> Response:
    """A page of a set, or one entity of it."""
    resource, context = request.subject
    demand(request.principal, resource.set.verb)
    options = _options(request, resource.set)
    level = level_of(request, options.format)
    if resource.key is not None:
        return _entity(request, resource, options, context, level)
    page = Query(resource.set, request.principal, options, context).page()
    body: dict[str, Any] = {}
    if level != "none":
        body["@odata.context"] = context_of(_root(request), resource.set, page.chosen)
    if page.count is not None:
        body["@odata.count"] = page.count
    body["value"] = [_written(row) for row in page.rows]
    if page.next:
        body["@odata.nextLink"] = _next_link(request, page, context)
    return Response(200, body, dict(VERSION), media=media_of(level))


def _entity(request: Request, resource: Resource, options: Options, context: Mapping[str, Any], level: str) -> Response:
    options.only("select", "format", where="a single entity")
    values = resource.values()
    query = Query(resource.set, request.principal, options, {**context, "key": values})
    query.condition = condition_of(values, query.properties)
    query.order = ((resource.set.key[0], True),)  # of two bills that number a line alike the newer one
    page = query.page()
    if not page.rows:
        raise resource.absent
    body = (
        {}
        if level == "none"
        else {"@odata.context": context_of(_root(request), resource.set, page.chosen, entity=True)}
    )
    return Response(200, body | _written(page.rows[0]), dict(VERSION), media=media_of(level))


def count(request: Request) -> Response:
    """How many rows of a set match, as plain text."""
    resource, context = request.subject
    if resource.key is not None:
        raise AddressUnknown()
    demand(request.principal, resource.set.verb)
    options = _options(request, resource.set)
    found = Query(resource.set, request.principal, options, context).count()
    return Response(200, content=str(found).encode(), headers=dict(VERSION), media="text/plain;charset=utf-8")


def part(request: Request) -> Response:
    """A property by its own address is OData, and not offered."""
    resource, _ = request.subject
    if resource.key is None:
        raise AddressUnknown()
    raise NotOffered(feature="The address of a single property")


def service(request: Request) -> Response:
    """The service document."""
    options = options_of(request.query).only("format", where="the service document")
    level = level_of(request, options.format)
    return Response(200, service_document(f"{_root(request)}/$metadata"), dict(VERSION), media=media_of(level))


def metadata(request: Request) -> Response:
    """Types and sets as CSDL."""
    check_xml(options_of(request.query).only("format", where="$metadata").format)
    return Response(200, content=csdl(), headers=dict(VERSION), media="application/xml")


def _root(request: Request) -> str:
    return f"{request.base}{ROOT}"


def _written(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: utc(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _next_link(request: Request, page: Page, context: Mapping[str, Any]) -> str:
    """The address of the next page; it says by itself whose usage it reads."""
    named = {name.lower() for name in CONTEXT} if context else set()
    kept: Sequence[tuple[str, str]] = [
        (name, value) for name, value in request.query if name not in _REPLACED and name.lower() not in named
    ]
    own = list(zip(CONTEXT, (str(context["customer"]), context["alias"]), strict=True)) if context else []
    query = urlencode([*kept, *own, ("$skiptoken", page.next)], quote_via=quote, safe="$")
    return f"{request.base}{quote(request.path)}?{query}"


_QUERY = (
    Param("$filter", about="Which rows, such as Amount gt 5 and contains(Feature,'FEE')"),
    Param("$orderby", about="Properties, each with asc or desc"),
    Param("$select", about="Properties to show"),
    Param("$top", int, "How many rows at most"),
    Param("$skip", int, "How many rows to leave out first"),
    Param("$skiptoken", about="Where to go on, from @odata.nextLink"),
    Param("$count", bool, "Whether to say how many rows match"),
    Param("$format", about="json"),
)


def _route(path: str, name: str, handler: Any, summary: str, **more: Any) -> Route:
    return Route("GET", path, name, handler, summary, "OData", answer_media="*/*", **more)


ROUTES: tuple[Route, ...] = (
    _route(ROOT, "odata", service, "The sets that can be read"),
    _route(f"{ROOT}/", "odataService", service, "The sets that can be read"),
    _route(f"{ROOT}/$metadata", "odataMetadata", metadata, "Types and sets"),
    _route(
        f"{ROOT}/{{resource}}", "odataRead", read, "Rows, or one entity", scope=_scope, query=_QUERY, refusals=_REFUSALS
    ),
    _route(
        f"{ROOT}/{{resource}}/$count",
        "odataCount",
        count,
        "How many rows",
        scope=_scope,
        query=_QUERY,
        refusals=_REFUSALS,
    ),
    _route(f"{ROOT}/{{resource}}/{{part}}", "odataPart", part, "Not offered", scope=_scope, refusals=_REFUSALS),
)
