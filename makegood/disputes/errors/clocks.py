"""What stands in the way of clocks, calendars and statements."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class NoClockDue(Refusal):
    """No clock of {number} is due."""

    code = "NO_CLOCK_DUE"


class BadWeekdays(Refusal):
    """A calendar is open on at least one day of the week, Monday (0) to Sunday (6)."""

    code = "BAD_WEEKDAYS"
    status = 422


class StatementTooEarly(Refusal):
    """A statement closes days that have come; {day} has not."""

    code = "STATEMENT_TOO_EARLY"
    status = 422
