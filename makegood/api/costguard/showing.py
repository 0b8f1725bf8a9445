"""The record of a dispute as JSON, letter by letter as IDI's clients know it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from makegood.api.amounts import number
from makegood.api.http import Request, Response
from makegood.api.matching import digest, etag
from makegood.api.rendering import rendered, zoned
from makegood.disputes.selectors.addressed import Record, record_of
from makegood.disputes.selectors.records import Kind, record
from makegood.kernel.phones import mask
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

NUMBERED = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
Show = Callable[[Any, str], Any]
"""Makes of a value what is shown, in a time zone."""


def shown(principal: Principal, found: Record) -> dict[str, Any]:
    """All 22 members of a record, in their order."""
    clear = principal.can(Verb.PHONE_VIEW) or principal.customer_id is not None
    shows = _shows(clear)
    return {name: shows[name](value, found.zone) for name, value in found.values.items()}


def tag_of(principal: Principal, found: Record) -> str:
    """The ETag of a record: its version for those who decide, for others a digest of what they are shown.

    A version would tell the submitting side of a decision that waits in its undo window.
    """
    if principal.can(Verb.DISPUTE_DECIDE):
        return etag(found.version)
    content = b"".join(rendered(Response(body=shown(principal, found))))
    return etag(digest(content))


def zoned_row(row: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """A row of the search: amounts are numbers and lines are masked already, times and numbers of lines are not."""
    return {
        name: zoned(value, zone)
        if isinstance(value, datetime)
        else service_number(value)
        if name == "serviceNumber"
        else value
        for name, value in row.items()
    }


def service_number(text: str | None) -> int | str | None:
    """The number of a line: a JSON number where no digit is lost by it."""
    return int(text) if text is not None and NUMBERED.fullmatch(text) else text


def record_answer(request: Request, found: Record, *, status: int = 200, location: str = "") -> Response:
    """The answer that carries a record."""
    headers = {"ETag": tag_of(request.principal, found)}
    if location:
        headers["Location"] = location
    return Response(status, shown(request.principal, found), headers)


def changed(request: Request, dispute_id: int) -> Response:
    """The answer to a change: the record as it stands now."""
    return record_answer(request, record_of(request.principal, dispute_id))


def address_of(request: Request, dispute_id: int, adjustment_id: int | None = None) -> str:
    """Where a dispute of the customer of this address is read, or an adjustment of it."""
    place = f"/api/customer/{request.params['customerID']}/dispute/{dispute_id}"
    return place if adjustment_id is None else f"{place}/adjustment/{adjustment_id}"


@cache
def _shows(clear: bool) -> Mapping[str, Show]:  # noqa: FBT001 - whether numbers of lines are shown
    kinds: dict[Kind, Show] = {
        Kind.AMOUNT: lambda micros, _: None if micros is None else number(micros),
        Kind.MOMENT: zoned,
        Kind.NUMBER: lambda text, _: service_number(text if clear or not text else mask(text)),
    }
    return {field.name: kinds.get(field.kind, _as_it_is) for field in record(decides=True)}


def _as_it_is(value: Any, _: str) -> Any:
    return value
