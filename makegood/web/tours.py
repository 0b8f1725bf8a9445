"""A short tour per role through the first task of each; shown in a demo until it is ended, and again on request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from makegood.parties.selectors.installation import DEMO, has_demo_data
from makegood.parties.states import RoleKey
from makegood.web import programs
from makegood.web.middleware import PageRequest

KEY = "tour"
"""Under which name a person's preferences keep how far they are; a number, or ``ended``."""
ENDED = "ended"


@dataclass(frozen=True)
class Stop:
    """A page of the tour, what there is to see, and what to try."""

    name: str
    title: str
    text: str


@dataclass(frozen=True)
class Tour:
    """Where somebody is: the stop, its place from 1, and how many there are."""

    stop: Stop
    place: int
    count: int

    @property
    def is_last(self) -> bool:
        """Whether nothing follows."""
        return self.place == self.count


TOURS: Mapping[str, tuple[Stop, ...]] = {
    RoleKey.BUYER: (
        Stop("calls", "What you paid for", "Every billed call, and how long it can be disputed. Open one with Enter."),
        Stop("calls", "Dispute a call", "Press the button in its row. The rules answer before you send anything."),
        Stop("disputes", "Follow it", "Here is what waits, what was decided and why. A question to you stands on top."),
        Stop("credits", "See the money", "What was credited, reversed or charged, and on which bill it shows."),
        Stop("guidelines", "What is billable", "What is heard, what it means, and how to lose fewer calls."),
    ),
    RoleKey.VENDOR: (
        Stop("adjusted_calls", "What changed", "Only calls whose revenue changed: old payout, change, new payout."),
        Stop("payouts", "Your statement", "Claw-backs and what was given back, per period and currency."),
    ),
    RoleKey.MANAGER: (
        Stop("queue", "What waits", "By deadline. Group by caller and a pattern becomes one decision."),
        Stop("lane", "Decide with keys", "Space plays, a digit notes what you heard; a, p or r decides. z undoes."),
        Stop("approvals", "Second signatures", "What is above somebody's limit waits here for another person."),
        Stop("quality", "See the pattern", "Rates with their intervals; each mark leads to its disputes."),
    ),
    RoleKey.CSR: (
        Stop(
            "accounts",
            "Find the customer",
            "By name, phone, bill or dispute. Explain says why a bill is high.",
        ),
        Stop("accounts", "Dispute for them", "Seven steps, from a bill or a cause; what is not valid is said first."),
        Stop("re_reviews", "A second look", "By call id or caller id. It always goes to another reviewer."),
        Stop("disputes", "Answer for them", "Questions of reviewers wait under their own tab."),
    ),
    RoleKey.BILLING: (
        Stop("queue", "What waits", "Disputes of bills; open one to adjust, reverse or close it."),
        Stop("credits", "Credits", "What was given back, and on which statement."),
    ),
    RoleKey.QA: (
        Stop("proactive", "Listen unasked", "A sample of each day that nobody disputed, and why each was chosen."),
        Stop("calls", "Look one up", "Open a call and press Space. Speech is cued, silence can be skipped."),
        Stop("disputes", "Disputes", "What buyers said, and what was decided."),
    ),
    RoleKey.ADMIN: (
        Stop("setup", "First steps", "Seven steps from an empty installation to the first decision."),
        Stop("policies", "The rules", "Sentences with a form each. Try a change on your charges before it counts."),
        Stop("people", "People", "Who may do what, who sees what, and why somebody does not see something."),
        Stop("health", "Health", "Whether everything moves, with the query that says so, and the proof of the books."),
    ),
}
"""The stops of each role, in order."""


def stops_of(role: str) -> tuple[tuple[Stop, str], ...]:
    """The stops of a role that this installation has, each with its address."""
    return tuple((stop, href) for stop in TOURS.get(role, ()) if (href := _address(stop.name)))


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _in_demo(request: PageRequest) -> bool:
    """Whether what the person sees was made up by `makegood demo`; vendors meet no program and so are looked up."""
    met = programs.met(request)
    return any(DEMO in program.settings for program in met) if met else has_demo_data()


def tour_of(request: PageRequest) -> Tour | None:
    """The stop to show on this page, if it is one; in a demo a tour begins by itself."""
    chosen = request.user.preferences.get(KEY)
    kept, stops = str(chosen or "0"), stops_of(request.principal.role)
    if not kept.isdecimal() or int(kept) >= len(stops):
        return None
    place = int(kept)
    stop, href = stops[place]
    if not request.path.startswith(href) or not (chosen or _in_demo(request)):
        return None
    return Tour(stop, place + 1, len(stops))
