"""What every list of disputes shows of one: its word, its charge, asked and credited. Scope first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from makegood.billing.models import Charge
from makegood.billing.selectors import ChargeFacts, facts_of
from makegood.billing.selectors.facts import SHARED
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import WAITING, Facts, Outcome, Stage, Word, word_of
from makegood.kernel import sql
from makegood.kernel.money import Money
from makegood.kernel.pointed import Pointed
from makegood.kernel.prepared import fetch
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

PARTIES = (
    "reason",
    "program",
    "assignee",
    "submitted_by",
    "decided_by",
    "resolution",
)
WITH_PARTIES = Pointed(Dispute, *PARTIES, *(f"charge__{name}" for name in SHARED), without={Charge: ("raw",)})
"""Disputes with what their rows need, and without the source record of the charge."""
_AMOUNTS = frozenset({"id", "billed_micros", "payout_currency"})
_WITH_AMOUNTS = Pointed(
    Dispute,
    *PARTIES,
    "charge",
    without={Charge: [field.name for field in Charge._meta.concrete_fields if field.name not in _AMOUNTS]},
)
"""The same of charges whose facts are known."""
SHOWN = frozenset({Stage.RESOLVED, Stage.CLOSED})
"""Stages in which a decision is known to everybody concerned."""


@dataclass(frozen=True)
class Live:
    """What the ledger says of one dispute, in micros."""

    credit: int = 0
    tax: int = 0
    clawback: int = 0
    reversed: bool = False
    fee: bool = False
    non_billable: bool = False


@dataclass(frozen=True)
class DisputeRow:
    """One dispute as the principal may see it.

    ``outcome`` and ``decided`` stay empty until the decision is committed, except for deciders; ``clawback`` is for
    those who may see payouts.
    """

    id: int
    number: str
    version: int
    stage: Stage
    word: Word
    charge: ChargeFacts
    reason: str
    description: str
    asked: Money
    credited: Money | None
    decided: Money | None
    clawback: Money | None
    outcome: Outcome | None
    submitted_at: datetime | None
    submitted_by: str
    decided_at: datetime | None
    decided_by: str
    commit_after: datetime | None
    assignee: str
    is_mine: bool
    modified_at: datetime

    @property
    def is_waiting(self) -> bool:
        """Whether it can be decided now."""
        return self.stage in WAITING

    @property
    def number_only(self) -> str:
        """The number without its letter, as addresses carry it."""
        return self.number.removeprefix("D-")


def live_credits(dispute_ids: Sequence[int]) -> dict[int, Live]:
    """What the ledger says of some disputes; those without an adjustment are left out."""
    return {row[0]: Live(*row[1:]) for row in fetch(sql.load("disputes.live_credits"), {"ids": list(dispute_ids)})}


def credited_of(charge_ids: Sequence[int]) -> dict[int, int]:
    """How many micros of some charges are credited; charges never disputed are left out."""
    return {row[0]: row[1] for row in fetch(sql.load("disputes.charge_credits"), {"ids": list(charge_ids)})}


def word_for(dispute: Dispute, live: Live) -> Word:
    """The program's word for a dispute."""
    facts = Facts(
        stage=Stage(dispute.stage),
        outcome=Outcome(dispute.outcome) if dispute.outcome else None,
        live_micros=live.credit,
        billed_micros=dispute.charge.billed_micros,
        reversed=live.reversed,
        fee=live.fee,
        round=dispute.round,
        resolution=dispute.resolution.label if dispute.resolution else "",
        non_billable=live.non_billable,
    )
    return word_of(facts, dispute.program.settings)


def _staff_word(dispute: Dispute, word: Word) -> Word:
    """Deciders see more of a pending dispute: who reviews it, and that its undo window runs."""
    if dispute.stage == Stage.DECIDED:
        return Word("undo", f"{word.label}: undo window", word.badges)
    if dispute.stage == Stage.IN_REVIEW:
        return Word("in_review", word.label, word.badges)
    return word


def row_of(principal: Principal, dispute: Dispute, live: Live, charge: ChargeFacts | None = None) -> DisputeRow:
    """One dispute, with its charge and parties at hand, as the principal may see it; ``charge`` is its facts."""
    decides, pays = principal.can(Verb.DISPUTE_DECIDE), principal.can(Verb.PAYOUT_VIEW)
    told = decides or dispute.stage in SHOWN
    word = word_for(dispute, live)
    credited = Money(live.credit, dispute.currency) if dispute.stage in SHOWN else None
    return DisputeRow(
        id=dispute.pk,
        number=str(dispute),
        version=dispute.lock_version,
        stage=Stage(dispute.stage) if told or dispute.stage != Stage.DECIDED else Stage.PENDING,
        word=_staff_word(dispute, word) if decides else word,
        charge=charge or facts_of(principal, dispute.charge),
        reason=dispute.reason.label if dispute.reason else "",
        description=dispute.description,
        asked=Money(dispute.amount_micros, dispute.currency),
        credited=credited,
        decided=Money(dispute.decided_micros or 0, dispute.currency) if told and dispute.outcome else None,
        clawback=Money(live.clawback, dispute.charge.payout_currency) if pays else None,
        outcome=Outcome(dispute.outcome) if told and dispute.outcome else None,
        submitted_at=dispute.submitted_at,
        submitted_by=str(dispute.submitted_by or ""),
        decided_at=dispute.decided_at if told else None,
        decided_by=str(dispute.decided_by or "") if told else "",
        commit_after=dispute.commit_after if decides else None,
        assignee=str(dispute.assignee or "") if decides else "",
        is_mine=dispute.assignee_id == principal.id,
        modified_at=dispute.modified_at,
    )


def rows_of(
    principal: Principal, disputes: Sequence[Dispute], charges: Mapping[int, ChargeFacts] | None = None
) -> list[DisputeRow]:
    """The rows of disputes that came from a visible queryset; ``charges`` are facts that are known already."""
    (WITH_PARTIES if charges is None else _WITH_AMOUNTS).fill(disputes)
    live, known = live_credits([dispute.pk for dispute in disputes]), charges or {}
    return [
        row_of(principal, dispute, live.get(dispute.pk, Live()), known.get(dispute.charge_id)) for dispute in disputes
    ]


def latest_by_charge(principal: Principal, charge_ids: Sequence[int]) -> dict[int, DisputeRow]:
    """The latest dispute of each charge, drafts and withdrawn ones left out."""
    quiet = [Stage.DRAFT, Stage.WITHDRAWN]
    found = disputes_visible_to(principal).filter(charge_id__in=charge_ids).exclude(stage__in=quiet)
    rows = rows_of(principal, list(found.order_by("id")))
    return {row.charge.id: row for row in rows}
