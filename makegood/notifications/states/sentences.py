"""What a message says, in the language in force, with its plural rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext, ngettext

from makegood.kernel.money import format_money
from makegood.notifications.states.locales import locale_in_force
from makegood.notifications.states.templates import Template

_PLURALS: dict[Template, Callable[[int], str]] = {
    Template.NEW: lambda n: ngettext(
        "%(count)s new dispute submitted by Buyers", "%(count)s new disputes submitted by Buyers", n
    ),
    Template.NEW_BY_OTHERS: lambda n: ngettext(
        "%(count)s new dispute filed for customers", "%(count)s new disputes filed for customers", n
    ),
    Template.FLAGGED: lambda n: ngettext(
        "%(count)s lead submitted for review", "%(count)s leads submitted for review", n
    ),
    Template.REVIEWED: lambda n: ngettext(
        "%(count)s dispute has been reviewed.", "%(count)s disputes have been reviewed.", n
    ),
    Template.LETTER: lambda n: ngettext("%(count)s dispute was decided.", "%(count)s disputes were decided.", n),
    Template.VENDOR_REVENUE: lambda n: ngettext(
        "Call revenue for %(count)s call has been adjusted.", "Call revenue for %(count)s calls has been adjusted.", n
    ),
    Template.MONEY_MOVED: lambda n: ngettext(
        "Money moved on %(count)s dispute after it was reviewed.",
        "Money moved on %(count)s disputes after they were reviewed.",
        n,
    ),
    Template.REOPENED: lambda n: ngettext(
        "%(count)s dispute was reopened for another look.", "%(count)s disputes were reopened for another look.", n
    ),
    Template.REOPENED_OWN: lambda n: ngettext(
        "%(count)s dispute was reopened for another look.", "%(count)s disputes were reopened for another look.", n
    ),
    Template.INFO: lambda n: ngettext(
        "%(count)s dispute needs an answer from you.", "%(count)s disputes need an answer from you.", n
    ),
    Template.ANSWERED: lambda n: ngettext("%(count)s dispute was answered.", "%(count)s disputes were answered.", n),
    Template.SLA: lambda n: ngettext(
        "%(count)s dispute is due or overdue.", "%(count)s disputes are due or overdue.", n
    ),
    Template.CLOSED: lambda n: ngettext(
        "%(count)s dispute was closed without a decision.", "%(count)s disputes were closed without a decision.", n
    ),
    Template.ALARM: lambda n: ngettext(
        "%(count)s check of the books failed.", "%(count)s checks of the books failed.", n
    ),
    Template.WEBHOOK: lambda n: ngettext("%(count)s webhook stopped.", "%(count)s webhooks stopped.", n),
}


def sentence(template: Template, count: int) -> str:
    """The message about ``count`` items, in the active language: ``3 new disputes submitted by Buyers``."""
    return _PLURALS[template](count) % {"count": format_decimal(count, locale=locale_in_force())}


Facts = Mapping[str, Any]


def _money(facts: Facts, name: str) -> str:
    return format_money(int(facts.get(name) or 0), str(facts.get("currency") or "USD"), locale_in_force())


def _decided(facts: Facts) -> str:
    credited = {**facts, "amount": _money(facts, "micros")}
    match facts.get("outcome"):
        case "accepted":
            return gettext("%(label)s was accepted: %(amount)s is credited.") % credited
        case "accepted_partial":
            return gettext("%(label)s was accepted in part: %(amount)s is credited.") % credited
        case _:
            return gettext("%(label)s was rejected: the charge stands.") % facts


def _moved(facts: Facts) -> str:
    words = {**facts, "amount": _money(facts, "micros"), "tax": _money(facts, "tax_micros")}
    taxed = bool(facts.get("tax_micros"))
    if not facts.get("is_fee"):
        if taxed:
            return (
                gettext("The credit on %(label)s was reversed: %(amount)s and %(tax)s tax are charged again.") % words
            )
        return gettext("The credit on %(label)s was reversed: %(amount)s is charged again.") % words
    if taxed:
        text = gettext("A reversal fee of %(amount)s and %(tax)s tax is charged on %(label)s") % words
    else:
        text = gettext("A reversal fee of %(amount)s is charged on %(label)s") % words
    return f"{text}: {facts['note']}" if facts.get("note") else f"{text}."


def _late(facts: Facts) -> str:
    what = {
        "first_touch": gettext("The first look at %(label)s") % facts,
        "info": gettext("The answer on %(label)s") % facts,
        "re_review": gettext("The re-review of %(label)s") % facts,
    }.get(str(facts.get("clock")), gettext("The decision on %(label)s") % facts)
    return (gettext("%(what)s is overdue.") if facts.get("is_breach") else gettext("%(what)s is due.")) % {"what": what}


def _closed(facts: Facts) -> str:
    if facts.get("resolution"):
        return gettext("%(label)s was closed: %(resolution)s.") % facts
    if facts.get("outcome"):
        return gettext("%(label)s was closed.") % facts
    return gettext("%(label)s was closed without a decision.") % facts


def _alarm(facts: Facts) -> str:
    text = ngettext(
        "The books do not prove: %(broken)s of %(laws)s invariants is broken.",
        "The books do not prove: %(broken)s of %(laws)s invariants are broken.",
        int(facts.get("broken") or 0),
    )
    return f"{text % facts} {facts.get('first', '')}".strip()


def _stopped(facts: Facts) -> str:
    match facts.get("cause"):
        case "failures":
            text = gettext("The webhook %(endpoint)s is paused: %(failures)s attempts in a row failed.")
        case "gone":
            text = gettext("The webhook %(endpoint)s is disabled: its receiver says that it is gone (410).")
        case _:
            text = gettext("The webhook %(endpoint)s is disabled: its owner may not manage webhooks any more.")
    return text % facts


_LINES: dict[Template, Callable[[Facts], str]] = {
    Template.LETTER: _decided,
    Template.MONEY_MOVED: _moved,
    Template.REOPENED: lambda facts: gettext("%(label)s was reopened for another look.") % facts,
    Template.REOPENED_OWN: lambda facts: gettext("%(label)s was reopened for another look.") % facts,
    Template.INFO: lambda facts: gettext("%(label)s needs an answer from you: %(question)s") % facts,
    Template.ANSWERED: lambda facts: gettext("%(label)s was answered.") % facts,
    Template.SLA: _late,
    Template.CLOSED: _closed,
    Template.ALARM: _alarm,
    Template.WEBHOOK: _stopped,
}
TELLING_EACH = frozenset(_LINES)
"""Messages that name what they tell of; the others only count."""


def line(template: Template, facts: Facts) -> str:
    """What one item of such a message says, in the active language; amounts of ``facts`` in micros.

    Raises KeyError for a message that only counts.
    """
    return _LINES[template](facts)
