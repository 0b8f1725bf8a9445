"""Programs: the list, a new one from a preset, and every setting as a sentence with its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import operations
from makegood.disputes.operations.change_program import EVENT
from makegood.disputes.policy import presets
from makegood.disputes.policy.program_settings import conflicts
from makegood.disputes.selectors.catalogs import last_change, program_seen
from makegood.kernel.errors import Refusal
from makegood.notifications.operations import Profile, change_profiles
from makegood.notifications.states import Side
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.selectors import contacts_of_programs, programs_visible_to
from makegood.parties.states import Verb
from makegood.web import program_said
from makegood.web.fields import Field, Kind, filled, options, read
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say
from makegood.web.program_sections import BY_KEY, SECTION_OF, SECTIONS, TITLE_OF
from makegood.web.putting_back import put_back
from makegood.web.word_fields import changes_said

PRESETS = {
    "call_marketplace": "Buyers contest calls from the log; the decision is final, and vendors give back their part.",
    "lead_credit": "Buyers ask for credit within four days; the credit goes back to their balance.",
    "lead_review": "Leads are submitted for review within seven days; a reviewed lead is billable or not.",
    "telecom_billing": "Invoice lines and usage are disputed in a guided form or through the web service.",
}


@dataclass(frozen=True)
class Line:
    """A section of the page: its title and its sentences."""

    key: str
    title: str
    sentences: tuple[str, ...]


@page(Verb.PROGRAM_VIEW)
def programs(request: PageRequest) -> HttpResponse:
    """The programs in scope, each in one sentence."""
    seen = programs_visible_to(request.principal).select_related("zone").order_by("name", "pk")
    context = {
        "rows": [(one, program_said.covers(one)[0], program_said.place(one)[0]) for one in seen],
        "may_edit": request.principal.can(Verb.PROGRAM_EDIT),
    }
    return respond(request, "web/programs/list.html", context)


@page(Verb.PROGRAM_VIEW)
def program(request: PageRequest, key: str) -> HttpResponse:
    """One program: every setting as a sentence, what does not go together, what changed last."""
    found = program_seen(request.principal, key)
    last = last_change("program", found.pk, EVENT)
    context = {
        "program": found,
        "lines": [Line(one.key, one.title, tuple(filter(None, one.says(found)))) for one in SECTIONS],
        "conflicts": [(one.sentence, _sections(one.keys)) for one in conflicts(found.settings)],
        "may_edit": request.principal.can(Verb.PROGRAM_EDIT),
        "contact": contacts_of_programs([found.pk]).get(found.pk),
        "last": last,
        "last_fields": changes_said(last.fields, TITLE_OF) if last else [],
        "back": reverse("program_back", args=[key]) if request.principal.can(Verb.PROGRAM_EDIT) else "",
    }
    return respond(request, "web/programs/program.html", context)


@page(Verb.PROGRAM_EDIT)
def change(request: PageRequest, key: str, section: str) -> HttpResponse:
    """The form of one section."""
    found, part = program_seen(request.principal, key), BY_KEY.get(section)
    if part is None:
        raise NotFound()
    fields, back = part.fields(found), reverse("program_page", args=[key])
    values: Mapping[str, Any] = part.values(found)
    refused = None
    if request.method == "POST":
        values = read(fields, request.POST)
        try:
            if section == "telling":
                _tell(request, key, values)
            else:
                operations.change_program(request.principal, program_key=key, changes=part.changes(found, values))
            say(request, f"{part.title}: saved.", "is-ok")
            return go(back)
        except Refusal as error:
            refused = error
    shown = filled(fields, values, refused)
    context = {
        "title": part.title,
        "lead": " ".join(filter(None, part.says(found))),
        "crumbs": [(reverse("programs"), "Programs"), (back, found.name)],
        "fields": shown,
        "refused": refused,
        "wrong": next((field for field in shown if field.error), None),
        "cancel": back,
    }
    return respond(request, "web/catalogs/form.html", context, status=refused.status if refused else 200)


@require_POST
@page(Verb.PROGRAM_EDIT)
def program_back(request: PageRequest, key: str) -> HttpResponse:
    """Undo the latest change of a program."""
    said = "The program is again what it was before the last change."
    run = partial(operations.put_program_back, request.principal, program_key=key)
    return put_back(request, run, said, reverse("program_page", args=[key]))


@page(Verb.PROGRAM_EDIT)
def program_new(request: PageRequest) -> HttpResponse:
    """The form of a new program, from a preset."""
    back = reverse("programs")
    values: Mapping[str, Any] = {"preset": presets.keys()[0]}
    refused = None
    if request.method == "POST":
        values = read(_NEW, request.POST)
        try:
            made = _made(request, values)
            say(request, f'"{made.name}" is there, with the words, the grid and the policy of its preset.', "is-ok")
            return go(reverse("program_page", args=[made.key]))
        except Refusal as error:
            refused = error
    shown = filled(_NEW, values, refused)
    context = {
        "title": "New program",
        "lead": "A preset brings settings, reasons, findings, the grid and a first policy; all of it can be changed.",
        "crumbs": [(back, "Programs")],
        "fields": shown,
        "refused": refused,
        "wrong": next((field for field in shown if field.error), None),
        "cancel": back,
        "send": "Make the program",
    }
    return respond(request, "web/catalogs/form.html", context, status=refused.status if refused else 200)


_NEW = (
    Field(
        "preset",
        "Begin with",
        Kind.CHOICE,
        options=options((key, presets.preset(key).name, PRESETS.get(key, "")) for key in presets.keys()),
    ),
    Field("name", "Name", most=200, needed=True),
    Field(
        "key", "Key", most=40, needed=True, help="Small letters, digits and dashes. It stays: files and calls name it."
    ),
    Field("currency", "Currency", most=3, help="Three letters, such as USD."),
    Field("zone", "Time zone", help="Such as America/New_York; empty: UTC."),
)


def _made(request: PageRequest, typed: Mapping[str, Any]) -> Program:
    return operations.new_program(
        request.principal,
        preset_key=typed["preset"],
        key=typed["key"],
        name=typed["name"],
        currency=typed["currency"].upper(),
        zone=typed["zone"],
    )


def _tell(request: PageRequest, key: str, typed: Mapping[str, Any]) -> None:
    """One profile per side; a side that is told nothing is left alone."""
    profiles = {}
    for side in program_said.SIDES:
        channels, digest = typed[f"{side.value}.channels"], typed[f"{side.value}.digest"]
        if channels or digest:
            each = typed["buyer.each"] if side is Side.BUYER else None
            profiles[side.value] = Profile(channels, digest or "off", each)
    change_profiles(request.principal, program_key=key, profiles=profiles)


def _sections(keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """The sections that the settings of a conflict belong to, by key and title; each once."""
    found = dict.fromkeys(SECTION_OF[key] for key in keys if key in SECTION_OF)
    return [(key, BY_KEY[key].title) for key in found]
