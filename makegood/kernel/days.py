"""How days are written, everywhere: the day before the month, the month as a word of three letters."""

from __future__ import annotations

from datetime import date


def day_said(day: date, present_year: int | None = None) -> str:
    """``20 Nov 2026``; without the year where it is the present one."""
    return f"{day.day} {day:%b}" if day.year == present_year else f"{day.day} {day:%b %Y}"


def days_said(first: date, last: date, present_year: int | None = None) -> str:
    """``1 to 30 Nov 2026``, ``15 Oct to 14 Nov 2026``, ``15 Dec 2025 to 14 Jan 2026``; one day alone is said once."""
    if first == last:
        return day_said(last, present_year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day_said(last, present_year)}"
    return f"{day_said(first, last.year)} to {day_said(last, present_year)}"
