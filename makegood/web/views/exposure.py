"""Exposure: what is asked and not decided, what of it is likely to be credited, and what was at month-ends."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse

from makegood.insights.selectors.exposure import AGES, Exposure, Waiting, age_words, exposure, pending
from makegood.insights.selectors.names import group_name
from makegood.insights.states import By
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.states import Verb
from makegood.web import exposure_figures as drawn
from makegood.web import programs
from makegood.web.figures import Figure
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id
from makegood.web.pages import page, respond
from makegood.web.views.quality import csv_of_figure


def _program(request: PageRequest) -> Program | None:
    """The program of the address or of the switch; None for all of them."""
    return programs.chosen(request)


def _link(chosen: Program | None, **where: Any) -> str:
    named = {"program": chosen.pk if chosen else programs.EVERY, **where}
    return f"{reverse('exposure_list')}?{urlencode(named)}"


def _figures(found: Exposure, program: Program | None) -> tuple[Figure, ...]:
    counts = f"{program.name}." if program else "Every program."

    def link(**where: Any) -> str:
        return _link(program, **where)

    made = []
    for one in found.currencies:
        made.append(drawn.parts(found, one, "age", ("by waiting time", "Waiting"), one.by_age, link, counts))
        made.append(drawn.parts(found, one, "buyer", ("by buyer", "Buyer"), one.by_buyer, link, counts))
        if program is None and len(one.by_program) > 1:
            made.append(drawn.parts(found, one, "program", ("by program", "Program"), one.by_program, link, counts))
    return (*made, drawn.month_ends(found, counts))


@page(Verb.LEDGER_VIEW)
def show(request: PageRequest) -> HttpResponse:
    """What is pending per currency, by buyer, age and program, and at the last month-ends."""
    program = _program(request)
    found = exposure(request.principal, program=program, zone=request.zone)
    context = {
        "found": found,
        "heads": [(one, _link(program, currency=one.currency)) for one in found.currencies],
        "figures": _figures(found, program),
        "program": program,
    }
    return respond(request, "web/quality/exposure.html", context)


@page(Verb.LEDGER_VIEW)
def export(request: PageRequest, name: str) -> StreamingHttpResponse:
    """The table of one figure as CSV."""
    program = _program(request)
    found = exposure(request.principal, program=program, zone=request.zone)
    figure = next((one for one in _figures(found, program) if one.csv == name), None)
    if figure is None:
        raise NotFound()
    return csv_of_figure(request, f"exposure-{name}", figure)


@page(Verb.LEDGER_VIEW)
def listed(request: PageRequest) -> HttpResponse:
    """The pending disputes that a mark counts."""
    get, program = request.GET, _program(request)
    age = get.get("age", "")
    wanted = Waiting(
        currency=get.get("currency", "")[:3] or None,
        program_id=program.pk if program else None,
        customer_id=row_id(get.get("buyer", "")),
        age=int(age) if age.isdecimal() and int(age) <= len(AGES) else None,
    )
    found = pending(request.principal, wanted, before=row_id(get.get("before", "")))
    buyer = group_name(request.principal, By.CUSTOMER, wanted.customer_id)
    said = [
        f" not decided yet, {program.name if program else 'every program'}",
        *([f"in {wanted.currency}"] if wanted.currency else []),
        *([f"of {buyer}"] if buyer else []),
        *([f"waiting {age_words(wanted.age)}"] if wanted.age is not None else []),
    ]
    context = {
        "found": found,
        "heading": "Pending disputes",
        "sentence": ", ".join(said) + ".",
        "back": reverse("exposure"),
        "back_words": "Exposure",
    }
    return respond(request, "web/quality/list.html", context, part="web/quality/rows.html")
