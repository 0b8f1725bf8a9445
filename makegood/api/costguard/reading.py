"""The reads beside OData: search and single disputes, adjustments, resolutions, customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.db.models import Q

from makegood.api.costguard.bodies import CustomerQuery
from makegood.api.costguard.scoping import id_of
from makegood.api.costguard.showing import record_answer, tag_of, zoned_row
from makegood.api.errors import BadParameter, FieldInvalid, NoAccess
from makegood.api.http import Request, Response
from makegood.api.matching import is_known
from makegood.api.odata.keys import condition_of
from makegood.api.odata.options import Options, options_of
from makegood.api.odata.query import Page, Query
from makegood.api.odata.sets.disputes import ADJUSTMENTS, RECORD
from makegood.api.rendering import zoned
from makegood.disputes.selectors.addressed import Record, resolutions
from makegood.disputes.selectors.records import HIDDEN
from makegood.parties.selectors import customers_visible_to

MOST_CUSTOMERS = 500
LEAST_LETTERS = 2
_REPLACED = frozenset({"$skip", "$top", "$count", "$skiptoken"})
_MEMBERS = ("name", "accountNumber", "customerID")
_NO_MEMBER: Final = "name, accountNumber or customerID is needed"


def search(request: Request) -> Response:
    """Search Disputes: the disputes of a customer, the newest first, with the options of OData on the record."""
    options = options_of(request.query, (one.name for one in RECORD.described))
    page = Query(RECORD, request.principal, options, {"customer": request.subject.id}).page()
    body: dict[str, Any] = {} if page.count is None else {"@odata.count": page.count}
    body["value"] = [_listed(row) for row in page.rows]
    if page.next:
        body["@odata.nextLink"] = _next_link(request, page)
    return Response(200, body)


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    return zoned_row({name: value for name, value in row.items() if name not in HIDDEN}, row["_zone"])


def _next_link(request: Request, page: Page) -> str:
    kept = [(name, value) for name, value in request.query if name not in _REPLACED]
    query = urlencode([*kept, ("$skiptoken", page.next)], quote_via=quote, safe="$")
    return f"{request.base}{quote(request.path)}?{query}"


def one(request: Request) -> Response:
    """A dispute; 304 for who knows it as it stands."""
    found: Record = request.subject
    tag = tag_of(request.principal, found)
    if is_known(request, tag):
        return Response(304, headers={"ETag": tag})
    return record_answer(request, found)


def adjustment(request: Request) -> Response:
    """A credit, a reversal or a fee of a dispute. Raises NoAccess."""
    found: Record = request.subject
    text = request.params["adjustmentID"]
    absent = NoAccess(kind="Adjustment", id=text[:40])
    pk = id_of(text)
    if pk is None:
        raise absent
    query = Query(ADJUSTMENTS, request.principal, Options())
    query.condition = condition_of({"AdjustmentID": pk}, query.properties)
    rows = [row for row in query.page().rows if row["DisputeID"] == found.values["disputeID"]]
    if not rows:
        raise absent
    (row,) = rows
    row["CreatedDate"] = zoned(row["CreatedDate"], found.zone)
    return Response(200, {name[0].lower() + name[1:]: value for name, value in row.items()})


def list_resolutions(request: Request) -> Response:
    """Dispute Resolution: the labels of the programs in scope."""
    found = resolutions(request.principal)
    rows = [{"resolutionID": row.pk, "resolution": row.label, "active": row.is_active} for row in found]
    return Response(200, {"value": rows})


def find_customers(request: Request) -> Response:
    """CustomerSearch by the address. Raises BadParameter."""
    unknown = next((name for name, _ in request.query if name not in _MEMBERS), None)
    if unknown is not None:
        raise BadParameter(field=unknown[:40], cause=f"there is no such parameter; {_NO_MEMBER}")
    names, numbers, ids = (request.every(name) for name in _MEMBERS)
    if any(len(name.strip()) < LEAST_LETTERS for name in names):
        raise BadParameter(field="name", cause=f"at least {LEAST_LETTERS} characters are needed")
    if any(id_of(text) is None for text in ids):
        raise BadParameter(field="customerID", cause="a whole number is needed")
    return _customers(request, names, numbers, [int(text) for text in ids])


def search_customers(request: Request) -> Response:
    """CustomerSearch by a body. Raises BadParameter, FieldInvalid."""
    body: CustomerQuery = request.body
    names, numbers, ids = _many(body.name), _many(body.accountNumber), _many(body.customerID)
    if any(len(name.strip()) < LEAST_LETTERS for name in names):
        raise FieldInvalid(field="name", cause=f"at least {LEAST_LETTERS} characters are needed")
    return _customers(request, names, numbers, ids)


def _many(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _customers(request: Request, names: Sequence[str], numbers: Sequence[str], ids: Sequence[int]) -> Response:
    if not names and not numbers and not ids:
        raise BadParameter(field="name", cause=_NO_MEMBER)
    found = customers_visible_to(request.principal)
    if names:
        like = Q()
        for name in names:
            like |= Q(name__icontains=name.strip())
        found = found.filter(like)
    if numbers:
        found = found.filter(number__in=numbers)
    if ids:
        found = found.filter(pk__in=ids)
    rows = found.order_by("name", "pk").values_list("pk", "number", "name")[:MOST_CUSTOMERS]
    members = ("customerID", "accountNumber", "customerName")
    return Response(200, {"value": [dict(zip(members, row, strict=True)) for row in rows]})
