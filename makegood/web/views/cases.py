"""What a case is made of, as files: its audit as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import StreamingHttpResponse

from makegood.disputes.selectors import detail as details
from makegood.disputes.selectors.audit import AuditRow, audit_of
from makegood.parties.states import Verb
from makegood.web import exports
from makegood.web.middleware import PageRequest
from makegood.web.pages import page

COLUMNS = (
    "event_number", "at", "who", "acting_for", "ip", "request", "verb", "event", "field", "before", "after",
    "time_zone",
)  # fmt: skip


@page(Verb.DISPUTE_DECIDE)
def audit_csv(request: PageRequest, number: str) -> StreamingHttpResponse:
    """Every event of a case, a line for each thing that it changed."""
    found = details.visible_dispute(request.principal, number)
    rows = audit_of(request.principal, found.pk)
    return exports.csv_of(request, f"audit-D-{number}", COLUMNS, _cells(rows, request.zone))


def _cells(rows: Sequence[AuditRow], zone: str) -> Iterator[list[exports.Cell]]:
    for row in rows:
        event: list[exports.Cell] = [
            row.id,
            exports.moment(row.at, zone),
            exports.text(row.who),
            exports.text(row.acting_for),
            row.ip,
            exports.text(row.request),
            row.verb,
            row.event,
        ]
        for shift in row.shifts or (None,):
            told = (shift.name, shift.before, shift.after) if shift else ("", "", "")
            yield [*event, *map(exports.text, told), zone]
