"""The program that a person narrowed the pages to, with the switch in the top bar or with an address.

``?program=7`` in an address wins, so that a link shows everybody the same; ``?program=all`` is every program. Without
it the choice that the session remembers holds.
"""

from __future__ import annotations

from makegood.billing.selectors.programs import programs_met
from makegood.disputes.policy.settings import reviews_leads
from makegood.parties.models import Program
from makegood.web.middleware import PageRequest

KEY = "program"
EVERY = "all"
LONGEST = 200
_MET = "_programs_met"


def met(request: PageRequest) -> tuple[Program, ...]:
    """The programs that the person has to do with, by name; none for vendors, whose pages have none. Read once per
    request."""
    found: tuple[Program, ...] | None = () if request.principal.vendor_id is not None else getattr(request, _MET, None)
    if found is None:
        found = tuple(programs_met(request.principal).order_by("name", "pk")[:LONGEST])
        setattr(request, _MET, found)
    return found


def any_reviews_leads(request: PageRequest) -> bool:
    """Whether a program of the person reviews leads: its words are those of a lead manager."""
    return bool(reviewing_leads(request))


def reviewing_leads(request: PageRequest) -> tuple[Program, ...]:
    """The programs of the person that review leads."""
    return tuple(program for program in met(request) if reviews_leads(program.settings))


def chosen(request: PageRequest) -> Program | None:
    """The program that this page is narrowed to; None for every program, and for people who have only one."""
    named = request.GET.get(KEY, "")
    if named == EVERY:
        return None
    by_id = {str(program.pk): program for program in met(request)}
    if len(by_id) < 2:
        return None
    return by_id.get(named) or by_id.get(str(request.session.get(KEY, "")))


def remember(request: PageRequest, named: str) -> Program | None:
    """Narrow the pages to the program with this id from now on; anything else is every program."""
    program = next((one for one in met(request) if str(one.pk) == named), None)
    if program is None:
        request.session.pop(KEY, None)
    else:
        request.session[KEY] = program.pk
    return program
