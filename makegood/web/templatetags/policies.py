"""Moments in a named zone, as pages of clocks say them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from makegood.disputes.policy.presets import BEGINNING
from makegood.web.templatetags import mg

register = template.Library()


@register.filter
def in_zone(at: datetime | None, zone: str) -> str:
    """``Friday 20 Nov 16:50`` on the clocks of a zone; a day that ends at midnight says so."""
    if at is None:
        return ""
    return at.astimezone(ZoneInfo(zone)).strftime("%A %-d %b %H:%M")


@register.filter
def start(at: datetime | None) -> str:
    """When a version begins, in the viewer's zone; ``the beginning`` for the first one of a preset."""
    return "the beginning" if at is not None and at <= BEGINNING else mg.when(at)
