"""Calendars: weekdays, hours and holidays that clocks and windows count by."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import operations
from makegood.disputes.policy.public_holidays import countries
from makegood.disputes.selectors.calendar_use import CalendarRow, calendar_named, calendar_rows
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.states import Verb
from makegood.web.clock_forms import target_rows
from makegood.web.local_times import zone_choices
from makegood.web.middleware import PageRequest
from makegood.web.notice_wishes import DAYS
from makegood.web.pages import go, page, respond, say

MOST_BYTES = 200_000
MOST_LINES = 2_000
WHO_GRANTS = "An administrator can grant the permission to edit policies."


@dataclass(frozen=True)
class Typed:
    """What stands in the form of a calendar."""

    key: str = ""
    name: str = ""
    zone: str = "UTC"
    weekdays: Sequence[int] = (0, 1, 2, 3, 4)
    opens_at: str = ""
    closes_at: str = ""

    @classmethod
    def of(cls, post: QueryDict, key: str) -> Typed:
        """From what was sent."""
        days = tuple(int(day) for day in post.getlist("weekday") if day in {"0", "1", "2", "3", "4", "5", "6"})
        hours = [post.get(name, "").strip() for name in ("opens_at", "closes_at")]
        return cls(key, post.get("name", "").strip(), post.get("zone", ""), days, *hours)

    @property
    def days(self) -> list[tuple[int, str, bool]]:
        """The weekdays as boxes."""
        return [(number, name, number in self.weekdays) for number, name in enumerate(DAYS)]

    def hours(self) -> tuple[time | None, time | None]:
        """When a day begins and ends; None at midnight. Raises ValueError with a sentence."""
        return _time(self.opens_at), _time(self.closes_at)


def _time(text: str) -> time | None:
    if not text:
        return None
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f'"{text}" is no time of day; write it as 17:00.') from error


def hours_words(row: CalendarRow) -> str:
    """``9:00 to 17:00``, ``all day``."""
    if row.opens_at is None and row.closes_at is None:
        return "all day"
    opens, closes = (at.strftime("%H:%M") if at else "midnight" for at in (row.opens_at, row.closes_at))
    return f"{opens} to {closes}" if row.opens_at else f"until {closes}"


def week_words(weekdays: Sequence[int]) -> str:
    """``Monday to Friday``, ``Monday, Wednesday``."""
    days = sorted(weekdays)
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{DAYS[days[0]]} to {DAYS[days[-1]]}"
    return ", ".join(DAYS[day] for day in days)


@page(Verb.PROGRAM_VIEW)
def calendars(request: PageRequest) -> HttpResponse:
    """Every calendar with what counts by it, and what each program promises."""
    context = {
        "rows": [(row, week_words(row.weekdays), hours_words(row)) for row in calendar_rows(request.principal)],
        "targets": target_rows(request.principal),
        "can_edit": request.principal.can(Verb.POLICY_EDIT),
        "can_target": request.principal.can(Verb.PROGRAM_EDIT),
        "who_grants": WHO_GRANTS,
    }
    return respond(request, "web/policies/calendars.html", context)


@page(Verb.POLICY_EDIT)
def new(request: PageRequest) -> HttpResponse:
    """The form of a new calendar."""
    if request.method != "POST":
        return _form(request, Typed(zone=request.zone))
    typed = Typed.of(request.POST, request.POST.get("key", "").strip())
    try:
        opens_at, closes_at = typed.hours()
        made = operations.create_calendar(
            request.principal,
            key=typed.key,
            name=typed.name,
            zone=typed.zone,
            weekdays=typed.weekdays,
            opens_at=opens_at,
            closes_at=closes_at,
        )
    except Refusal as refused:
        return _form(request, typed, refused.message, refused.status)
    except ValueError as error:
        return _form(request, typed, str(error), 422)
    say(request, f'The calendar "{made.name}" is made. Add its holidays.', "is-ok")
    return go(reverse("calendar", args=(made.key,)))


def _form(request: PageRequest, typed: Typed, sentence: str = "", status: int = 200) -> HttpResponse:
    context = {"typed": typed, "zones": zone_choices(), "sentence": sentence}
    return respond(request, "web/policies/calendar_new.html", context, status=status)


@page(Verb.PROGRAM_VIEW)
def calendar(request: PageRequest, key: str) -> HttpResponse:
    """One calendar; sent, its name, zone, weekdays and hours are changed."""
    row = calendar_named(request.principal, key)
    if request.method != "POST":
        return _page(request, row)
    typed = Typed.of(request.POST, key)
    try:
        opens_at, closes_at = typed.hours()
        operations.change_calendar(
            request.principal,
            key=key,
            seen=request.POST.get("seen", ""),
            name=typed.name,
            zone=typed.zone,
            weekdays=typed.weekdays,
            opens_at=opens_at,
            closes_at=closes_at,
        )
    except Refusal as refused:
        return _page(request, calendar_named(request.principal, key), refused, typed=typed)
    except ValueError as error:
        return _page(request, row, typed=typed, sentence=str(error), status=422)
    say(request, "The calendar is changed. Clocks that run keep the deadlines they have.", "is-ok")
    return go(reverse("calendar", args=(key,)))


def _page(
    request: PageRequest, row: CalendarRow, refused: Refusal | None = None, status: int = 0, **more: Any
) -> HttpResponse:
    hours = [at.isoformat("minutes") if at else "" for at in (row.opens_at, row.closes_at)]
    today = clock.now().date()
    context = {
        "row": row,
        "typed": Typed(row.key, row.name, row.zone, row.weekdays, *hours),
        "zones": zone_choices(),
        "week": week_words(row.weekdays),
        "hours": hours_words(row),
        "ahead": [(day, name) for day, name in row.holidays if day >= today],
        "past": [(day, name) for day, name in row.holidays if day < today][::-1],
        "countries": countries(),
        "can_edit": request.principal.can(Verb.POLICY_EDIT),
        "who_grants": WHO_GRANTS,
        "sentence": refused.message if refused else "",
        "rejects": (),
        **more,
    }
    status = status or (refused.status if refused else 200)
    return respond(request, "web/policies/calendar.html", context, status=status)


@require_POST
@page(Verb.POLICY_EDIT)
def holidays(request: PageRequest, key: str) -> HttpResponse:
    """Add a holiday, or those of a file."""
    row = calendar_named(request.principal, key)
    verb = request.POST.get("verb", "")
    added, rejects = _FROM[verb](request) if verb in _FROM else ({}, [])
    if rejects:
        return _page(request, row, rejects=rejects, typed_day=request.POST, status=422)
    known = dict(row.holidays)
    fresh = {day: name for day, name in added.items() if day not in known}
    if not fresh:
        return _page(request, row, sentence="Every one of these days is a holiday already.", status=422)
    try:
        seen = request.POST.get("seen", "")
        operations.change_calendar(request.principal, key=key, seen=seen, add=fresh)
    except Refusal as refused:
        return _page(request, calendar_named(request.principal, key), refused, typed_day=request.POST)
    skipped = f" {len(added) - len(fresh)} were there already." if len(added) > len(fresh) else ""
    say(request, f"{len(fresh)} holiday{'' if len(fresh) == 1 else 's'} added.{skipped}", "is-ok")
    return go(f"{reverse('calendar', args=(key,))}#holidays")


Found = tuple[dict[date, str], list[str]]


def _one(request: PageRequest) -> Found:
    text = request.POST.get("on", "").strip()
    try:
        return {date.fromisoformat(text): request.POST.get("holiday", "").strip()}, []
    except ValueError:
        return {}, [f'"{text}" is no day; write it as 2026-12-25.']


def _file(request: PageRequest) -> Found:
    """The days of a file: every line that is none is named, and then nothing is kept."""
    upload = request.FILES.get("file")
    if upload is None:
        return {}, ["Choose a file of lines such as 2026-12-25,Christmas Day."]
    if (upload.size or 0) > MOST_BYTES:
        return {}, [f"The file has more than {MOST_BYTES // 1000} KB."]
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}, ["The file is no text in UTF-8."]
    found: dict[date, str] = {}
    wrong = []
    for number, fields in enumerate(csv.reader(io.StringIO(text)), start=1):
        if not any(fields):
            continue
        try:
            found[date.fromisoformat(fields[0].strip())] = ",".join(fields[1:]).strip()[:200]
        except ValueError:
            wrong.append(f'Line {number}: "{",".join(fields)[:80]}" is no day; write it as 2026-12-25,Christmas Day.')
        if number > MOST_LINES:
            return {}, [f"The file has more than {MOST_LINES:,} lines."]
    return found, wrong or ([] if found else ["The file names no day."])


_FROM = {"one": _one, "file": _file}


@page(Verb.POLICY_EDIT)
def remove_holiday(request: PageRequest, key: str) -> HttpResponse:
    """Says what opening that day means, asks, and takes the holiday away."""
    row = calendar_named(request.principal, key)
    text = (request.POST if request.method == "POST" else request.GET).get("on", "")
    chosen = next(((day, name) for day, name in row.holidays if day.isoformat() == text), None)
    if chosen is None:
        return go(reverse("calendar", args=(key,)))
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        operations.change_calendar(request.principal, key=key, seen=seen, remove=[chosen[0]])
        say(request, f"{chosen[0]:%-d %b %Y} is no holiday any more.", "is-ok")
        return go(f"{reverse('calendar', args=(key,))}#holidays")
    context = {"row": row, "day": chosen[0], "name": chosen[1], "weekday": DAYS[chosen[0].weekday()]}
    return respond(request, "web/policies/holiday_remove.html", context)


@page(Verb.POLICY_EDIT)
def remove(request: PageRequest, key: str) -> HttpResponse:
    """Says what counts by the calendar, and throws it away where nothing does."""
    row = calendar_named(request.principal, key)
    if request.method == "POST":
        operations.remove_calendar(request.principal, key=key, seen=request.POST.get("seen", ""))
        say(request, f'The calendar "{row.name}" is removed.', "is-ok")
        return go(reverse("calendars"))
    return respond(request, "web/policies/calendar_remove.html", {"row": row})
