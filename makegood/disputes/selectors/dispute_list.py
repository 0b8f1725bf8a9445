"""Disputes in scope by what a program asks for. What the caller may not know yet is not found by it either."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from makegood.disputes.models import Dispute, SlaClock
from makegood.disputes.selectors.call_log import STATUSES
from makegood.disputes.selectors.rows import SHOWN
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import ClockKind, ClockOutcome, Stage
from makegood.kernel.paging import Key
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

ORDER = (Key("id", descending=True),)
WORDS: dict[str, Q] = {**STATUSES, "closed": Q(stage=Stage.CLOSED, outcome__isnull=True)}
"""The status words that lists are narrowed by, whatever words a program shows."""
MINE = "me"


@dataclass(frozen=True)
class DisputeFilter:
    """What a list is narrowed by; empty and None mean any. Amounts in micros, of ``currency`` where it is named.

    ``assignee`` is a person's id or ``me``. It and ``due_before`` are asked by those who decide.
    """

    status: str = ""
    stage: str = ""
    outcome: str = ""
    customer: int | None = None
    vendor: int | None = None
    program: str = ""
    reason: str = ""
    charge: int | None = None
    submission: str = ""
    number: str = ""
    assignee: str = ""
    due_before: datetime | None = None
    submitted_from: datetime | None = None
    submitted_to: datetime | None = None
    min_micros: int | None = None
    max_micros: int | None = None
    currency: str = ""


def disputes_like(principal: Principal, wanted: DisputeFilter) -> QuerySet[Dispute]:
    """The disputes in scope that a filter names, drafts left out. Raises NotPermitted."""
    if wanted.assignee or wanted.due_before:
        demand(principal, Verb.DISPUTE_DECIDE)
    if wanted.vendor is not None:
        demand(principal, Verb.PAYOUT_VIEW)
    found = disputes_visible_to(principal).exclude(stage=Stage.DRAFT).filter(_plain(wanted))
    if wanted.status:
        found = found.filter(WORDS[wanted.status])
    if wanted.stage:
        found = found.filter(stage__in=_stages(principal, Stage(wanted.stage)))
    if wanted.outcome:
        told = Q() if principal.can(Verb.DISPUTE_DECIDE) else Q(stage__in=SHOWN)
        found = found.filter(told, outcome=wanted.outcome)
    if wanted.assignee:
        found = found.filter(assignee=principal.id if wanted.assignee == MINE else int(wanted.assignee))
    if wanted.due_before is not None:
        found = found.filter(_due(wanted.due_before))
    return found


def _plain(wanted: DisputeFilter) -> Q:
    named = {
        "customer": wanted.customer,
        "charge__vendor": wanted.vendor,
        "program__key": wanted.program or None,
        "reason__code": wanted.reason or None,
        "charge": wanted.charge,
        "submission__public_id": wanted.submission or None,
        "label": wanted.number.upper() or None,
        "submitted_at__gte": wanted.submitted_from,
        "submitted_at__lt": wanted.submitted_to,
        "currency": wanted.currency or None,
        "amount_micros__gte": wanted.min_micros,
        "amount_micros__lte": wanted.max_micros,
    }
    return Q(**{name: value for name, value in named.items() if value is not None})


def _stages(principal: Principal, stage: Stage) -> list[Stage]:
    """The stages that read like one: who does not decide takes a decision that waits for a review."""
    if principal.can(Verb.DISPUTE_DECIDE):
        return [stage]
    return {Stage.DECIDED: [], Stage.IN_REVIEW: [Stage.IN_REVIEW, Stage.DECIDED]}.get(stage, [stage])


def _due(before: datetime) -> Exists:
    running = SlaClock.objects.filter(dispute=OuterRef("pk"), outcome=ClockOutcome.RUNNING, paused_at__isnull=True)
    return Exists(running.filter(target_at__lt=before).exclude(kind=ClockKind.INFO))
