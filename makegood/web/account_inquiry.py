"""What the three plain inquiries show: data used, calls made, what was paid. A sentence, a figure, a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from makegood.billing.selectors.usage import (
    Called,
    DearCall,
    Span,
    Used,
    dearest_calls,
    most_called,
    spans_of,
)
from makegood.billing.selectors.usage_compared import Day, Usage, Whole, days_compared, usage_compared
from makegood.billing.states import Subkind
from makegood.disputes.selectors.account import Account
from makegood.kernel.days import days_said
from makegood.parties.entries import Principal
from makegood.web.account_figures import called_figure, days_figure
from makegood.web.account_tables import (
    CalledShown,
    DearShown,
    ServiceShown,
    called_shown,
    measured,
    services_shown,
)
from makegood.web.account_words import (
    EVERY,
    call_words,
    change_words,
    counted,
    log_address,
    talk_words,
    used_words,
)
from makegood.web.figures import Figure, day_text

DATA, CALLS = "data", "calls"
OF = {DATA: (Subkind.DATA,), CALLS: (Subkind.CALL,)}


@dataclass(frozen=True)
class Inquiry:
    """A period of usage. ``aloud`` is what a representative may read out; ``log`` lists exactly the charges."""

    subject: str
    span: Span
    spans: tuple[Span, ...]
    usage: Usage
    aloud: str
    figure: Figure | None
    services: tuple[ServiceShown, ...]
    called: tuple[CalledShown, ...]
    called_figure: Figure | None
    dearest: tuple[DearShown, ...]
    log: str


def inquiry(principal: Principal, head: Account, subject: str, period: str, *, today: date, zone: str) -> Inquiry:
    """The inquiry about data or calls for a period of a customer (any other word: the latest with such usage)."""
    spans = tuple(spans_of(principal, head.id, today))
    at = _chosen(principal, head.id, spans, period, zone=zone, subkinds=OF[subject])
    pair = (spans[at], spans[at + 1] if at + 1 < len(spans) else None)
    usage = usage_compared(principal, head.id, pair, zone, OF[subject])
    days: list[Day] = []
    if usage.main is not None:
        days = days_compared(principal, head.id, pair, zone, subkinds=OF[subject], of=usage.main)
    called: Sequence[Called] = ()
    dearest: Sequence[DearCall] = ()
    if subject == CALLS:
        called = most_called(principal, head.id, *usage.span.moments(zone))
        dearest = dearest_calls(principal, head.id, *usage.span.moments(zone))
    span = usage.span
    talk = [talk_words(one.used.seconds) for one in called]
    return Inquiry(
        subject=subject,
        span=span,
        spans=spans,
        usage=usage,
        aloud=_aloud(subject, usage, days, called),
        figure=_figure(subject, usage.main, days, head.number) if usage.main else None,
        services=tuple(services_shown(usage, head.number)),
        called=(shown := tuple(called_shown(called, talk, span, head.number))),
        called_figure=called_figure(shown),
        dearest=tuple(
            DearShown(one, talk_words(one.seconds), reverse("call", args=[one.charge_id])) for one in dearest
        ),
        log=log_address(head.number, span.first, span.last, kind=EVERY, what=OF[subject][0]),
    )


def _chosen(
    principal: Principal, customer_id: int, spans: Sequence[Span], period: str, *, zone: str,
    subkinds: tuple[Subkind, ...],
) -> int:  # fmt: skip
    """The place of the period asked for; without one, of the latest that has such usage."""
    named = next((n for n, span in enumerate(spans) if span.key == period), None)
    if named is not None:
        return named
    for n, span in enumerate(spans[:3]):
        if usage_compared(principal, customer_id, (span, None), zone, subkinds).services:
            return n
    return 0


def _measure(subject: str, used: Used | None) -> int:
    return measured(used) if subject == DATA else used.count if used else 0


def _words(subject: str, used: Used | None, unit: str) -> str:
    if used is None:
        return ""
    if subject == DATA:
        return used_words(used, unit)
    return call_words(used, unit)


def _figure(subject: str, main: Whole, days: Sequence[Day], customer: str) -> Figure:
    what = OF[subject][0]
    label = f"Used, {main.unit}" if subject == DATA and main.unit else "Used" if subject == DATA else "Calls"
    return days_figure(
        f"{subject}-days",
        "Data by day" if subject == DATA else "Calls by day",
        _peak(subject, main, days),
        days,
        measure=lambda used: _measure(subject, used),
        words=lambda used: _words(subject, used, main.unit),
        label=label,
        link=lambda day: log_address(customer, day, day, kind=EVERY, what=what),
    )


def _peak(subject: str, main: Whole, days: Sequence[Day]) -> str:
    used = [one for one in days if one.now is not None]
    if not used:
        return "Nothing was used in this period."
    top = max(used, key=lambda one: _measure(subject, one.now))
    said = _words(subject, top.now, main.unit)
    return f"Most on {day_text(top.day)}: {said}. {counted(len(used), 'day')} of {len(days)} had any."


def _aloud(subject: str, usage: Usage, days: Sequence[Day], called: Sequence[Called]) -> str:
    """The sentence: what was used, beside the period before, when most, and where most calls went."""
    span, main = usage.span, usage.main
    when = f"From {days_said(span.first, span.last)}"
    noun = "data" if subject == DATA else "calls"
    if main is None or not main.now.count:
        return f"{when}, no {noun} are recorded for you." if subject == CALLS else f"{when}, no data use is recorded."
    said = [f"{when}, you used {_words(subject, main.now, main.unit)}" if subject == DATA else
            f"{when}, you made {_words(subject, main.now, main.unit)} of talk"]  # fmt: skip
    if usage.earlier is not None and main.before.count:
        change = change_words(_measure(subject, main.now), _measure(subject, main.before))
        same, less = ("as much as", "less") if subject == DATA else ("as many as", "fewer")
        beside = f"{change.lstrip('+-')} {'more' if change.startswith('+') else less} than" if change else same
        said.append(f", {beside} from {days_said(usage.earlier.first, usage.earlier.last)}")
    said.append(f". That cost {main.now.charged}.")
    if days:
        said.append(f" {_peak(subject, main, days).split('. ')[0].rstrip('.')}.")
    known = [one for one in called if one.is_known]
    if known:
        said.append(f" The number called most was {known[0].number}, {counted(known[0].used.count, 'time')}.")
    return "".join(said)


def subjects(customer_id: int) -> list[tuple[str, str, str]]:
    """The inquiries: name, words, address."""
    named = (("data", "Data use"), ("calls", "Calls"), ("payments", "Payments and balance"))
    return [(name, words, reverse(f"inquiry_{name}", args=[customer_id])) for name, words in named]
