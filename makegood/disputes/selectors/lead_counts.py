"""Leads counted where they lie: one statement groups them by all that words, tags and metrics are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from makegood.billing.models import Charge
from makegood.billing.selectors import charges_visible_to
from makegood.billing.selectors.log_query import ANY_TIME, LogQuery, channel_word, filtered
from makegood.disputes.selectors.call_log import LogWanted, can_be_disputed
from makegood.disputes.selectors.visible import disputes_visible_to, is_outside
from makegood.disputes.states import Facts, Outcome, ReviewState, Stage
from makegood.kernel import clock, sql
from makegood.kernel.subselects import subselect
from makegood.parties.entries import Principal

MONTH = timedelta(days=30)
JUDGED = 2_000
"""So many leads at a time are asked whether they can be disputed now."""
_WHOLE = 2
_LEAD = ("pk", "occurred_at", "lead_channel", "subkind", "campaign_id", "billed_micros")
_OWN = ("pk", "charge_id", "stage", "outcome", "round", "reason_id")


@dataclass(frozen=True)
class LeadCount:
    """So many leads that are alike in all of this; ``campaign_id`` is None without a campaign, ``code`` empty without a
    dispute that stands. They count at any time, in the last 30 days, and in the range of the query."""

    facts: Facts
    review: ReviewState | None
    tags: tuple[str, ...]
    code: str
    reason: str
    channel: str
    campaign_id: int | None
    campaign: str
    every: int
    month: int
    ranged: int


def lead_counts(principal: Principal, wanted: LogWanted) -> Iterator[LeadCount]:
    """The leads of a query whatever its range, grouped; of its conditions on disputes and reviews none is asked but
    whether they can be disputed now."""
    query = wanted.query
    every = filtered(charges_visible_to(principal), replace(query, range=ANY_TIME, first=None, last=None))
    judged = can_be_disputed(principal, wanted)
    if judged is None:
        yield from _grouped(principal, every, query)
        return
    for ids in _chunks(every):
        yield from _grouped(principal, every.filter(pk__in=judged(ids)), query)


def _chunks(leads: QuerySet[Charge]) -> Iterator[Sequence[int]]:
    """The ids of leads, a few at a time."""
    last = 0
    while ids := list(leads.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:JUDGED]):
        yield ids
        last = ids[-1]


def _grouped(principal: Principal, leads: QuerySet[Charge], query: LogQuery) -> Iterator[LeadCount]:
    seen = disputes_visible_to(principal)
    seen = seen if query.leads_of is None else seen.filter(program__in=query.leads_of)
    parts = {
        "leads": subselect(leads, _LEAD, "lead"),
        "own": subselect(seen.exclude(stage=Stage.DRAFT), _OWN, "own"),
        "told": subselect(seen, ("pk",), "told"),
    }
    if parts["leads"] is None:
        return
    fragments = {name: part.sql if part else _NONE[name] for name, part in parts.items()}
    params = {key: value for part in parts.values() if part for key, value in part.params.items()}
    params |= {
        "month": clock.now() - MONTH, "since": query.since, "until": query.until, "outside": is_outside(principal),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql.spliced("disputes.lead_counts", fragments), params)
        rows = cursor.fetchall()
    for row in rows:
        yield _count(row)


_NONE = {"own": "SELECT NULL::bigint, NULL::bigint, '', '', 0, NULL::bigint WHERE false", "told": "NULL"}
"""In the place of a list that can have no rows."""


def _count(row: tuple[Any, ...]) -> LeadCount:
    stage, outcome, live, turned, fee, again, free, state, tags, code, label, channel, subkind, campaign, name = row[
        :15
    ]
    review = ReviewState(state) if state else None
    facts = (
        Facts(review=review)
        if stage is None
        else Facts(
            Stage(stage), Outcome(outcome) if outcome else None, live, _WHOLE, reversed=turned, fee=fee,
            round=2 if again else 1, non_billable=free,
        )
    )  # fmt: skip
    return LeadCount(facts, review, tuple(tags), code, label, channel_word(channel, subkind), campaign, name, *row[15:])
