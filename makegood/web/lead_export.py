"""The lead manager's list as a file: exactly what is filtered, with outcome and tags."""

from __future__ import annotations

from collections.abc import Callable, Generator

from django.http import StreamingHttpResponse

from makegood.disputes.selectors.call_log import CallRow
from makegood.disputes.selectors.leads import Lead, streamed_leads
from makegood.web.lead_filter import LeadsAsked
from makegood.web.log_export import Column, Listed, Value, columns_of, written
from makegood.web.middleware import PageRequest

Columns = tuple[Column[Lead], ...]
BETWEEN = "; "
_LEFT_OUT = frozenset({"kind", "what", "service", "quantity", "unit", "unit_price", "invoice", "line", "period", "tax"})
_RENAMED = {"can_dispute": "can_submit"}


def _of_row(value: Callable[[CallRow], Value]) -> Callable[[Lead], Value]:
    return lambda lead: value(lead.row)


def lead_columns(request: PageRequest, *, files: bool) -> Columns:
    """The columns of the log that leads have, in their order, and what leads have besides."""
    shared = [one for one in columns_of(request, None, files=files) if one.name not in _LEFT_OUT]
    columns: list[Column[Lead]] = []
    for one in shared:
        if one.name == "channel":
            columns.append(Column("channel", lambda lead: lead.channel_words))
            continue
        columns.append(Column(_RENAMED.get(one.name, one.name), _of_row(one.value), one.is_amount))
        if one.name == "review_status":
            columns.append(Column("outcome", lambda lead: lead.mark.label))
            columns.append(Column("tags", lambda lead: BETWEEN.join(lead.tags)))
    return tuple(columns)


def leads_file(request: PageRequest, asked: LeadsAsked, form: str, *, files: bool) -> StreamingHttpResponse:
    """The answer that downloads ``leads-2026-11-22.csv``."""

    def rows() -> Generator[Lead, None, None]:
        yield from streamed_leads(request.principal, asked.wanted)

    return written(request, Listed("leads", lead_columns(request, files=files), rows), asked.query, form)
