"""Traffic quality over time: rates with what is known of them, the lists behind their marks, and CSV of every table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse

from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.policy.windows import period_start
from makegood.disputes.selectors.turns import OutOfOrder, decided_out_of_order
from makegood.insights.selectors.behind import Mark, behind
from makegood.insights.selectors.names import group_name
from makegood.insights.selectors.quality import Quality, quality
from makegood.insights.states import By, Counted, Measure
from makegood.kernel import clock
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.states import Verb
from makegood.web import exports, programs
from makegood.web import quality_figures as drawn
from makegood.web.figures import Figure, day_text, span_text
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id
from makegood.web.pages import page, respond

PERIODS = ((30, "30 days"), (90, "90 days"), (180, "6 months"), (365, "12 months"))
DEFAULT_PERIOD = 90
TABS = {"vendors": By.VENDOR, "campaigns": By.CAMPAIGN, "buyers": By.CUSTOMER, "reasons": By.REASON}
MONEY = "money"
TAB_WORDS = (*((name, drawn.NOUNS[by][1]) for name, by in TABS.items()), (MONEY, "Money"))
LONGEST = timedelta(days=3 * 366)
WHAT = {
    Counted.DISPUTED: "disputed",
    Counted.DECIDED: "decided",
    Counted.ACCEPTED: "accepted in full or in part",
    Counted.REJECTED: "rejected",
    Counted.INVALID: "decided invalid",
    Counted.OPEN: "not decided",
}


@dataclass(frozen=True)
class Asked:
    """What the address asks for; whatever is not understood is the default. ``until`` is included."""

    program: Program
    tab: str
    measure: Measure
    period: int
    since: date
    until: date

    @property
    def by(self) -> By:
        """What the tab groups by; money is of the whole program."""
        return TABS.get(self.tab, By.DAY)

    @property
    def words(self) -> str:
        """The filter as a sentence."""
        period = dict(PERIODS)[self.period]
        return f"{self.program.name}, calls received in the last {period} ({span_text(self.since, self.until)})."

    def link(self, what: Counted, **where: Any) -> str:
        """The list behind a mark: of these cohorts, or ``since``, ``until``, ``key``, ``mature`` as given."""
        asked = {
            "program": self.program.pk,
            "what": what.value,
            "since": where.get("since", self.since),
            "until": where.get("until", self.until),
            **({"by": self.tab, "key": where["key"]} if "key" in where else {}),
            **({} if where.get("mature", True) else {"all": 1}),
        }
        return f"{reverse('quality_list')}?{urlencode(asked)}"


def _program(request: PageRequest) -> Program:
    """The program of the address or of the switch, else the first: rates are of one program. Raises NotFound."""
    met = programs.met(request)
    named = request.GET.get(programs.KEY, "")
    found = next((one for one in met if str(one.pk) == named), None) or programs.chosen(request)
    if found is None and not met:
        raise NotFound()
    return found or met[0]


def asked_of(request: PageRequest) -> Asked:
    """What the address asks for. Raises NotFound where no program is in scope."""
    get = request.GET
    tab = get.get("by", "vendors")
    measure = get.get("of", "")
    period = row_id(get.get("period", "")) or DEFAULT_PERIOD
    until = clock.now().date()
    chosen = period if period in dict(PERIODS) else DEFAULT_PERIOD
    return Asked(
        program=_program(request),
        tab=tab if tab in TABS or tab == MONEY else "vendors",
        measure=Measure(measure) if measure in set(Measure) else Measure.INVALID,
        period=chosen,
        since=until - timedelta(days=chosen - 1),
        until=until,
    )


def _found(request: PageRequest, asked: Asked) -> Quality:
    return quality(
        request.principal, program_id=asked.program.pk, by=asked.by, measure=asked.measure, since=asked.since,
        until=asked.until,
    )  # fmt: skip


def _figures(found: Quality, asked: Asked) -> tuple[Figure, ...]:
    said = drawn.Said(asked.words, found.through, asked.link)
    if asked.tab == MONEY:
        return tuple(drawn.waterfall(found, money, said) for money in found.money if money.billed_micros)
    known = (drawn.trend(found, said), drawn.funnel(found, asked.by, said), drawn.groups(found, asked.by, said))
    return tuple(figure for figure in known if figure)


@page(Verb.LEDGER_VIEW)
def show(request: PageRequest) -> HttpResponse:
    """Rates of one program by group and over time; or what became of its money."""
    asked = asked_of(request)
    found = _found(request, asked)
    context = {
        "asked": asked,
        "found": found,
        "figures": _figures(found, asked),
        "programs": programs.met(request),
        "periods": PERIODS,
        "tabs": TAB_WORDS,
        "heads": _heads(found),
        "through": day_text(found.through),
        "skipped": _skipped(request, asked.program),
    }
    return respond(request, "web/quality/quality.html", context, part="web/quality/body.html")


def _skipped(request: PageRequest, program: Program) -> OutOfOrder | None:
    """The decisions of this month, by the program's clock, that left the order of arrival; None where there is none."""
    if not DisputeSettings.of(program.settings).in_order:
        return None
    zone = ZoneInfo(program.zone.name if program.zone else "UTC")
    month = period_start(clock.now(), "month", zone)
    return decided_out_of_order(request.principal, program_id=program.pk, since=month)


