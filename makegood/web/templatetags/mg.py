"""Filters and tags of the pages. Money is turned into text here and nowhere else in the web app."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from makegood.kernel import clock
from makegood.kernel.days import day_said, days_said
from makegood.kernel.money import Money, exponent, format_money, is_sub_cent, minor_micros
from makegood.web.markup import markup
from makegood.web.shell import Shell, shell_of

register = template.Library()

NONE = "–"  # noqa: RUF001 - a zero effect is an en dash
SOON = timedelta(hours=12)

LOOKS: dict[str, tuple[str, str]] = {
    "draft": ("pen", ""),
    "pending": ("clock", "is-pending"),
    "open": ("clock", "is-pending"),
    "requested": ("clock", "is-pending"),
    "submitted": ("clock", "is-pending"),
    "in_review": ("headphones", "is-pending"),
    "undo": ("hourglass", "is-pending"),
    "re_review": ("clock-again", "is-pending"),
    "accepted": ("check", "is-credited"),
    "approved": ("check", "is-credited"),
    "adjusted": ("check", "is-credited"),
    "adjusted_part": ("half", "is-credited"),
    "accepted_partial": ("half", "is-credited"),
    "approved_part": ("half", "is-credited"),
    "rejected": ("barred", ""),
    "declined": ("barred", ""),
    "denied": ("barred", ""),
    "reversed": ("turned", ""),
    "fee": ("turned", ""),
    "re_reviewed": ("turned", ""),
    "completed": ("check", ""),
    "billable": ("minus", ""),
    "non_billable": ("check", "is-credited"),
    "reduced": ("half", "is-credited"),
    "undetermined": ("headphones", "is-pending"),
    "withdrawn": ("back", ""),
    "closed": ("barred", ""),
}
"""Icon and role of a status word by its key; an unknown word is neutral."""


RULE_WORDS: dict[str, str] = {
    "NOT_BILLED": "The item is billed.",
    "WINDOW_EXPIRED": "Inside the time to dispute.",
    "TOO_EARLY": "The time to dispute has begun.",
    "NOT_ANSWERED": "The call was answered.",
    "NO_RECORDING": "Recording was on when the call arrived.",
    "ALREADY_DISPUTED": "No other dispute is open.",
    "DISPUTE_FINAL": "Not decided before.",
    "FULLY_CREDITED": "Something of the charge is left.",
    "AMOUNT_TOO_HIGH": "The amount is within what can be disputed.",
    "AMOUNT_TOO_LOW": "The amount is large enough.",
    "AMOUNT_NOT_FULL": "The whole item is asked for.",
    "DURATION_OUT_OF_RANGE": "The duration is within the rule.",
    "DISPOSITION_NOT_DISPUTABLE": "The call status can be disputed.",
    "KIND_NOT_DISPUTABLE": "This kind of charge is handled here.",
    "REASON_NOT_IN_CATEGORY": "The reason is offered for this category.",
    "REASON_REQUIRED": "A reason is given.",
    "EXPLANATION_REQUIRED": "An explanation is given.",
    "EVIDENCE_REQUIRED": "The evidence asked for is there.",
    "DISPUTES_DISABLED": "Disputes are on for this account.",
}
"""What a rule says when it is met; the policy itself gives the sentence when it is not."""


@register.filter
def money(amount: Money | None, style: str = "") -> str:
    """``$45.00``; nothing, and a zero ``effect``, is an en dash.

    What is smaller than the smallest coin says so; digits beyond it are shown, but stand back.
    """
    if amount is None or (style == "effect" and not amount):
        return NONE
    text = format_money(amount.micros, amount.currency)
    if style == "plain" or not is_sub_cent(amount.micros, amount.currency):
        return text
    if abs(amount.micros) < minor_micros(amount.currency):
        return markup('{} <span class="mg-tag">sub-cent</span>', text)
    shown, fine = text, ""
    digits = exponent(amount.currency)
    head, point, decimals = text.rpartition(".")
    if point and decimals.isdecimal():
        shown, fine = f"{head}{point if digits else ''}{decimals[:digits]}", decimals[digits:]
        fine = fine if digits else point + decimals
    return markup('{}<span class="mg-fine">{}</span>', shown, fine)


@register.filter
def duration(seconds: int | None) -> str:
    """``0:14``, ``3:02``, ``1:02:33``; an en dash when unknown."""
    if seconds is None:
        return NONE
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def clip_time(milliseconds: int | None) -> str:
    """A moment of a recording: ``0:41``, rounded down to the second."""
    return duration(None if milliseconds is None else milliseconds // 1000)


@register.filter
def whole_seconds(milliseconds: int) -> int:
    """How many seconds a recording has, rounded up."""
    return -(-milliseconds // 1000)


def _time(at: datetime, text: str) -> SafeString:
    local = timezone.localtime(at)
    return markup(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        local.strftime("%A %-d %B %Y, %H:%M:%S %Z (UTC%z)"),
        text,
    )


@register.filter
def when(at: datetime | None) -> str:
    """``Fri 20 Nov 09:12`` in the viewer's zone; the year where it is not this one."""
    if at is None:
        return NONE
    return _time(at, moment(at))


