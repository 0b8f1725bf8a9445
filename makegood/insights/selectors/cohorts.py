"""Figures of cohorts: grouped, in scope, with what is mature told apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Max, Model, Q, QuerySet, Sum

from makegood.billing.models import Campaign, Category
from makegood.disputes.models import Reason
from makegood.insights.entries import Figures, Money, Report
from makegood.insights.models import CohortDay, DayTotal, DirtyDay
from makegood.insights.selectors.maturity import mature_through
from makegood.insights.states import AMOUNTS, COUNTS, PAYOUT_AMOUNTS, By
from makegood.kernel import clock
from makegood.parties.entries import Principal, Scope
from makegood.parties.models import Customer, Program, Vendor
from makegood.parties.selectors import demand, owned_predicate, programs_visible_to
from makegood.parties.selectors.scopes import has_customer_limits
from makegood.parties.states import Verb

NAMED: dict[By, tuple[type[Model], str]] = {
    By.PROGRAM: (Program, "name"),
    By.CUSTOMER: (Customer, "name"),
    By.VENDOR: (Vendor, "name"),
    By.CAMPAIGN: (Campaign, "name"),
    By.CATEGORY: (Category, "name"),
    By.REASON: (Reason, "label"),
}
NOBODY = "None"


def report(
    principal: Principal,
    *,
    by: By,
    since: date,
    until: date,
    program_id: int | None = None,
    mature_only: bool = True,
) -> Report:
    """Figures of the cohorts ``since`` .. ``until`` (both included) in scope, grouped.

    Headline figures take mature cohorts alone; with ``mature_only`` False the others are there too, and ``is_mature``
    marks the groups that hold none of them. A group by reason has no charges of its own, so its rates of charges are
    those of nothing. Raises NotPermitted without ``ledger.view``: both sides' money is in it.
    """
    demand(principal, Verb.LEDGER_VIEW)
    now = clock.now()
    programs = programs_visible_to(principal).select_related("zone")
    if program_id is not None:
        programs = programs.filter(pk=program_id)
    mature = mature_through(programs, now)
    rows, column = source(principal.scope, by)
    rows = rows.filter(program__in=list(mature), day__gte=since, day__lte=until)
    if mature_only:
        rows = rows.filter(_mature(mature))
    groups = _groups(rows, column)
    immature = set() if mature_only else _immature_keys(rows, column, mature)
    labels = _labels(by, groups)
    figures = [_figures(key, labels.get(key, NOBODY), lines, key not in immature) for key, lines in groups.items()]
    total = _figures(None, "", [line for lines in groups.values() for line in lines], not immature)
    return Report(
        rows=tuple(sorted(figures, key=_day if by is By.DAY else _size)),
        total=total,
        mature_through=mature,
        as_of=now,
        waiting_days=DirtyDay.objects.filter(program__in=list(mature)).count(),
    )


def source(scope: Scope, by: By) -> tuple[QuerySet[Any], str]:
    """Rows of the roll-up in scope, and the column that groups them.

    They are totals of days where nothing but programs limits the scope: hundreds of rows in place of many thousands.
    """
    if scope.vendors is not None or has_customer_limits(scope) or scope.nothing:
        return CohortDay.objects.filter(owned_predicate(scope)), by.value
    along = by if by not in {By.DAY, By.PROGRAM} else By.DAY
    return DayTotal.objects.filter(by=along.value), "key" if by is along and by is not By.DAY else by.value


def _day(figures: Figures) -> Any:
    return figures.key


def _size(figures: Figures) -> Any:
    return -figures.charges, -figures.disputes, figures.label


def _mature(through: Mapping[int, date]) -> Q:
    found = Q(pk__in=[])
    for program, day in through.items():
        found |= Q(program=program, day__lte=day)
    return found


Line = dict[str, Any]


def _groups(rows: QuerySet[Any], column: str) -> dict[Any, list[Line]]:
    """The sums of each group, one line per pair of currencies."""
    sums = {name: Sum(name) for name in (*COUNTS, *AMOUNTS, *PAYOUT_AMOUNTS)}
    found: dict[Any, list[Line]] = {}
    for line in rows.values(column, "currency", "payout_currency").annotate(**sums).order_by():
        found.setdefault(line[column], []).append(line)
    return found


def _immature_keys(rows: QuerySet[Any], column: str, mature: Mapping[int, date]) -> set[Any]:
    latest = rows.values_list(column, "program_id").annotate(latest=Max("day")).order_by()
    return {key for key, program, day in latest if day > mature[program]}


def _labels(by: By, keys: Iterable[Any]) -> dict[Any, str]:
    if by is By.DAY:
        return {key: key.isoformat() for key in keys}
    model, name = NAMED[by]
    return dict(model._base_manager.filter(pk__in=[key for key in keys if key is not None]).values_list("pk", name))


def _figures(key: Any, label: str, lines: list[Line], is_mature: bool) -> Figures:  # noqa: FBT001
    counts = {name: sum(line[name] for line in lines) for name in COUNTS}
    pairs: dict[tuple[str, str], dict[str, int]] = {}
    for line in lines:
        sums = pairs.setdefault((line["currency"], line["payout_currency"]), dict.fromkeys(_MONEY, 0))
        for name in _MONEY:
            sums[name] += line[name]
    money = tuple(Money(*pair, *(sums[name] for name in _MONEY)) for pair, sums in sorted(pairs.items()))
    return Figures(key=key, label=label, is_mature=is_mature, money=money, **counts)


_MONEY = (*AMOUNTS, *PAYOUT_AMOUNTS)