def _heads(found: Quality) -> tuple[Mapping[str, Any], ...]:
    """The three headline rates, of mature cohorts alone; each leads to its own figures."""
    total = found.total
    rates = (
        (Measure.DISPUTED, total.dispute_rate),
        (Measure.ACCEPTED, total.acceptance_rate),
        (Measure.INVALID, total.invalid_rate),
    )
    return tuple(
        {"measure": measure, "word": drawn.WORDS[measure], "of": drawn.OF[measure], "rate": rate}
        for measure, rate in rates
    )


@page(Verb.LEDGER_VIEW)
def export(request: PageRequest, name: str) -> StreamingHttpResponse:
    """The table of one figure as CSV, with the filter of the page."""
    asked = asked_of(request)
    figure = next((one for one in _figures(_found(request, asked), asked) if one.csv == name), None)
    if figure is None:
        raise NotFound()
    return csv_of_figure(request, f"quality-{name}", figure)


def csv_of_figure(request: PageRequest, name: str, figure: Figure) -> StreamingHttpResponse:
    """The rows of a figure as they are shown, with what is noted about each."""
    rows = ((exports.text(row.label), *row.plain, row.note) for row in figure.rows)
    return exports.csv_of(request, name, (figure.columns[0].label.lower(), *figure.plain_columns, "note"), rows)


def _day(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if 1970 <= day.year < 9000 else otherwise


def _mark(request: PageRequest) -> Mark:
    get, today = request.GET, clock.now().date()
    what, tab = get.get("what", ""), get.get("by", "")
    until = _day(get.get("until", ""), today)
    by = TABS.get(tab, By.DAY)
    return Mark(
        program_id=_program(request).pk,
        since=max(_day(get.get("since", ""), until - timedelta(days=DEFAULT_PERIOD)), until - LONGEST),
        until=until,
        what=Counted(what) if what in set(Counted) else Counted.DISPUTED,
        by=by,
        key=row_id(get.get("key", "")) if by is not By.DAY else None,
        mature_only=get.get("all") != "1",
    )


@page(Verb.LEDGER_VIEW)
def listed(request: PageRequest) -> HttpResponse:
    """The disputes that a mark counts: as many as it says."""
    mark, get = _mark(request), request.GET
    found = behind(request.principal, mark, before=row_id(get.get("before", "")))
    program = _program(request)
    named = "" if mark.by is By.DAY else group_name(request.principal, mark.by, mark.key)
    group = "" if mark.by is By.DAY else f"{named or drawn.NOUNS[mark.by][2]}, "
    mature = "" if not mark.mature_only else ", mature cohorts alone"
    tab = get.get("by", "") if mark.by is not By.DAY else "vendors"
    context = {
        "found": found,
        "heading": f"{group}{WHAT[mark.what]}" if group else WHAT[mark.what].capitalize(),
        "sentence": f" on calls of {span_text(mark.since, mark.until)}, {program.name}{mature}.",
        "back": f"{reverse('quality')}?{urlencode({'program': program.pk, 'by': tab})}",
        "back_words": "Quality",
    }
    return respond(request, "web/quality/list.html", context, part="web/quality/rows.html")
