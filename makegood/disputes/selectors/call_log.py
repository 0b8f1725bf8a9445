"""The charge log with its disputes: status, credit, and whether one can dispute, why not, and for how long."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from makegood.billing.selectors import (
    ChargeFacts,
    ChargeMore,
    Correction,
    Keep,
    LogPage,
    LogQuery,
    charge_facts,
    charge_log,
    charge_more,
    corrections_of,
    streamed_charges,
)
from makegood.disputes.eligibility import Verdict
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.open_charges import open_charges
from makegood.disputes.selectors.review_status import StatusOption, latest_last, plain_label, with_status
from makegood.disputes.selectors.rows import DisputeRow, credited_of, rows_of, with_parties, with_shared_parties
from makegood.disputes.selectors.verdicts import verdicts
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED, Facts, Outcome, Stage, Word, word_of
from makegood.kernel.money import Money
from makegood.kernel.paging import Page
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.states import Verb

DECIDED = [Stage.RESOLVED, Stage.CLOSED]
STATUSES: dict[str, Q] = {
    "pending": Q(stage__in=[*UNDECIDED, Stage.DECIDED]),
    "accepted": Q(stage__in=DECIDED, outcome=Outcome.ACCEPTED),
    "accepted_partial": Q(stage__in=DECIDED, outcome=Outcome.ACCEPTED_PARTIAL),
    "rejected": Q(stage__in=DECIDED, outcome=Outcome.REJECTED),
    "withdrawn": Q(stage=Stage.WITHDRAWN),
}
"""The words that lists of disputes are narrowed by, whatever words a program shows."""


@dataclass(frozen=True)
class CallRow:
    """A charge, its latest dispute, what was credited, and what the policy says now.

    ``can_dispute`` is None for people who do not file disputes. ``word`` is the program's word for a charge that nobody
    disputed, ``outcome`` its word for what a decision makes of the charge, where it has one.
    """

    charge: ChargeFacts
    dispute: DisputeRow | None
    credited: Money | None
    verdict: Verdict | None
    draft_id: int | None
    can_dispute: bool | None
    action: str = "Dispute"
    word: Word | None = None
    outcome: str = ""
    more: ChargeMore | None = None

    @property
    def why(self) -> str:
        """Why the charge cannot be disputed, or what to know before; one sentence."""
        headline = self.verdict.headline if self.verdict else None
        return headline.message if headline else ""

    @property
    def would_pass_if(self) -> str:
        """What would have made the difference."""
        headline = self.verdict.headline if self.verdict else None
        return headline.would_pass_if if headline else ""

    @property
    def closes_at(self) -> datetime | None:
        """Until when it can be disputed."""
        return self.verdict.closes_at if self.verdict and self.can_dispute else None

    @property
    def status(self) -> str:
        """Its review status as people read it."""
        word = self.dispute.word if self.dispute else self.word
        return plain_label(word) if word else ""


@dataclass(frozen=True)
class CallLog:
    """One page of the log, and how many of its newest charges can still be disputed (None: the person does not file).

    With ``open_is_least`` older ones were not counted.
    """

    log: LogPage
    page: Page[CallRow]
    open_count: int | None
    open_is_least: bool = False


@dataclass(frozen=True)
class LogWanted:
    """What a log is narrowed to: by its charges, by a review status, and by whether they can be disputed now."""

    query: LogQuery
    status: StatusOption | None = None
    can: bool | None = None


def call_rows(
    principal: Principal, charges: Sequence[ChargeFacts], more: Mapping[int, ChargeMore] | None = None
) -> list[CallRow]:
    """Charges that came from a scoped read, with disputes, credits and verdicts, in the same order."""
    ids = [charge.id for charge in charges]
    disputes = _speaking(principal, {charge.id: charge for charge in charges})
    credited = credited_of(ids)
    files = principal.can(Verb.DISPUTE_CREATE)
    said = verdicts(ids) if files and ids else {}
    drafts = _drafts(principal, ids) if files else {}
    settings = _settings({charge.program_id for charge in charges})
    actions = {pk: DisputeSettings.of(said).action for pk, said in settings.items()}
    untold = {pk: word_of(Facts(), said) for pk, said in settings.items()}
    return [
        CallRow(
            charge=charge,
            dispute=disputes.get(charge.id),
            credited=_credited(charge, credited.get(charge.id)),
            verdict=said.get(charge.id),
            draft_id=drafts.get(charge.id),
            can_dispute=said[charge.id].can_submit if charge.id in said else None,
            action=_action(actions[charge.program_id], charge.noun),
            word=untold[charge.program_id],
            outcome=_outcome(disputes.get(charge.id), settings[charge.program_id]),
            more=more.get(charge.id) if more else None,
        )
        for charge in charges
    ]


def _speaking(principal: Principal, charges: Mapping[int, ChargeFacts]) -> dict[int, DisputeRow]:
    """The dispute that speaks for each charge: the latest, a withdrawn one only where there is no other."""
    found = disputes_visible_to(principal).filter(charge_id__in=list(charges)).exclude(stage=Stage.DRAFT)
    return {row.charge.id: row for row in rows_of(principal, list(latest_last(with_shared_parties(found))), charges)}


def _action(said: str, noun: str) -> str:
    """The program's words; where they name a call, every other kind goes by its own noun."""
    return f"{said.removesuffix('call')}{noun}" if said.endswith(" call") else said


