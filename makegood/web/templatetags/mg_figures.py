"""Filters of figures."""

from __future__ import annotations

from django import template

from makegood.insights.entries import Rate
from makegood.web.figures import interval_text
from makegood.web.figures import share as share_text

register = template.Library()


@register.filter
def share(value: float | None) -> str:
    """``6.1%``; an en dash where nothing is known."""
    return share_text(value)


@register.filter
def ends(rate: Rate) -> str:
    """The ends of a rate's 95% interval: ``5.4 to 6.9%``."""
    return interval_text(rate)
