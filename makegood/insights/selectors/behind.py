"""The disputes behind a mark: those that the roll-up counted there, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Sum

from makegood.disputes.models import Dispute
from makegood.disputes.selectors.rows import DisputeRow, rows_of
from makegood.disputes.selectors.visible import disputes_visible_to, view_parameters
from makegood.insights.selectors.cohorts import source
from makegood.insights.selectors.maturity import mature_through
from makegood.insights.states import By, Counted
from makegood.kernel import clock, sql
from makegood.kernel.paging import BIGINT
from makegood.kernel.prepared import fetch
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.selectors import demand, programs_visible_to
from makegood.parties.states import Verb

SIZE = 50
_COLUMNS: Mapping[Counted, tuple[str, ...]] = {
    Counted.DISPUTED: ("disputes",),
    Counted.DECIDED: ("accepted", "accepted_partial", "rejected"),
    Counted.ACCEPTED: ("accepted", "accepted_partial"),
    Counted.REJECTED: ("rejected",),
    Counted.INVALID: ("invalid",),
    Counted.OPEN: ("open",),
}
"""What of the roll-up adds up to each."""


@dataclass(frozen=True)
class Mark:
    """What a figure counted: disputes on charges of cohort days ``since`` .. ``until`` of one program.

    ``by`` and ``key`` name the group (a key of None is the group without one); ``by`` DAY is all of them.
    """

    program_id: int
    since: date
    until: date
    what: Counted
    by: By = By.DAY
    key: int | None = None
    mature_only: bool = True


@dataclass(frozen=True)
class Behind:
    """A page of disputes, the latest first, and how many there are; ``older`` is where the next page begins, 0 none."""

    rows: tuple[DisputeRow, ...]
    count: int
    older: int


def behind(principal: Principal, mark: Mark, *, before: int | None = None) -> Behind:
    """The disputes that a mark counts, and the count of the roll-up. Raises NotPermitted without ``ledger.view``.

    Nothing is behind a mark of a program that is out of scope.
    """
    demand(principal, Verb.LEDGER_VIEW)
    program = programs_visible_to(principal).select_related("zone").filter(pk=mark.program_id).first()
    if program is None:
        return Behind((), 0, 0)
    until = _until(program, mark)
    ids = _ids(principal, program, mark, until, SIZE + 1, before)
    return page_of_ids(principal, ids, _counted(principal, mark, until))


def page_of_ids(principal: Principal, ids: Sequence[int], count: int) -> Behind:
    """The rows of the first ids; one more than SIZE says that there is an older page."""
    shown = list(ids[:SIZE])
    found: dict[int, Dispute] = disputes_visible_to(principal).in_bulk(shown)
    rows = rows_of(principal, [found[pk] for pk in shown if pk in found])
    return Behind(tuple(rows), count, shown[-1] if len(ids) > SIZE else 0)


def _until(program: Program, mark: Mark) -> date:
    if not mark.mature_only:
        return mark.until
    return min(mark.until, mature_through([program], clock.now())[program.pk])


def _ids(principal: Principal, program: Program, mark: Mark, until: date, most: int, before: int | None) -> list[int]:
    zone = ZoneInfo(program.zone.name if program.zone else "UTC")
    asked: dict[str, Any] = {
        "program_id": program.pk,
        "starts": datetime.combine(mark.since, time(), zone),
        "ends": datetime.combine(until + timedelta(days=1), time(), zone),
        "by": mark.by.value,
        "key": mark.key,
        "what": mark.what.value,
        "before": BIGINT[-1] if before is None else before,
        "most": most,
        **view_parameters(principal),
    }
    return [pk for (pk,) in fetch(sql.load("insights.disputes_behind"), asked)]


def _counted(principal: Principal, mark: Mark, until: date) -> int:
    days, column = source(principal.scope, mark.by)
    days = days.filter(program=mark.program_id, day__gte=mark.since, day__lte=until)
    if mark.by is not By.DAY:
        days = days.filter(**({f"{column}__isnull": True} if mark.key is None else {column: mark.key}))
    names = _COLUMNS[mark.what]
    sums = days.aggregate(**{f"sum_{name}": Sum(name, default=0) for name in names})
    return sum(sums.values())
