"""Publishing a draft: what differs, from when, why; then one press."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse

from makegood.disputes import operations
from makegood.disputes.policy.difference import difference
from makegood.disputes.selectors.policy_codes import codes_of
from makegood.disputes.selectors.policy_pages import policy_row
from makegood.disputes.selectors.policy_trials import VersionRow, policy_program
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.models import Program
from makegood.parties.states import Verb
from makegood.web.local_times import NoSuchTime, moment_typed, zone_choices
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say
from makegood.web.policy_pages import lines_of
from makegood.web.views.policy_drafts import draft_row

NOW, LATER = "now", "later"
LONGEST_NOTE = 1000


@dataclass(frozen=True)
class Typed:
    """What stands in the form."""

    when: str = NOW
    at: str = ""
    zone: str = "UTC"
    note: str = ""


@page(Verb.POLICY_EDIT)
def publish(request: PageRequest, key: str, number: int) -> HttpResponse:
    """The difference as sentences, and the form; sent, the draft is in force from the moment that was named."""
    program = policy_program(request.principal, key)
    row = draft_row(program, number)
    if request.method != "POST":
        zone = program.zone.name if program.zone else request.zone
        return _form(request, program, row, Typed(zone=zone, note=row.note))
    post = request.POST
    typed = Typed(post.get("when", NOW), post.get("at", ""), post.get("zone", "UTC"), post.get("note", "").strip())
    try:
        start = _start(typed)
    except NoSuchTime as error:
        return _form(request, program, row, typed, {"at": str(error)}, status=422)
    if len(typed.note) > LONGEST_NOTE:
        said = f"A note has at most {LONGEST_NOTE:,} characters."
        return _form(request, program, row, typed, {"note": said}, status=422)
    try:
        version = operations.publish_policy_draft(
            request.principal,
            program=program,
            number=number,
            effective_from=start,
            note=typed.note,
            seen=post.get("seen") or "none",
        )
    except Refusal as refused:
        return _form(request, program, draft_row(program, number), typed, {"rules": refused.message}, refused.status)
    when = "now" if start is None else f"{spoken(start, typed.zone)}"
    say(request, f"Version {version.number} is published, in force from {when} on.", "is-ok")
    return go(reverse("policy", args=(key,)))


def spoken(at: datetime, zone: str) -> str:
    """``1 Jan 2027 00:00 EST`` in a named zone."""
    return f"{at.astimezone(ZoneInfo(zone)):%-d %b %Y %H:%M %Z}"


def _start(typed: Typed) -> datetime | None:
    """The instant that was typed; None for at once. Raises NoSuchTime, also for one that is over."""
    if typed.when != LATER:
        return None
    start = moment_typed(typed.at, typed.zone)
    if start <= clock.now():
        raise NoSuchTime("That moment is over; name a later one, or publish at once.")
    return start


def _form(
    request: PageRequest,
    program: Program,
    row: VersionRow,
    typed: Typed,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    codes = codes_of(program)
    policy = policy_row(program)
    lines = lines_of(row.rules, codes)
    context: dict[str, Any] = {
        "program": program,
        "row": row,
        "policy": policy,
        "found": difference(policy.in_force.rules if policy.in_force else (), row.rules, codes.naming),
        "faulty": [line for line in lines if line.faults],
        "stops": any(fault.stops for line in lines for fault in line.faults),
        "defaults": [line for line in lines if line.is_default],
        "typed": typed,
        "zones": zone_choices(),
        "wrong": wrong or {},
    }
    return respond(request, "web/policies/publish.html", context, status=status)