@register.filter
def moment(at: datetime) -> str:
    """The same in plain text, for where no element can stand."""
    local = timezone.localtime(at)
    return local.strftime("%a %-d %b %H:%M" if local.year == _present_year() else "%-d %b %Y %H:%M")


def _present_year() -> int:
    return timezone.localtime(clock.now()).year


def _day_of(at: date) -> date:
    return timezone.localtime(at).date() if isinstance(at, datetime) else at


@register.filter
def day(at: date | None, style: str = "") -> str:
    """``20 Nov`` of a day or, in the viewer's zone, of a moment; the year where it is not this one.

    Styles: ``week`` for ``Fri 20 Nov``, ``full`` for ``Fri 20 Nov 2026``, ``aloud`` for ``Friday 20 November``.
    """
    if at is None:
        return NONE
    found = _day_of(at)
    if style == "aloud":
        return f"{found:%A} {found.day} {found:%B}"
    said = day_said(found, None if style == "full" else _present_year())
    return f"{found:%a} {said}" if style else said


@register.filter
def days_to(first: date, last: date) -> str:
    """``1 to 30 Nov``, ``15 Oct to 14 Nov``; the year where it is not this one."""
    return days_said(_day_of(first), _day_of(last), _present_year())


@register.filter
def clock_time(at: datetime | None) -> str:
    """``16:00`` in the viewer's zone, with the day in front where it is not today."""
    if at is None:
        return NONE
    local = timezone.localtime(at)
    today = local.date() == timezone.localtime(clock.now()).date()
    return _time(at, local.strftime("%H:%M" if today else "%a %-d %b %H:%M"))


def span(by: timedelta) -> str:
    """``2 d 3 h``, ``3 h 20 min``, ``40 min``: two units at most."""
    minutes = max(0, int(by.total_seconds()) // 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min"


@register.filter
def age(at: datetime | None) -> str:
    """How long ago, in at most two units."""
    return NONE if at is None else span(clock.now() - at)


@register.filter
def ago(at: datetime | None) -> str:
    """``10 s ago``, ``3 min ago``."""
    if at is None:
        return NONE
    seconds = max(0, int((clock.now() - at).total_seconds()))
    return f"{seconds} s ago" if seconds < 60 else f"{age(at)} ago"


@register.filter
def left(at: datetime | None) -> str:
    """How long until then, in at most two units."""
    return NONE if at is None else span(at - clock.now())


@register.filter
def urgency(at: datetime | None) -> str:
    """A class for something due: over, within twelve hours, or neither."""
    if at is None:
        return ""
    rest = at - clock.now()
    return "is-over" if rest <= timedelta() else "is-soon" if rest < SOON else ""


@register.filter
def edge(word: Any) -> str:
    """The class of a row's edge: orange while pending, green once credited, else none."""
    role = LOOKS.get(word.key, ("", ""))[1] if word else ""
    return role.replace("is-", "is-edge-") if role in {"is-pending", "is-credited"} else ""


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """One symbol of the sprite; it says nothing to a screen reader, the word beside it does."""
    return markup('<svg class="mg-icon" aria-hidden="true"><use href="#i-{}"></use></svg>', name)


@register.inclusion_tag("web/shell/chip.html")
def chip(word: Any) -> dict[str, Any]:
    """A status: icon, then word, in its role's colors, badges after it."""
    look, role = LOOKS.get(word.key, ("minus", "")) if word else ("minus", "is-none")
    return {"word": word, "icon_name": look, "role": role}


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The present address's query with some keys changed; None drops a key. Starts with ``?``."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            params.pop(key, None)
        else:
            params[key] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def build_shell(context: dict[str, Any]) -> Shell:
    """The frame around the page, built once per full page."""
    request = context.get("request")
    return shell_of(request) if request is not None else Shell("auto")


@register.filter
def pairs(facts: Mapping[str, Any]) -> str:
    """Facts or limits in one line: ``hours 96, inclusive yes``; what is not known is left out."""
    currency = str(facts.get("currency") or "")
    said = [
        f"{name.removesuffix('_micros').replace('_', ' ')} {_plain(name, value, currency)}"
        for name, value in facts.items()
        if value not in (None, "", [], ()) and name != "currency"
    ]
    return ", ".join(said)


def _plain(name: str, value: Any, currency: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_micros") and isinstance(value, int) and currency:
        return format_money(value, currency)
    if isinstance(value, list | tuple):
        return " or ".join(str(one).replace("_", " ") for one in value)
    if isinstance(value, str) and name.endswith("_at"):
        return timezone.localtime(datetime.fromisoformat(value)).strftime("%-d %b %Y %H:%M %Z")
    return str(value).replace("_", " ")


@register.filter
def policy_words(label: str) -> str:
    """A version of a policy as people say it: ``calls v2`` for ``calls@2``."""
    return label.replace("@", " v")


@register.filter
def rule_words(code: str) -> str:
    """What a rule that is met asks for: ``No open dispute`` for ALREADY_DISPUTED, else the code in words."""
    return RULE_WORDS.get(code, code.replace("_", " ").capitalize())


@register.filter
def of(words: Mapping[str, str] | str | None, name: str) -> str:
    """What stands under a name; nothing where there is none."""
    return words.get(name, "") if isinstance(words, Mapping) else ""
