"""Pure words of notifications: the messages, whom each is for, and its sentence with the right plural."""

from __future__ import annotations

from enum import StrEnum

from babel.numbers import format_decimal
from django.utils.translation import get_language, ngettext, to_locale


class Side(StrEnum):
    """Whose message it is; the key below ``notify`` in a program's settings."""

    MANAGER = "manager"
    BUYER = "buyer"
    VENDOR = "vendor"


class Template(StrEnum):
    """A kind of message."""

    NEW = "new"
    NEW_BY_OTHERS = "new_by_others"
    REVIEWED = "reviewed"
    VENDOR_REVENUE = "vendor_revenue"


SIDES: dict[Template, Side] = {
    Template.NEW: Side.MANAGER,
    Template.NEW_BY_OTHERS: Side.MANAGER,
    Template.REVIEWED: Side.BUYER,
    Template.VENDOR_REVENUE: Side.VENDOR,
}
"""Which side a message is for."""

FILINGS = (Template.NEW, Template.NEW_BY_OTHERS)
"""Messages that a withdrawal inside the same window takes back."""

TITLES: dict[Template, str] = {
    Template.NEW: "New disputes submitted by Buyers",
    Template.NEW_BY_OTHERS: "New disputes filed for customers",
    Template.REVIEWED: "Reviewed disputes",
    Template.VENDOR_REVENUE: "Adjusted call revenue",
}
"""What a message is called where people choose how often it comes."""


def counts_charges(template: Template) -> bool:
    """Whether the message counts calls; the others count disputes."""
    return template is Template.VENDOR_REVENUE


def sentence(template: Template, count: int) -> str:
    """The message about ``count`` items, in the active language: ``3 new disputes submitted by Buyers``."""
    match template:
        case Template.NEW:
            text = ngettext(
                "%(count)s new dispute submitted by Buyers",
                "%(count)s new disputes submitted by Buyers",
                count,
            )
        case Template.NEW_BY_OTHERS:
            text = ngettext(
                "%(count)s new dispute filed for customers",
                "%(count)s new disputes filed for customers",
                count,
            )
        case Template.REVIEWED:
            text = ngettext("%(count)s dispute has been reviewed.", "%(count)s disputes have been reviewed.", count)
        case Template.VENDOR_REVENUE:
            text = ngettext(
                "Call revenue for %(count)s call has been adjusted.",
                "Call revenue for %(count)s calls has been adjusted.",
                count,
            )
    return text % {"count": format_decimal(count, locale=to_locale(get_language() or "en-us"))}
