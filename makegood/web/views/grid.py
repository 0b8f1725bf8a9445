"""The grid of reasons and findings: what is suggested where this was claimed and that is heard."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import operations
from makegood.disputes.operations.cells import EVENT, LONGEST_LETTER
from makegood.disputes.policy.suggestions import Advice, Cell
from makegood.disputes.selectors.catalogs import last_change, program_seen
from makegood.disputes.selectors.grid import Grid, grid_of, place_named
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound, NotPermitted
from makegood.parties.states import Verb
from makegood.web.fields import Field, Kind, filled, options, read
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say
from makegood.web.putting_back import put_back
from makegood.web.views.catalogs import frame
from makegood.web.word_fields import CLAWBACKS, changes_said

ADVICE = (("", "-"), ("accept", "Accept"), ("partial", "Part"), ("reject", "Reject"), ("listen", "Listen on"))
HALF = 50
"""The part that a cell begins with."""
MARKS = {value: label for value, label, _ in CLAWBACKS}
_FIELDS = (
    Field(
        "advice",
        "Suggest",
        Kind.CHOICE,
        options=options(
            (
                ("", "Nothing"),
                ("accept", "Accept", "All that was asked."),
                ("partial", "A part", "The percentage below of what was asked."),
                ("reject", "Reject", "With the guideline of the finding."),
                ("listen", "Listen on", "Nothing can be said before more was heard."),
            )
        ),
    ),
    Field("percent", "Part", Kind.NUMBER, unit="percent of what was asked"),
    Field(
        "clawback",
        "Back from the vendor",
        Kind.SELECT,
        options=options(
            (("", "As the reason, the vendor or the program says"), *((v, label) for v, label, _ in CLAWBACKS))
        ),
    ),
    Field(
        "letter",
        "Words to the buyer",
        Kind.AREA,
        most=LONGEST_LETTER,
        help="Where what was heard is not what was claimed. They stand in the explanation, and can be changed there.",
    ),
)


@page(Verb.PROGRAM_VIEW)
def grid(request: PageRequest, key: str) -> HttpResponse:
    """The grid; sent, every cell that was changed is kept at once."""
    program = program_seen(request.principal, key)
    found = grid_of(program)
    if request.method == "POST":
        changed = _changed(found, request.POST)
        try:
            count = operations.set_cells(request.principal, program_key=key, cells=changed)
            say(
                request, f"{count} cell{'' if count == 1 else 's'} saved." if count else "No cell was changed.", "is-ok"
            )
        except Refusal as refused:
            if isinstance(refused, NotFound | NotPermitted):
                raise
            say(request, f"{refused.message} Nothing was changed.", "is-error")
        return go(reverse("grid", args=[key]))
    last = last_change("program", program.pk, EVENT)
    context = {
        **frame(request, program, "grid"),
        "grid": found,
        "advice": ADVICE,
        "marks": MARKS,
        "last": last,
        "last_fields": changes_said(last.fields, {}) if last else [],
        "back": reverse("grid_back", args=[key]) if request.principal.can(Verb.PROGRAM_EDIT) else "",
    }
    return respond(request, "web/catalogs/grid.html", context)


@page(Verb.PROGRAM_EDIT)
def cell(request: PageRequest, key: str, reason: str, finding: str) -> HttpResponse:
    """One cell with its percentage, its claw-back and its words."""
    program = program_seen(request.principal, key)
    place = place_named(program, reason, finding)
    kept = place.cell
    back = reverse("grid", args=[key])
    values: dict[str, Any] = {
        "advice": place.advice,
        "percent": kept.percent or "" if kept else "",
        "clawback": kept.clawback if kept else "",
        "letter": kept.letter if kept else "",
    }
    refused = None
    if request.method == "POST":
        values = read(_FIELDS, request.POST)
        try:
            wanted = _cell(values["advice"], values["percent"], values["clawback"], values["letter"])
            operations.set_cells(request.principal, program_key=key, cells={(reason, finding): wanted})
            say(request, f'"{place.reason.label}" and "{place.finding.label}": saved.', "is-ok")
            return go(back)
        except Refusal as error:
            refused = error
    fields = filled(_FIELDS, values, refused)
    context = {
        "title": f"{place.reason.label}: {place.finding.label}",
        "lead": f'What is suggested where "{place.reason.label}" was claimed and "{place.finding.label}" is heard.',
        "off": "Default" if kept and kept.is_default else "",
        "crumbs": [(back, f"{program.name}: grid")],
        "fields": fields,
        "refused": refused,
        "wrong": next((field for field in fields if field.error), None),
        "cancel": back,
    }
    return respond(request, "web/catalogs/form.html", context, status=refused.status if refused else 200)


@require_POST
@page(Verb.PROGRAM_EDIT)
def confirm(request: PageRequest, key: str) -> HttpResponse:
    """Say of every default that it is meant so."""
    count = operations.confirm_cells(request.principal, program_key=key)
    say(request, f"{count} default{'' if count == 1 else 's'} confirmed.", "is-ok")
    return go(reverse("grid", args=[key]))


@require_POST
@page(Verb.PROGRAM_EDIT)
def grid_back(request: PageRequest, key: str) -> HttpResponse:
    """Undo the latest change of the grid."""
    said = "The grid is again what it was before the last change."
    run = partial(operations.put_cells_back, request.principal, program_key=key)
    return put_back(request, run, said, reverse("grid", args=[key]))


def _changed(found: Grid, post: QueryDict) -> dict[tuple[str, str], Cell | None]:
    """The places that say something else than before; what else stands in a cell stays as far as it fits."""
    cells: dict[tuple[str, str], Cell | None] = {}
    for row in found.rows:
        for place in row.places:
            said = post.get(place.name, place.advice)
            if said == place.advice or said not in dict(ADVICE):
                continue
            kept = place.cell or Cell(Advice.LISTEN)
            percent = kept.percent or HALF if said == Advice.PARTIAL else None
            wanted = replace(kept, advice=Advice(said), percent=percent, letter="") if said else None
            cells[place.reason.code, place.finding.code] = wanted
    return cells


def _cell(advice: str, percent: str, clawback: str, letter: str) -> Cell | None:
    if advice not in set(Advice):
        return None
    part = int(percent) if percent.isascii() and percent.isdecimal() and len(percent) < 4 else None
    return Cell(Advice(advice), part, clawback, letter)
