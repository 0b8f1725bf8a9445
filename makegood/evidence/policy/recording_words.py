"""Pure: why a recording cannot be played, in a sentence."""

from __future__ import annotations

from datetime import datetime

from makegood.kernel import clock
from makegood.kernel.days import day_said


def absent(*, was_on: bool | None, named: bool) -> str:
    """There is no row of a recording; ``was_on`` says whether the call was recorded, ``named`` whether somewhere."""
    if named:
        return "The recording of this call has not been fetched."
    if was_on is False:
        return "Recording was off when this call arrived."
    return "There is no recording of this call."


def waiting(tries: int) -> str:
    """It is still to come."""
    return "The recording is being fetched" + (f" (tried {_times(tries)})." if tries else ".")


def failed(detail: str, tries: int) -> str:
    """It did not come. ``detail`` is what happened, without a period."""
    told = f"; tried {_times(tries)}" if tries else ""
    return f"The recording could not be fetched: {detail.rstrip('.')}{told}."


def deleted(at: datetime, kept_for_days: int | None) -> str:
    """It was deleted on a day (UTC), under a rule of so many days."""
    rule = f" under the {kept_for_days}-day retention rule" if kept_for_days is not None else ""
    return f"The recording was deleted on {day_said(at, clock.now().year)}{rule}."


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"
