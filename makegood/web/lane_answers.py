"""How the lane answers: the whole screen, its bar alone, or the next case with what happened to the last one."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from makegood.disputes.models import Dispute
from makegood.disputes.selectors.queue import waiting_count
from makegood.disputes.selectors.replies import reply_of
from makegood.kernel.money import format_money
from makegood.web import lane_case, nav, undoing
from makegood.web.lane_case import Bar, LaneCase
from makegood.web.lane_query import address, carried
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, is_part, respond, say

HAVE, USE, PLACE, NEXT = "Lane-Have", "Lane-Use", "Lane-Place", "Lane-Next"
"""Headers: cases that the page has ready (number@version), the one to show of them, where it stands, and which come
after it (number and address), since what was fetched ahead cannot know that."""
PREFIXES = ("n", "m")
TO_BAR = {"HX-Retarget": "#lane-bar", "HX-Reswap": "outerHTML", "HX-Push-Url": "false"}


def shown(request: PageRequest, case: LaneCase, *, status: int = 200) -> HttpResponse:
    """The screen of a case."""
    return respond(request, "web/desk/lane.html", _context(case), part="web/desk/case.html", status=status)


def _context(case: LaneCase) -> dict[str, Any]:
    return {
        "case": case,
        "bar": case.bar,
        "detail": case.bar.detail,
        "row": case.bar.row,
        "number": case.bar.row.number_only,
        "player": case.player,
        "attached": case.attached,
        "beside": case.beside,
        "criteria": case.bar.row.charge.criteria,
        "handling": case.handling,
        "carried": case.carried,
    }


def bar(request: PageRequest, found: Bar, *, status: int = 200) -> HttpResponse:
    """The bar of decisions alone: sound, findings and everything else on the screen stay as they are."""
    if not is_part(request):
        dispute = lane_case.dispute_of(request, found.row.number_only)
        return shown(request, lane_case.case_of(request, dispute, found), status=status)
    context = {"bar": found, "row": found.row, "detail": found.detail, "carried": carried(request), "alone": True}
    response = respond(request, "web/desk/bar.html", context, status=status)
    for name, value in TO_BAR.items():
        response.headers[name] = value
    return response


def nothing_left(request: PageRequest) -> HttpResponse:
    """The line is empty."""
    return respond(request, "web/desk/empty.html", {"carried": carried(request)}, part="web/desk/empty_part.html")


def returned(request: PageRequest, case: LaneCase, said: str) -> HttpResponse:
    """A case that comes back to the screen, as after an undo."""
    context = _context(case) | _frame(request) | {"said": "", "undo": None}
    response = respond(request, "web/desk/advance.html", context)
    response.headers["HX-Push-Url"] = address(request, case.bar.row.number_only)
    return _telling(response, said)


def _frame(request: PageRequest) -> dict[str, Any]:
    """The counter of the menu that a decision changes."""
    groups = nav.groups(request, nav.Counts(waiting_count(request.principal, nav.COUNT_LIMIT)))
    entries = [entry for group in groups for entry in group.entries if entry.name == "queue"]
    return {"entries": entries, "prefixes": PREFIXES, "carried": carried(request)}


def advance(request: PageRequest, last: Dispute, said: str) -> HttpResponse:
    """The next case of the line, and beside it what happened to the last one and how it is taken back."""
    line = lane_case.line_now(request)
    rows = line.next((last.pk,), lane_case.AHEAD + 1)
    undo = undoing.pending(request)
    undone_here = undo is not None and said in undo.sentence
    if not is_part(request):
        if not undone_here:
            say(request, f"{said}.", "is-ok")
        return go(address(request, rows[0].number_only) if rows else reverse("lane") + carried(request))
    context: dict[str, Any] = {
        "said": said,
        "undo": undo if undone_here else None,
        "reply": reply_of(request.principal, last.pk),
        **_frame(request),
    }
    if not rows:
        response = respond(request, "web/desk/advance.html", context | {"empty": True})
        response.headers["HX-Push-Url"] = reverse("lane") + carried(request)
        return _telling(response, f"{said}. Nothing else waits.")
    ready = f"{rows[0].number}@{rows[0].version}" in request.headers.get(HAVE, "").split(",")
    following = (lane_case.case_named if ready else lane_case.dispute_of)(request, rows[0].number_only)
    if not ready:
        context |= _context(lane_case.case_of(request, following, line=line))
    response = respond(request, "web/desk/advance.html", context)
    if ready:
        response.headers[USE] = rows[0].number
        response.headers[NEXT] = "|".join(f"{one.number} {address(request, one.number_only)}" for one in rows[1:])
    place = line.place(rows[0].id)
    response.headers[PLACE] = f"{place.number} of {place.of_text}"
    response.headers["HX-Push-Url"] = address(request, rows[0].number_only)
    reason = following.reason.label.lower() if following.reason else "no reason"
    asked = format_money(following.amount_micros, following.currency)
    return _telling(response, f"{said}. Next: {following}, {reason}, {asked}.")


def _telling(response: HttpResponse, sentence: str) -> HttpResponse:
    response.headers["HX-Trigger"] = json.dumps({"mg:say": sentence})
    return response
