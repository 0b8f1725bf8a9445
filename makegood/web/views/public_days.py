"""Public holidays of a country or region: looked at first, then taken over into a calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse

from makegood.disputes import operations
from makegood.disputes.policy.public_holidays import countries, place_words, public_holidays, regions
from makegood.disputes.selectors.calendar_use import CalendarRow, calendar_named
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say

MOST_YEARS = 10


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a country, one of its regions or none, and years."""

    country: str
    region: str
    first: str
    last: str

    @classmethod
    def of(cls, values: QueryDict) -> Asked:
        """This year and the next where none is named."""
        year = clock.now().year
        country = values.get("country", "")[:3]
        region = values.get("region", "")[:20]
        known = {code for code, _ in regions(country)}
        return cls(country, region if region in known else "", *(
            values.get(name, "").strip()[:6] or str(default) for name, default in (("first", year), ("last", year + 1))
        ))  # fmt: skip

    def days(self) -> dict[date, str]:
        """The holidays. Raises ValueError with a sentence."""
        if not all(text.isascii() and text.isdigit() for text in (self.first, self.last)):
            raise ValueError("years are written as 2026")
        if int(self.last) - int(self.first) >= MOST_YEARS:
            raise ValueError(f"at most {MOST_YEARS} years are taken over at once")
        return public_holidays(self.country, self.region, int(self.first), int(self.last))


@page(Verb.POLICY_EDIT)
def offer(request: PageRequest, key: str) -> HttpResponse:
    """The holidays that the address asks for, each with a box; sent, those that are ticked are added."""
    row = calendar_named(request.principal, key)
    if request.method != "POST":
        return _page(request, row)
    chosen = set(request.POST.getlist("day"))
    try:
        days = {day: name for day, name in Asked.of(request.POST).days().items() if day.isoformat() in chosen}
    except ValueError as error:
        return _page(request, row, _sentence(error), 422)
    fresh = {day: name for day, name in days.items() if day not in dict(row.holidays)}
    if not fresh:
        return _page(request, row, "Tick a day that is no holiday already.", 422)
    try:
        operations.change_calendar(request.principal, key=key, seen=request.POST.get("seen", ""), add=fresh)
    except Refusal as refused:
        return _page(request, calendar_named(request.principal, key), refused.message, refused.status)
    say(request, f"{len(fresh)} holiday{'' if len(fresh) == 1 else 's'} added.", "is-ok")
    return go(f"{reverse('calendar', args=(key,))}#holidays")


def _page(request: PageRequest, row: CalendarRow, sentence: str = "", status: int = 200) -> HttpResponse:
    values = request.POST if request.method == "POST" else request.GET
    asked = Asked.of(values)
    context: dict[str, Any] = {
        "row": row,
        "asked": asked,
        "countries": countries(),
        "regions": regions(asked.country),
        "place": place_words(asked.country, asked.region) if asked.country else "",
        "sentence": sentence,
        **_offered(row, asked, values),
    }
    return respond(request, "web/clocks/public_holidays.html", context, status=status)


def _offered(row: CalendarRow, asked: Asked, values: QueryDict) -> Mapping[str, Any]:
    """The days with what is known of each: whether it is there already, ticked, or on a weekday that is closed."""
    if not asked.country:
        return {"days": (), "trouble": ""}
    try:
        found = asked.days()
    except ValueError as error:
        return {"days": (), "trouble": _sentence(error)}
    there, sent = dict(row.holidays), values.getlist("day")
    is_typed = "seen" in values
    rows = [
        (day, name, day in there, day.weekday() in row.weekdays, day.isoformat() in sent or not is_typed)
        for day, name in found.items()
    ]
    return {"days": rows, "trouble": "", "fresh": sum(day not in there for day in found)}


def _sentence(error: ValueError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
