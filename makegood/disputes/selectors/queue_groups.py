"""What the queue finds, grouped by caller, vendor or case, so that a pattern is handled as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from makegood.disputes.selectors.queue import QueueQuery, narrowed_to
from makegood.disputes.selectors.queue_page import LIST_LIMIT
from makegood.kernel import sql
from makegood.kernel.money import Money
from makegood.kernel.phones import mask, readable
from makegood.kernel.subselects import as_it_is
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

CALLER, VENDOR, CASE = "caller", "vendor", "case"
MOST = 50


@dataclass(frozen=True)
class QueueGroup:
    """Disputes with one caller or vendor, or of one case. ``key`` names it in an address: a dispute of that caller, the
    vendor's id, the number of the case.

    ``query`` finds exactly its disputes; ``asked`` has one amount per currency.
    """

    key: str
    label: str
    count: int
    asked: tuple[Money, ...]
    buyers: int
    oldest_at: datetime
    query: QueueQuery


@dataclass(frozen=True)
class QueueGroups:
    """The groups of two and more, the largest first; ``single`` more have one dispute each.

    Of cases all are groups, the oldest first, and ``single`` disputes belong to none.

    ``is_least`` says that only the oldest LIST_LIMIT disputes were looked at.
    """

    by: str
    groups: tuple[QueueGroup, ...]
    single: int
    is_least: bool


def groups_of(principal: Principal, query: QueueQuery, by: str) -> QueueGroups:
    """What a query finds by ``caller``, ``vendor`` or ``case``; what has none is in no group.

    Who does not see payouts learns of no vendor.
    """
    if by == VENDOR and not principal.can(Verb.PAYOUT_VIEW):
        return QueueGroups(by, (), 0, is_least=False)
    rows, single, listed = _grouped(principal, query, by)
    merged = _merged(rows)
    if by == CASE:
        several = sorted(merged, key=lambda one: one["oldest"])[:MOST]
        single = min(listed, LIST_LIMIT) - sum(one["n"] for one in merged)
    else:
        several = sorted(merged, key=lambda one: (-one["n"], one["oldest"]))[:MOST]
    return QueueGroups(by, tuple(_group(principal, query, by, one) for one in several), single, listed > LIST_LIMIT)


_LISTED = ("pk", "currency", "amount_micros", "submitted_at", "customer_id", "charge_id", "submission_id")
_COLUMNS = ("key", "label", "currency", "n", "asked", "oldest", "first", "first_label", "buyers")


def _grouped(principal: Principal, query: QueueQuery, by: str) -> tuple[list[dict[str, Any]], int, int]:
    """The groups, one entry per currency, how many have a single dispute, and how many disputes the list has.

    Of cases those of one dispute are groups too. Only the oldest LIST_LIMIT are grouped, and one more is counted.
    """
    oldest = narrowed_to(principal, query).order_by("submitted_at", "pk").values_list(*_LISTED)[: LIST_LIMIT + 1]
    part = as_it_is(oldest, "listed")
    if part is None:
        return [], 0, 0
    asked = {"by": by, "most": LIST_LIMIT, "least": 1 if by == CASE else 2, **part.params}
    with connection.cursor() as cursor:
        cursor.execute(sql.spliced("disputes.queue_groups", {"listed": part.sql}), asked)
        found = cursor.fetchall()
    rows = [dict(zip(_COLUMNS, row[2:], strict=True)) for row in found if row[2] is not None]
    return rows, found[0][1], found[0][0]


def _merged(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One entry per key, with the amounts of its currencies."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        amount = Money(row["asked"], row["currency"])
        kept = found.setdefault(row["key"], {**row, "n": 0, "amounts": []})
        kept["n"] += row["n"]
        kept["amounts"].append(amount)
        kept["oldest"] = min(kept["oldest"], row["oldest"])
        kept["first"], kept["first_label"] = min((one["first"], one["first_label"]) for one in (kept, row))
        kept["buyers"] = max(kept["buyers"], row["buyers"])
    return list(found.values())


def _group(principal: Principal, query: QueueQuery, by: str, one: Mapping[str, Any]) -> QueueGroup:
    amounts = tuple(sorted(one["amounts"], key=lambda amount: amount.currency))
    if by == VENDOR:
        key, label = one["key"], str(one["label"])
        narrowed = replace(query, vendor=int(key), after="", before="")
    elif by == CASE:
        key, label = one["key"], str(one["label"])
        narrowed = replace(query, case=int(key), after="", before="")
    else:
        number = one["key"]
        shown = readable if principal.can(Verb.PHONE_VIEW) else mask
        key, label = one["first_label"], shown(number)
        narrowed = replace(query, caller=number, after="", before="")
    return QueueGroup(key, label, one["n"], amounts, one["buyers"], one["oldest"], narrowed)
