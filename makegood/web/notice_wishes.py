"""The form by which people say how messages come and when none comes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time

from django.http import QueryDict

from makegood.notifications.entries import QuietWish, Wish
from makegood.notifications.policy import EVERY_DAY, URGENT, Quiet
from makegood.notifications.selectors import Choice

DAILY = "daily"
MORNING = "09:00"
NO_MAIL, WITH_BELL = "no", "same"
WINDOWS = (
    ("immediate", "At once"),
    ("15m", "Every 15 minutes"),
    ("1h", "Every hour"),
    ("4h", "Every 4 hours"),
    (DAILY, "Daily"),
    ("off", "Never"),
)
WORDS = dict(WINDOWS)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVENING, EARLY = "22:00", "07:00"
TIME = "Type a time such as 16:00."
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")
_DAILY_AT = re.compile(r"daily (\d\d:\d\d)")

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Row:
    """One message: what is chosen for each channel, and what can be."""

    key: str
    title: str
    bell: str
    bell_options: Options
    mail: str
    mail_options: Options


@dataclass(frozen=True)
class WishForm:
    """What the form shows: as it is kept, or as it was typed."""

    rows: tuple[Row, ...]
    daily_at: str
    quiet: bool
    begins: str
    ends: str
    days: frozenset[int]
    lets_urgent: bool
    may_be_urgent: bool
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def weekdays(self) -> list[tuple[int, str, bool]]:
        """Number, name, and whether the hours begin on it."""
        return [(number, name, number in self.days) for number, name in enumerate(DAYS)]


def words_of(window: str) -> str:
    """How a window reads: ``Every 4 hours``, ``Daily at 16:30``."""
    daily = _DAILY_AT.fullmatch(window)
    return f"Daily at {daily[1]}" if daily else WORDS.get(window, window)


def kept_form(choices: Sequence[Choice], quiet: Quiet | None) -> WishForm:
    """The form as everything is kept."""
    daily_at = _usual_time(choices)
    return WishForm(
        rows=tuple(_row(choice, _bell_of(choice, daily_at), _mail_of(choice, daily_at)) for choice in choices),
        daily_at=daily_at,
        quiet=quiet is not None,
        begins=f"{quiet.begins:%H:%M}" if quiet else EVENING,
        ends=f"{quiet.ends:%H:%M}" if quiet else EARLY,
        days=quiet.days if quiet else EVERY_DAY,
        lets_urgent=quiet.lets_urgent if quiet else False,
        may_be_urgent=any(choice.template in URGENT for choice in choices),
    )


def typed_form(choices: Sequence[Choice], posted: QueryDict, errors: Mapping[str, str]) -> WishForm:
    """The form as it was sent, with what is wrong beside each field."""
    kept = kept_form(choices, None)
    return WishForm(
        rows=tuple(
            _row(choice, posted.get(f"{row.key}-bell", row.bell), posted.get(f"{row.key}-mail", row.mail))
            for choice, row in zip(choices, kept.rows, strict=True)
        ),
        daily_at=posted.get("daily_at", kept.daily_at),
        quiet="quiet" in posted,
        begins=posted.get("quiet_begins", ""),
        ends=posted.get("quiet_ends", ""),
        days=_days(posted),
        lets_urgent="quiet_urgent" in posted,
        may_be_urgent=kept.may_be_urgent,
        errors=errors,
    )


def malformed(posted: QueryDict) -> dict[str, str]:
    """What is no time, by its field; the hours count only where they are switched on."""
    asked = [name for name in ("quiet_begins", "quiet_ends") if "quiet" in posted]
    asked += ["daily_at"] if "daily_at" in posted else []
    return {name: TIME for name in asked if _clock(posted.get(name, "")) is None}


def wishes_of(choices: Iterable[Choice], posted: QueryDict) -> list[Wish]:
    """How each message is wanted; what the form did not send stays. Times must be well formed."""
    at = _clock(posted.get("daily_at", MORNING)) or time(9)
    found = []
    for choice in choices:
        key = choice.template.value
        bell, mail = posted.get(f"{key}-bell"), posted.get(f"{key}-mail")
        window = choice.window if bell is None else _window(bell, at)
        by_email, mail_window = (choice.by_email, choice.mail_window) if mail is None else _channel(mail, at)
        found.append(Wish(key, window, by_email, mail_window))
    return found


def quiet_of(posted: QueryDict) -> QuietWish | None:
    """The hours that were asked for; None without. Times must be well formed."""
    begins, ends = _clock(posted.get("quiet_begins", "")), _clock(posted.get("quiet_ends", ""))
    if "quiet" not in posted or begins is None or ends is None:
        return None
    return QuietWish(begins, ends, _days(posted), "quiet_urgent" in posted)


def _days(posted: QueryDict) -> frozenset[int]:
    return frozenset(int(day) for day in posted.getlist("quiet_days") if day in set("0123456"))


def _clock(text: str) -> time | None:
    read = _CLOCK.fullmatch(text.strip())
    return time(int(read[1]), int(read[2])) if read else None


def _window(value: str, at: time) -> str | None:
    return f"{DAILY} {at:%H:%M}" if value == DAILY else value or None


def _channel(value: str, at: time) -> tuple[bool | None, str | None]:
    """What was chosen for the e-mail: whether it comes, and its own window."""
    if value in ("", NO_MAIL, WITH_BELL):
        return {"": None, NO_MAIL: False, WITH_BELL: True}[value], None
    return True, _window(value, at)


def _usual_time(choices: Iterable[Choice]) -> str:
    """When most of a person's own daily messages come; nine in the morning where none does."""
    named = [window for choice in choices for window in (choice.window, choice.mail_window) if window]
    times = Counter(found[1] for found in map(_DAILY_AT.fullmatch, named) if found)
    return times.most_common(1)[0][0] if times else MORNING


def _value(window: str, daily_at: str) -> str:
    return DAILY if window == f"{DAILY} {daily_at}" else window


def _bell_of(choice: Choice, daily_at: str) -> str:
    return _value(choice.window, daily_at) if choice.window else ""


def _mail_of(choice: Choice, daily_at: str) -> str:
    if choice.by_email is False:
        return NO_MAIL
    if choice.mail_window:
        return _value(choice.mail_window, daily_at)
    return "" if choice.by_email is None else WITH_BELL


def _row(choice: Choice, bell: str, mail: str) -> Row:
    usual = " or ".join(words_of(window).lower() for window in choice.program_windows) or "never"
    by_mail = "with the bell" if choice.programs_by_email else "no e-mail"
    return Row(
        key=choice.template.value,
        title=choice.title,
        bell=bell,
        bell_options=_with_own((("", f"Program: {usual}"), *WINDOWS), bell),
        mail=mail,
        mail_options=_with_own(
            (
                ("", f"Program: {by_mail}"),
                (NO_MAIL, "No e-mail"),
                (WITH_BELL, "With the bell"),
                *(option for option in WINDOWS if option[0] != "off"),
            ),
            mail,
        ),
    )


def _with_own(options: Options, chosen: str) -> Options:
    """The options, and the person's own one that is not among them."""
    known = {value for value, _ in options}
    return options if chosen in known else (*options, (chosen, words_of(chosen)))
