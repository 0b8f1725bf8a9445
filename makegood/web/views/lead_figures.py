"""The metrics of the lead manager: counts of the same filter, each of which opens exactly its leads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from makegood.billing.selectors.log_query import ANY_TIME
from makegood.disputes.selectors.lead_figures import COMPLETED, NON_BILLABLE, LeadFigures, Tally, lead_figures
from makegood.disputes.selectors.review_status import StatusOption, vocabulary_of
from makegood.insights.entries import Rate
from makegood.kernel import clock
from makegood.parties.states import Verb
from makegood.web import lead_filter, log_filter, programs
from makegood.web.middleware import PageRequest
from makegood.web.pages import page, respond

MONTH = "30d"
SPANS = ("ranged", "month", "every")
SHOWN = 12
"""So many rows of a table; the rest is under the filter."""


@dataclass(frozen=True)
class Figure:
    """A count, and where exactly these leads are listed."""

    count: int
    address: str


@dataclass(frozen=True)
class Line:
    """One key of a table in each span: within the list's own time, in the last 30 days, at any time."""

    label: str
    ranged: Figure
    month: Figure
    every: Figure


@dataclass(frozen=True)
class Table:
    """The lines of one question; ``left_out`` are not shown."""

    key: str
    title: str
    heading: str
    lines: tuple[Line, ...]
    left_out: int = 0


@dataclass(frozen=True)
class ReasonLine:
    """A reason: how often it was submitted, how often decided, how often found non-billable, and that rate."""

    label: str
    submitted: Figure
    decided: Figure
    non_billable: Figure
    rate: Rate


class _Links:
    """Addresses of lists that show exactly what a figure counts."""

    def __init__(self, asked: lead_filter.LeadsAsked) -> None:
        self.typed = {"mark": lead_filter.EVERY, **asked.typed}
        self.ranged = asked.typed.get("range") or lead_filter.RANGE

    def to(self, span: str, **keys: str) -> str:
        """The list of a span, narrowed by some keys besides."""
        typed = {**self.typed, **keys}
        if span != "ranged":
            typed = {key: text for key, text in typed.items() if key not in {"from", "to"}}
        typed["range"] = {"ranged": self.ranged, "month": MONTH, "every": ANY_TIME}[span]
        return reverse("leads") + log_filter.address_of(typed)


def _line(links: _Links, tally: Tally, keys: Collection[str], label: str, **named: str) -> Line:
    """The counts of some keys; ``named`` narrows their lists."""
    ranged, month, every = (Figure(tally.of(span, keys), links.to(span, **named)) for span in SPANS)
    return Line(label, ranged, month, every)


def _table(links: _Links, name: str, title: str, heading: str, tally: Tally, labels: Mapping[str, str]) -> Table:
    """A table of a tally; keys that the catalog of labels orders stay in its order, others come by their number."""
    keys = sorted(tally.every, key=lambda key: (-tally.every[key], labels.get(key, key)))
    lines = tuple(_line(links, tally, {key}, labels.get(key, key), **{name: key}) for key in keys[:SHOWN])
    return Table(name, title, heading, lines, max(0, len(keys) - SHOWN))


def _worded(
    links: _Links, name: str, title: str, heading: str, tally: Tally, options: tuple[StatusOption, ...]
) -> Table:
    """A table with every word of a vocabulary, whether or not there is any."""
    lines = (_line(links, tally, option.keys, option.label, **{name: option.key}) for option in options)
    return Table(name, title, heading, tuple(lines))


def _reasons(links: _Links, found: LeadFigures) -> tuple[ReasonLine, ...]:
    codes = sorted(found.reason.every, key=lambda code: (-found.reason.every[code], code))
    return tuple(
        ReasonLine(
            found.reasons[code],
            Figure(found.reason.every[code], links.to("every", because=code)),
            Figure(found.completed.every[code], links.to("every", because=code, status=COMPLETED)),
            Figure(
                found.non_billable.every[code],
                links.to("every", because=code, status=COMPLETED, mark=NON_BILLABLE),
            ),
            Rate(found.non_billable.every[code], found.completed.every[code]),
        )
        for code in codes
    )


@require_safe
@page(Verb.CHARGE_VIEW)
def metrics(request: PageRequest) -> HttpResponse:
    """Counts of exactly the leads that the filter names."""
    asked = lead_filter.read(request, with_choices=False, any_outcome=True)
    found = lead_figures(request.principal, lead_filter.ranged(asked), vocabulary_of(asked.settings))
    links = _Links(asked)
    tables = (
        _worded(links, "status", "Review status", "Status", found.status, asked.statuses),
        _worded(links, "mark", "Outcome", "Outcome", found.mark, asked.marks),
        _table(links, "channel", "How they came in", "Channel", found.channel, lead_filter.CHANNELS),
        _table(links, "campaign", "Campaigns", "Campaign", found.campaign, found.campaigns),
        _table(links, "tag", "Tags by quality assurance", "Tag", found.tag, {}),
    )
    context = {
        "asked": asked,
        "found": found,
        "total": _line(links, found.total, {""}, "Leads"),
        "tables": [table for table in tables if table.lines],
        "reasons": _reasons(links, found),
        "range_words": log_filter.range_words(asked.typed.get("range") or lead_filter.RANGE),
        "list": reverse("leads") + (f"?{asked.query}" if asked.query else ""),
        "party": request.user.customer or "",
        "reviews": bool(programs.reviewing_leads(request)),
        "as_of": clock.now(),
    }
    return respond(request, "web/leads/metrics.html", context, status=422 if asked.errors else 200)
