"""What a program promises: targets by clock, and a preview of when something would be due."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict
from django.urls import reverse

from makegood.disputes import operations
from makegood.disputes.policy.clocks import calendar_of
from makegood.disputes.policy.stamps import stamp_of
from makegood.disputes.selectors.calendar_use import calendar_rows
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.selectors import programs_visible_to
from makegood.parties.states import Verb
from makegood.web.clock_forms import dues, forms_of, forms_typed, promises, read
from makegood.web.escalation_form import EscalationForm, escalation_typed, kept_escalation
from makegood.web.local_times import NoSuchTime, moment_typed
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say


def _program(request: PageRequest, key: str) -> Program:
    """A program in scope. Raises NotFound."""
    program = programs_visible_to(request.principal).select_related("zone").filter(key=key).first()
    if program is None:
        raise NotFound()
    return program


def _zone(program: Program) -> str:
    return program.zone.name if program.zone else "UTC"


@page(Verb.PROGRAM_VIEW)
def targets(request: PageRequest, key: str) -> HttpResponse:
    """The clocks of a program; sent, what is promised from now on is changed."""
    program = _program(request, key)
    if request.method != "POST":
        return _page(request, program, request.GET)
    reading = read(request.POST)
    if reading.wrong:
        return _page(request, program, request.POST, status=422)
    try:
        operations.set_clock_targets(
            request.principal,
            program=program,
            clocks=reading.clocks,
            calendar=request.POST.get("calendar", ""),
            escalate=escalation_typed(request.POST),
            seen=request.POST.get("seen", ""),
        )
    except Refusal as refused:
        return _page(request, program, request.POST, refused.message, refused.status)
    say(request, f"What {program.name} promises is changed. Clocks that run keep their deadlines.", "is-ok")
    return go(reverse("calendars"))


def _page(
    request: PageRequest, program: Program, values: QueryDict, sentence: str = "", status: int = 200
) -> HttpResponse:
    is_typed = "calendar" in values
    reading = read(values) if is_typed else None
    context: dict[str, Any] = {
        "program": program,
        "zone": _zone(program),
        "forms": forms_typed(values, reading.wrong) if reading else forms_of(program.settings),
        "calendars": [(row.key, row.name) for row in calendar_rows(request.principal)],
        "chosen": values.get("calendar", "") if is_typed else calendar_of(program.settings),
        "can_edit": request.principal.can(Verb.PROGRAM_EDIT),
        "sentence": sentence,
        "promises": promises(program),
        "escalate": EscalationForm.of(escalation_typed(values) if is_typed else kept_escalation(program.settings)),
        "seen": stamp_of(program.settings.get("sla")),
        **_preview(program, values),
    }
    return respond(request, "web/policies/targets.html", context, status=status)


@page(Verb.PROGRAM_VIEW)
def preview(request: PageRequest) -> HttpResponse:
    """When something sent at a typed moment would be due, by what stands in the form."""
    program = _program(request, request.GET.get("program", ""))
    context = {"program": program, "zone": _zone(program), **_preview(program, request.GET)}
    return respond(request, "web/policies/preview_page.html", context, part="web/policies/preview.html")


def _preview(program: Program, values: QueryDict) -> dict[str, Any]:
    """The moment, and when it would be due in the program's zone."""
    zone = _zone(program)
    typed = values.get("at", "")
    try:
        at = moment_typed(typed, zone) if typed else clock.now()
    except NoSuchTime as error:
        return {"at": typed, "sent": None, "dues": (), "trouble": str(error)}
    shown = Program(pk=program.pk, key=program.key, zone=program.zone, settings=program.settings)
    return {"at": typed or _local(at, zone), "sent": at, "dues": dues(shown, _sla(program, values), at), "trouble": ""}


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def _sla(program: Program, values: QueryDict) -> dict[str, Any]:
    """The settings as they are typed, as far as they can be read; as they are kept where nothing is typed."""
    kept = program.settings.get("sla") or {}
    said = dict(kept) if isinstance(kept, dict) else {}
    if "calendar" not in values:
        return said
    typed = {kind.value: targets for kind, targets in read(values).clocks.items()}
    return {**said, **typed, "calendar": values.get("calendar", "")}