def _outcome(dispute: DisputeRow | None, settings: Mapping[str, Any]) -> str:
    told = dispute is not None and dispute.outcome is not None and dispute.stage in DECIDED
    return str(settings.get("outcome_words", {}).get(dispute.outcome, "")) if dispute and told else ""


def _credited(charge: ChargeFacts, micros: int | None) -> Money | None:
    return Money(micros, charge.charged.currency) if micros is not None and charge.charged else None


def _drafts(principal: Principal, charge_ids: Collection[int]) -> dict[int, int]:
    own = disputes_visible_to(principal).filter(stage=Stage.DRAFT, charge_id__in=charge_ids)
    return dict(own.values_list("charge_id", "id"))


def _settings(program_ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    return dict(Program.objects.filter(pk__in=program_ids).values_list("pk", "settings"))


def _narrowed(principal: Principal, wanted: LogWanted) -> tuple[Q, Keep | None]:
    """The conditions of status and policy: what a statement can tell, and what is asked of the charges it finds."""
    named, worded = with_status(principal, wanted.status) if wanted.status else (Q(), None)
    if wanted.can is None or not principal.can(Verb.DISPUTE_CREATE):
        return named, worded

    def keep(ids: Sequence[int]) -> set[int]:
        kept = worded(ids) if worded else set(ids)
        can = open_charges(ids)
        return kept & can if wanted.can else kept - can

    return named, keep


def call_log(principal: Principal, wanted: LogWanted) -> CallLog:
    """A page of the log."""
    named, keep = _narrowed(principal, wanted)
    log = charge_log(principal, wanted.query, named, keep)
    rows = call_rows(principal, log.page.rows, log.more)
    files = principal.can(Verb.DISPUTE_CREATE)
    open_count = len(open_charges(log.newest)) if files and wanted.can is None else None
    whole = replace(log, page=Page(()))
    return CallLog(whole, log.page.with_rows(rows), open_count, log.has_more_than_counted or log.is_least)


def streamed_log(principal: Principal, wanted: LogWanted) -> Generator[CallRow, None, None]:
    """Everything the log is narrowed to, in its order, a few rows in memory at a time."""
    for charges, more in streamed_charges(principal, wanted.query, *_narrowed(principal, wanted)):
        yield from call_rows(principal, charges, more)


def call_row(principal: Principal, charge_id: int) -> CallRow:
    """One charge. Raises NotFound for one that does not exist or is out of scope."""
    more = {charge_id: charge_more(principal, charge_id)}
    return call_rows(principal, (charge_facts(principal, charge_id),), more)[0]


@dataclass(frozen=True)
class CallHistory:
    """What became of a charge: its disputes, the latest first, and the versions before and after it."""

    disputes: tuple[DisputeRow, ...]
    corrections: tuple[Correction, ...]


def history_of(principal: Principal, charge_id: int) -> CallHistory:
    """Every dispute of a charge but drafts, and its corrections. The caller has scoped the charge."""
    found = disputes_visible_to(principal).filter(charge_id=charge_id).exclude(stage=Stage.DRAFT)
    rows = rows_of(principal, list(with_parties(found).order_by("-id")))
    return CallHistory(tuple(rows), tuple(corrections_of(principal, charge_id)))
