"""What a message says, in the language in force, with its plural rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext, ngettext

from makegood.kernel.money import format_money
from makegood.notifications.states.locales import locale_in_force
from makegood.notifications.states.templates import Template
from makegood.notifications.states.wording import COUNT, LINE, NO_WORDS, Own, filled, form_for

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
    Template.TO_SIGN: lambda n: ngettext(
        "%(count)s decision waits for your signature.", "%(count)s decisions wait for your signature.", n
    ),
    Template.NOT_SIGNED: lambda n: ngettext(
        "%(count)s decision of yours was not signed.", "%(count)s decisions of yours were not signed.", n
    ),
    Template.ASSIGNED: lambda n: ngettext(
        "%(count)s dispute was given to you.", "%(count)s disputes were given to you.", n
    ),
    Template.ESCALATED: lambda n: ngettext(
        "%(count)s dispute was put before the leads.", "%(count)s disputes were put before the leads.", n
    ),
    Template.FOLLOWED: lambda n: ngettext(
        "There is news of %(count)s dispute you follow.", "There is news of %(count)s disputes you follow.", n
    ),
}


Facts = Mapping[str, Any]
Said = tuple[str, str, Mapping[str, Any]]
"""Which variant of a message it is, its shipped words with ``%(name)s``, and what they name."""


def sentence(template: Template, count: int, own: Own = NO_WORDS) -> str:
    """The message about ``count`` items, in the active language: ``3 new disputes submitted by Buyers``.

    ``own`` are the operator's words for that language, in place of the shipped ones.
    """
    values = {"count": format_decimal(count, locale=locale_in_force())}
    words = own.words(template, COUNT, form_for(own.locale, count))
    return filled(words, values) if words else _PLURALS[template](count) % values


def shipped_sentence(template: Template, count: int) -> str:
    """The shipped words about ``count`` items, as people type them: ``{count} new disputes submitted by Buyers``."""
    return _PLURALS[template](count) % {"count": "{count}"}


def _money(facts: Facts, name: str) -> str:
    return format_money(int(facts.get(name) or 0), str(facts.get("currency") or "USD"), locale_in_force())


def _decided(facts: Facts) -> Said:
    credited = {**facts, "amount": _money(facts, "micros")}
    match facts.get("outcome"):
        case "accepted":
            return "accepted", gettext("%(label)s was accepted: %(amount)s is credited."), credited
        case "accepted_partial":
            return "accepted_partial", gettext("%(label)s was accepted in part: %(amount)s is credited."), credited
        case _:
            return "rejected", gettext("%(label)s was rejected: the charge stands."), credited


def _moved(facts: Facts) -> Said:
    words = {**facts, "amount": _money(facts, "micros"), "tax": _money(facts, "tax_micros")}
    taxed = bool(facts.get("tax_micros"))
    if not facts.get("is_fee"):
        if taxed:
            said = gettext("The credit on %(label)s was reversed: %(amount)s and %(tax)s tax are charged again.")
            return "reversed_taxed", said, words
        return "reversed", gettext("The credit on %(label)s was reversed: %(amount)s is charged again."), words
    note = facts.get("note")
    # A note stands behind a colon, and ends as its writer ended it.
    words["note"], end = (f": {note}", "%(note)s") if note else ("", ".")
    if taxed:
        said = gettext("A reversal fee of %(amount)s and %(tax)s tax is charged on %(label)s")
        return "fee_taxed", said + end, words
    return "fee", gettext("A reversal fee of %(amount)s is charged on %(label)s") + end, words


def _late(facts: Facts) -> Said:
    what = {
        "first_touch": gettext("The first look at %(label)s") % facts,
        "info": gettext("The answer on %(label)s") % facts,
        "re_review": gettext("The re-review of %(label)s") % facts,
    }.get(str(facts.get("clock")), gettext("The decision on %(label)s") % facts)
    words = {**facts, "what": what}
    if facts.get("is_breach"):
        return "overdue", gettext("%(what)s is overdue."), words
    return "due", gettext("%(what)s is due."), words


def _closed(facts: Facts) -> Said:
    if facts.get("resolution"):
        return "resolution", gettext("%(label)s was closed: %(resolution)s."), facts
    if facts.get("outcome"):
        return "decided", gettext("%(label)s was closed."), facts
    return "undecided", gettext("%(label)s was closed without a decision."), facts


def _alarm(facts: Facts) -> Said:
    text = ngettext(
        "The books do not prove: %(broken)s of %(laws)s invariants is broken.",
        "The books do not prove: %(broken)s of %(laws)s invariants are broken.",
        int(facts.get("broken") or 0),
    )
    return LINE, text + (" %(first)s" if facts.get("first") else ""), facts


def _stopped(facts: Facts) -> Said:
    match facts.get("cause"):
        case "failures":
            text = gettext("The webhook %(endpoint)s is paused: %(failures)s attempts in a row failed.")
        case "gone":
            text = gettext("The webhook %(endpoint)s is disabled: its receiver says that it is gone (410).")
        case _:
            text = gettext("The webhook %(endpoint)s is disabled: its owner may not manage webhooks any more.")
    return LINE, text, facts


def _followed(facts: Facts) -> Said:
    match facts.get("news"):
        case "commented":
            return "commented", gettext("%(label)s has a new comment."), facts
        case "noted":
            return "noted", gettext("%(label)s has a new internal note."), facts
        case _:
            return "decided", gettext("%(label)s was decided."), facts


_LINES: dict[Template, Callable[[Facts], Said]] = {
    Template.LETTER: _decided,
    Template.MONEY_MOVED: _moved,
    Template.REOPENED: lambda facts: (LINE, gettext("%(label)s was reopened for another look."), facts),
    Template.REOPENED_OWN: lambda facts: (LINE, gettext("%(label)s was reopened for another look."), facts),
    Template.INFO: lambda facts: (LINE, gettext("%(label)s needs an answer from you: %(question)s"), facts),
    Template.ANSWERED: lambda facts: (LINE, gettext("%(label)s was answered."), facts),
    Template.SLA: _late,
    Template.CLOSED: _closed,
    Template.ALARM: _alarm,
    Template.WEBHOOK: _stopped,
    Template.NOT_SIGNED: lambda facts: (LINE, gettext("%(label)s was not signed: %(cause)s"), facts),
    Template.ASSIGNED: lambda facts: (LINE, gettext("%(label)s was given to you."), facts),
    Template.ESCALATED: lambda facts: (LINE, gettext("%(label)s was put before the leads: %(cause)s"), facts),
    Template.FOLLOWED: _followed,
}
TELLING_EACH = frozenset(_LINES)
"""Messages that name what they tell of; the others only count."""


def line(template: Template, facts: Facts, own: Own = NO_WORDS) -> str:
    """What one item of such a message says, in the active language; amounts of ``facts`` in micros.

    Raises KeyError for a message that only counts.
    """
    variant, shipped, values = _LINES[template](facts)
    words = own.words(template, variant)
    return filled(words, values) if words else shipped % values


def shipped_line(template: Template, facts: Facts) -> str:
    """The shipped words of an item with their placeholders, as people type them: ``{label} was answered.``"""
    _, shipped, _ = _LINES[template](facts)
    return shipped % _Holders()


class _Holders(dict[str, str]):
    """Every name as the placeholder of it."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"
