"""Reads of what was billed although a batch told not to: a page, the sums, and all of it a page at a time."""

from __future__ import annotations

from collections.abc import Iterator

from makegood.disputes.selectors.do_not_bill import DoNotBill, Waiting, told_program
from makegood.kernel import sql
from makegood.kernel.paging import BEFORE, Key, Page, Place, mark_of, place_of
from makegood.kernel.prepared import fetch
from makegood.parties.entries import Principal

ORDER = (Key("line"),)
SIZE = 50


def billed_nevertheless(principal: Principal, *, program: str, after: str = "", before: str = "") -> Page[DoNotBill]:
    """A page of what was told and yet billed, and is on no statement yet, in the order in which it was told. Errors:
    NOT_FOUND. Raises NotPermitted."""
    place = place_of(after, before, ORDER)
    backward = place.direction == BEFORE
    found = _rows(told_program(principal, program), place, SIZE + 1)
    more, rows = len(found) > SIZE, found[:SIZE]
    rows = rows[::-1] if backward else rows
    if not rows:
        return Page(())
    has_before, has_after = (more, True) if backward else (bool(place.values), more)
    return Page(
        tuple(rows), mark_of(rows[0], ORDER) if has_before else "", mark_of(rows[-1], ORDER) if has_after else ""
    )


def sums_billed_nevertheless(principal: Principal, *, program: str) -> list[Waiting]:
    """What all of it comes to, by currency. Errors: NOT_FOUND. Raises NotPermitted."""
    parameters = {"program": told_program(principal, program)}
    rows = fetch(sql.load("disputes.billed_nevertheless_sums"), parameters)
    return [Waiting.of(*row) for row in rows]


def every_billed_nevertheless(principal: Principal, *, program: str) -> Iterator[DoNotBill]:
    """All of it, a page in memory at a time. Errors: NOT_FOUND. Raises NotPermitted."""
    found = told_program(principal, program)
    place = Place()
    while rows := _rows(found, place, SIZE):
        yield from rows
        place = Place((rows[-1].line,))


def _rows(program: int, place: Place, rows: int) -> list[DoNotBill]:
    """Those beyond a place, the nearest first."""
    at = place.values[0] if place.values else None
    backward = place.direction == BEFORE
    parameters = {
        "program": program,
        "rows": rows,
        "after": None if backward else at,
        "before": at if backward else None,
    }
    return [DoNotBill(*row) for row in fetch(sql.load("disputes.billed_nevertheless_page"), parameters)]
