"""What the queue finds, grouped by caller, vendor or case, so that a pattern is handled as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from makegood.disputes.models import Dispute
from makegood.disputes.selectors.queue import QueueQuery, narrowed_to
from makegood.disputes.selectors.queue_page import LIST_LIMIT
from makegood.kernel import sql
from makegood.kernel.money import Money
from makegood.kernel.phones import mask, readable
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
    found = narrowed_to(principal, query).order_by("submitted_at", "pk").values_list("pk", flat=True)
    ids = list(found[: LIST_LIMIT + 1])
    rows, single = _grouped(by, ids[:LIST_LIMIT])
    merged = _merged(rows)
    if by == CASE:
        several = sorted(merged, key=lambda one: one["oldest"])[:MOST]
        single = min(len(ids), LIST_LIMIT) - sum(one["n"] for one in merged)
    else:
        several = sorted(merged, key=lambda one: (-one["n"], one["oldest"]))[:MOST]
    labels = dict(Dispute.objects.filter(pk__in=[one["first"] for one in several]).values_list("pk", "label"))
    groups = tuple(_group(principal, query, by, one, labels) for one in several)
    return QueueGroups(by, groups, single, len(ids) > LIST_LIMIT)


def _grouped(by: str, ids: Sequence[int]) -> tuple[list[dict[str, Any]], int]:
    """The groups of some disputes, one entry per currency, and how many have a single dispute.

    Of cases those of one dispute are groups too.
    """
    names = ("key", "label", "currency", "n", "asked", "oldest", "first", "buyers")
    with connection.cursor() as cursor:
        asked = {"by": by, "ids": list(ids), "least": 1 if by == CASE else 2}
        cursor.execute(sql.load("disputes.queue_groups"), asked)
        found = cursor.fetchall()
    return [dict(zip(names, row[1:], strict=True)) for row in found if row[1] is not None], found[0][0]


def _merged(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One entry per key, with the amounts of its currencies."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        amount = Money(row["asked"], row["currency"])
        kept = found.setdefault(row["key"], {**row, "n": 0, "amounts": []})
        kept["n"] += row["n"]
        kept["amounts"].append(amount)
        kept["oldest"] = min(kept["oldest"], row["oldest"])
        kept["first"] = min(kept["first"], row["first"])
        kept["buyers"] = max(kept["buyers"], row["buyers"])
    return list(found.values())


def _group(
    principal: Principal, query: QueueQuery, by: str, one: Mapping[str, Any], labels: Mapping[int, str]
) -> QueueGroup:
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
        key, label = labels[one["first"]], shown(number)
        narrowed = replace(query, caller=number, after="", before="")
    return QueueGroup(key, label, one["n"], amounts, one["buyers"], one["oldest"], narrowed)
