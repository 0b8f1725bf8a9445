"""When the operator's desks are open: a calendar with its holidays, and what two programs promise by it."""

from __future__ import annotations

from datetime import date, time

from makegood.disputes.operations import set_calendar, set_clock_targets
from makegood.disputes.policy.public_holidays import FEDERAL, public_holidays
from makegood.disputes.states import ClockKind
from makegood.parties.entries import SYSTEM
from makegood.parties.models import Program
from makegood.project.demo.rhythm import OPERATOR_ZONE

OFFICE = "office"
_OPENS, _CLOSES = time(8), time(18)
_NAME = "Desks in New York, 8 to 18"


def open_the_office(today: date) -> None:
    """Monday to Friday, closed on federal holidays, from the year the demo begins in to the next one."""
    set_calendar(
        SYSTEM,
        key=OFFICE,
        name=_NAME,
        zone=str(OPERATOR_ZONE),
        holidays=public_holidays(FEDERAL, "", today.year - 2, today.year + 1),
        opens_at=_OPENS,
        closes_at=_CLOSES,
    )


def promise(bills: Program, reviews: Program) -> None:
    """Bills are looked at within ten open hours and decided within thirty to fifty; leads in two to three business
    days."""
    first = {"target_open_hours": 10}
    decided = {"target_open_hours": 30, "breach_open_hours": 50}
    set_clock_targets(
        SYSTEM,
        program=bills,
        clocks={ClockKind.FIRST_TOUCH: first, ClockKind.DECISION: decided},
        calendar=OFFICE,
    )
    reviewed = {"target_business_days": 2, "breach_business_days": 3}
    set_clock_targets(SYSTEM, program=reviews, clocks={ClockKind.DECISION: reviewed}, calendar=OFFICE)
