"""The charge log with its disputes: status, credit, and whether one can dispute, why not, and for how long."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
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
    charge_count,
    charge_counts,
    charge_facts,
    charge_log,
    charge_more,
    corrections_of,
    streamed_charges,
)
from makegood.billing.selectors.log_query import ANY_TIME
from makegood.disputes.eligibility import Verdict
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.open_charges import open_charges
from makegood.disputes.selectors.review_status import (
    StatusOption,
    disputed_as,
    follows_reviews,
    in_states,
    latest_last,
    plain_label,
    reviewed_as,
    with_status,
)
from makegood.disputes.selectors.reviews import ReviewFacts, review_of_charges
from makegood.disputes.selectors.rows import DisputeRow, credited_of, rows_of
from makegood.disputes.selectors.verdicts import verdicts
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED, Facts, Outcome, ReviewState, Stage, Word, word_of
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
    disputed, ``outcome`` its word for what a decision makes of the charge, where it has one. ``review`` is what one
    knows of a review that nobody asked for, where the program's word follows it. ``under_cost`` says that the button
    that files stands under the cost.
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
    review: ReviewFacts | None = None
    under_cost: bool = False

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
    """What a log is narrowed to: by its charges, by a review status, and by whether they can be disputed now.

    ``mark`` is a status of another vocabulary beside it (whether they are billed for), ``tag`` one of the tags that a
    finished review left, ``reason`` the code of what was claimed.
    """

    query: LogQuery
    status: StatusOption | None = None
    can: bool | None = None
    mark: StatusOption | None = None
    tag: str = ""
    reason: str = ""


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
    following = {pk for pk, said in settings.items() if follows_reviews(said)}
    asked = [charge.id for charge in charges if charge.program_id in following]
    reviews = review_of_charges(asked, principal) if asked else {}
    return [
        CallRow(
            charge=charge,
            dispute=disputes.get(charge.id),
            credited=_credited(charge, credited.get(charge.id)),
            verdict=said.get(charge.id),
            draft_id=drafts.get(charge.id),
            can_dispute=said[charge.id].can_submit if charge.id in said else None,
            action=_action(actions[charge.program_id], charge.noun),
            word=word_of(_reviewed(reviews.get(charge.id)), settings[charge.program_id]),
            outcome=_outcome(disputes.get(charge.id), settings[charge.program_id]),
            more=more.get(charge.id) if more else None,
            under_cost=bool(settings[charge.program_id].get("action_under_cost")),
            review=reviews.get(charge.id),
        )
        for charge in charges
    ]


def _reviewed(review: ReviewFacts | None) -> Facts:
    return Facts(review=review.state if review else None)


def _speaking(principal: Principal, charges: Mapping[int, ChargeFacts]) -> dict[int, DisputeRow]:
    """The dispute that speaks for each charge: the latest, a withdrawn one only where there is no other."""
    found = disputes_visible_to(principal).filter(charge_id__in=list(charges)).exclude(stage=Stage.DRAFT)
    return {row.charge.id: row for row in rows_of(principal, list(latest_last(found)), charges)}


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


def narrowed(principal: Principal, wanted: LogWanted) -> tuple[Q, Keep | None]:
    """The conditions of status and policy: what a statement can tell, and what is asked of the charges it finds."""
    named, asked = Q(), list[Keep]()
    for status in (wanted.status, wanted.mark):
        if status is not None:
            said, keep = with_status(principal, status, wanted.query.leads_of)
            named &= said
            asked += [keep] if keep else []
    if wanted.tag:
        named &= reviewed_as(in_states(principal, {ReviewState.DONE}) & Q(tags__contains=[wanted.tag]))
    if wanted.reason:
        named &= disputed_as(principal, Q(reason__code=wanted.reason))
    judged = can_be_disputed(principal, wanted)
    asked += [judged] if judged else []
    return named, _every(asked) if asked else None


def can_be_disputed(principal: Principal, wanted: LogWanted) -> Keep | None:
    """What tells whether charges can be disputed now, where that is asked for; None where nobody asks, or may."""
    if wanted.can is None or not principal.can(Verb.DISPUTE_CREATE):
        return None
    return _can if wanted.can else _can_not


def _can(ids: Sequence[int]) -> set[int]:
    return open_charges(ids)


def _can_not(ids: Sequence[int]) -> set[int]:
    return set(ids) - open_charges(ids)


def _every(asked: Sequence[Keep]) -> Keep:
    """Those that meet every condition; each is asked only of what the ones before it left."""

    def keep(ids: Sequence[int]) -> set[int]:
        kept = list(ids)
        for one in asked:
            found = one(kept) if kept else set()
            kept = [pk for pk in kept if pk in found]
        return set(kept)

    return keep


def call_log(principal: Principal, wanted: LogWanted) -> CallLog:
    """A page of the log."""
    named, keep = narrowed(principal, wanted)
    log = charge_log(principal, wanted.query, named, keep)
    rows = call_rows(principal, log.page.rows, log.more)
    files = principal.can(Verb.DISPUTE_CREATE)
    open_count = len(open_charges(log.newest)) if files and wanted.can is None else None
    whole = replace(log, page=Page(()))
    return CallLog(whole, log.page.with_rows(rows), open_count, log.has_more_than_counted or log.is_least)


def streamed_log(principal: Principal, wanted: LogWanted) -> Generator[CallRow, None, None]:
    """Everything the log is narrowed to, in its order, a few rows in memory at a time."""
    for rows in streamed_rows(principal, wanted):
        yield from rows


def streamed_rows(principal: Principal, wanted: LogWanted) -> Iterator[list[CallRow]]:
    """The same a few at a time."""
    for charges, more in streamed_charges(principal, wanted.query, *narrowed(principal, wanted)):
        yield call_rows(principal, charges, more)


def count_logs(principal: Principal, wanted: Sequence[LogWanted]) -> list[tuple[int, bool]]:
    """How many charges each of some logs is narrowed to, as its page says it: a count, and whether it is only the
    least. Those that a statement can tell are counted in one."""
    asked = [(replace(one.query, range=_said_range(one.query)), *narrowed(principal, one)) for one in wanted]
    together = [at for at, (query, _, keep) in enumerate(asked) if keep is None and query.range]
    found = dict(zip(together, charge_counts(principal, [asked[at][:2] for at in together]), strict=True))
    return [found[at] if at in found else charge_count(principal, *one) for at, one in enumerate(asked)]


def _said_range(query: LogQuery) -> str:
    """The range of a query; any time where it names a charge, and empty where it may still be widened."""
    return query.range or (ANY_TIME if query.looks_for_one else "")


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
    rows = rows_of(principal, list(found.order_by("-id")))
    return CallHistory(tuple(rows), tuple(corrections_of(principal, charge_id)))
