"""What notifications refuse."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class BadWindow(Refusal):
    """ "{text}" is not a delivery window. Use off, immediate, 15m, 1h, 4h, daily or daily 16:30."""

    code = "BAD_WINDOW"
    status = 422


class UnknownTemplate(Refusal):
    """There is no message called "{template}". The messages are: {templates}."""

    code = "UNKNOWN_TEMPLATE"
    status = 422


class QuietHoursEmpty(Refusal):
    """Quiet hours begin and end at different times."""

    code = "QUIET_HOURS_EMPTY"
    status = 422


class QuietDaysMissing(Refusal):
    """Quiet hours need at least one day of the week."""

    code = "QUIET_DAYS_MISSING"
    status = 422


class BadChannel(Refusal):
    """ "{channel}" is no channel; messages come in the app and by e-mail."""

    code = "BAD_CHANNEL"
    status = 422


class UnknownPlaceholder(Refusal):
    """These words cannot speak of {placeholder}. {known}"""

    code = "UNKNOWN_PLACEHOLDER"
    status = 422


class BadWording(Refusal):
    """The words cannot be kept: {problem}."""

    code = "BAD_WORDING"
    status = 422
