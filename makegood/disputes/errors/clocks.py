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


class BadHours(Refusal):
    """A calendar opens before it closes, and is open for an hour at least."""

    code = "BAD_HOURS"
    status = 422


class BadEscalation(Refusal):
    """It cannot be escalated so: {cause}."""

    code = "BAD_ESCALATION"
    status = 422


class CalendarUnknown(Refusal):
    """There is no calendar "{key}"."""

    code = "CALENDAR_UNKNOWN"
    status = 404


class CalendarExists(Refusal):
    """There is a calendar "{key}" already."""

    code = "CALENDAR_EXISTS"


class BadCalendarKey(Refusal):
    """A calendar is called by a word of small letters, digits and hyphens, at most 40 of them."""

    code = "BAD_CALENDAR_KEY"
    status = 422


class CalendarChanged(Refusal):
    """Somebody changed the calendar "{key}" meanwhile, so nothing was changed now; look at it and go on from there."""

    code = "CALENDAR_CHANGED"
    status = 409


class CalendarInUse(Refusal):
    """The calendar "{key}" cannot be removed: {cause}."""

    code = "CALENDAR_IN_USE"


class BadHoliday(Refusal):
    """A holiday has a day of the years 1900 to 2199, and a name of at most 200 characters."""

    code = "BAD_HOLIDAY"
    status = 422


class BadTargets(Refusal):
    """The clock "{clock}" cannot be set so: {cause}."""

    code = "BAD_TARGETS"
    status = 422


class TargetsChanged(Refusal):
    """Somebody changed what {program} promises meanwhile, so nothing was changed now; look at it and go on."""

    code = "TARGETS_CHANGED"
    status = 409


class StatementTooEarly(Refusal):
    """A statement closes days that have come; {day} has not."""

    code = "STATEMENT_TOO_EARLY"
    status = 422
