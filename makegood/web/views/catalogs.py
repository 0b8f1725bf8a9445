"""The words of programs: reasons, findings and resolutions, each with the page that changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import operations
from makegood.disputes.models import Finding, Reason, Resolution
from makegood.disputes.selectors.catalogs import (
    Catalog,
    catalog_of,
    categories_known,
    last_change,
    word_named,
    words_of,
)
from makegood.disputes.selectors.preset_questions import preset_questions
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.selectors import programs_visible_to
from makegood.parties.states import Verb
from makegood.web import programs as chosen_program
from makegood.web.fields import Field, filled, read
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say
from makegood.web.putting_back import put_back
from makegood.web.word_fields import (
    CODE,
    LABELS,
    OUTCOMES,
    TYPES,
    changes_said,
    finding_fields,
    reason_fields,
    resolution_fields,
)

KINDS = {"reasons": "reason", "findings": "finding", "resolutions": "resolution"}
TABS = (
    ("reasons", "Reasons"),
    ("findings", "Findings"),
    ("grid", "Grid"),
    ("resolutions", "Resolutions"),
    ("campaigns", "Campaigns"),
    ("categories", "Categories"),
)
Change = Callable[..., Reason | Finding | Resolution]
_CHANGE: Mapping[str, Change] = {
    "reason": operations.change_reason,
    "finding": operations.change_finding,
    "resolution": operations.change_resolution,
}
_ADD: Mapping[str, Change] = {
    "reason": operations.add_reason,
    "finding": operations.add_finding,
    "resolution": operations.add_resolution,
}
_EMPTY: Mapping[str, Mapping[str, Any]] = {
    "reason": {"is_active": True, "type": "quality", "min_explanation_chars": 0, "sort": ""},
    "finding": {"is_active": True, "sort": ""},
    "resolution": {"is_active": True, "sort": ""},
}


@page(Verb.PROGRAM_VIEW)
def catalogs(request: PageRequest) -> HttpResponse:
    """The catalog of the program in force; of several without a choice, a list of them."""
    seen = list(programs_visible_to(request.principal).order_by("name", "pk"))
    chosen = chosen_program.chosen(request)
    if chosen is None and len(seen) == 1:
        chosen = seen[0]
    if chosen is not None:
        return go(reverse("catalog", args=[chosen.key, "reasons"]))
    rows = [(program, catalog_of(request.principal, program.key)) for program in seen]
    return respond(request, "web/catalogs/programs.html", {"rows": rows})


@page(Verb.PROGRAM_VIEW)
def catalog(request: PageRequest, key: str, tab: str) -> HttpResponse:
    """The reasons, findings or resolutions of one program, in their order."""
    if tab not in KINDS:
        raise NotFound()
    found = catalog_of(request.principal, key)
    context = {**frame(request, found.program, tab), "catalog": found, "types": TYPES, "outcomes": OUTCOMES}
    if tab == "reasons" and context["may_edit"]:
        context["silent"] = sum(not one.is_taken for one in preset_questions(found.program))
    return respond(request, f"web/catalogs/{tab}.html", context)


@page(Verb.PROGRAM_EDIT)
def word_new(request: PageRequest, key: str, tab: str) -> HttpResponse:
    """The form of a new reason, finding or resolution."""
    kind, found = _kind(tab), catalog_of(request.principal, key)
    fields = (CODE, *_fields(kind, found))
    if request.method != "POST":
        return _form(request, found.program, tab, filled(fields, _EMPTY[kind]))
    typed = read(fields, request.POST)
    try:
        changes = _typed(kind, {name: value for name, value in typed.items() if name != "code"})
        word = _ADD[kind](request.principal, program_key=key, code=typed["code"], changes=changes)
    except Refusal as refused:
        return _form(request, found.program, tab, filled(fields, typed, refused), refused=refused)
    say(request, f'"{word.label}" is added.', "is-ok")
    return go(reverse("catalog", args=[key, tab]))


@page(Verb.PROGRAM_EDIT)
def word(request: PageRequest, key: str, tab: str, code: str) -> HttpResponse:
    """One reason, finding or resolution: its fields, and what was changed last."""
    kind, found = _kind(tab), catalog_of(request.principal, key)
    row = word_named(found.program, kind, code)
    fields = _fields(kind, found)
    if request.method != "POST":
        return _form(request, found.program, tab, filled(fields, words_of(row)), row)
    typed = read(fields, request.POST)
    try:
        row = _CHANGE[kind](request.principal, program_key=key, code=code, changes=_typed(kind, typed))
    except Refusal as refused:
        return _form(request, found.program, tab, filled(fields, typed, refused), row, refused=refused)
    say(request, f'"{row.label}" is saved.', "is-ok")
    return go(reverse("catalog", args=[key, tab]))


@require_POST
@page(Verb.PROGRAM_EDIT)
def word_back(request: PageRequest, key: str, tab: str, code: str) -> HttpResponse:
    """Undo the latest change of a word."""
    said = "It is again what it was before the last change."
    run = partial(operations.put_word_back, request.principal, program_key=key, kind=_kind(tab), code=code)
    return put_back(request, run, said, reverse("word", args=[key, tab, code]))


def frame(request: PageRequest, program: Program, tab: str) -> dict[str, Any]:
    """What every page of a program's catalog shows around itself."""
    others = programs_visible_to(request.principal).order_by("name", "pk")
    return {
        "program": program,
        "others": [one for one in others if one.pk != program.pk],
        "tab": tab,
        "tabs": [(name, label, _tab(program.key, name)) for name, label in TABS],
        "may_edit": request.principal.can(Verb.PROGRAM_EDIT),
    }


def _tab(key: str, name: str) -> str:
    return reverse("catalog", args=[key, name]) if name in KINDS else reverse(name, args=[key])


def _kind(tab: str) -> str:
    if tab not in KINDS:
        raise NotFound()
    return KINDS[tab]


def _fields(kind: str, found: Catalog) -> tuple[Field, ...]:
    if kind == "reason":
        return reason_fields(categories_known(), found.findings)
    return finding_fields() if kind == "finding" else resolution_fields()


def _typed(kind: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as the operation takes it; an empty place is left out."""
    found = dict(typed)
    if not found.get("sort"):
        found.pop("sort", None)
    if kind == "reason" and not found.get("min_explanation_chars"):
        found["min_explanation_chars"] = 0
    return found


def _form(
    request: PageRequest,
    program: Program,
    tab: str,
    fields: tuple[Field, ...],
    row: Reason | Finding | Resolution | None = None,
    refused: Refusal | None = None,
) -> HttpResponse:
    kind = KINDS[tab]
    last = last_change(kind, row.pk) if row else None
    back = reverse("catalog", args=[program.key, tab])
    context = {
        "title": row.label if row else f"New {kind}",
        "code": row.code if row else "",
        "off": "" if row is None or row.is_active else "Not offered",
        "crumbs": [(back, f"{program.name}: {dict(TABS)[tab].lower()}")],
        "fields": fields,
        "refused": refused,
        "wrong": next((field for field in fields if field.error), None),
        "cancel": back,
        "send": "" if row else f"Add the {kind}",
        "last": last,
        "last_fields": changes_said(last.fields, LABELS) if last else [],
        "back": reverse("word_back", args=[program.key, tab, row.code]) if row else "",
    }
    return respond(request, "web/catalogs/form.html", context, status=refused.status if refused else 200)
