"""Decisions that wait for a second signature: what they would do, and who may answer them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from makegood.disputes import errors
from makegood.disputes.entries import DecisionItem, HeardItem, Signing, Spoken
from makegood.disputes.models import Dispute, Finding, Recommendation
from makegood.disputes.policy.afterward import Rounds
from makegood.disputes.selectors.deciders import decided_last_round
from makegood.disputes.selectors.effects import EffectLine, weighed
from makegood.disputes.selectors.heard import clock_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionKind, RecommendationState
from makegood.kernel.errors import Refusal
from makegood.kernel.paging import Key, Page, page_of, place_of
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

SIZE = 50
OLDEST_FIRST = (Key("id"),)


@dataclass(frozen=True)
class Noted:
    """A finding of a decision; ``at`` is the second it is heard at, such as ``0:41`` (empty: none was noted)."""

    code: str
    label: str
    at: str = ""
    start_ms: int | None = None


@dataclass(frozen=True)
class WhyNot:
    """What keeps somebody from signing: the code of a refusal, and its sentence."""

    code: str
    message: str


@dataclass(frozen=True)
class RecommendationRow:
    """A decision that waits, was signed or was declined.

    ``effect`` is what it would do now (None where it does not wait any more), ``why_not`` why the reader cannot sign it
    (None: they can), ``is_own`` that they made it. Amounts in micros of ``currency``.
    """

    public_id: str
    dispute_id: int
    number: str
    dispute_public_id: str
    charge_id: int
    program: str
    program_id: int
    customer: str
    reason: str
    kind: DecisionKind
    credit_micros: int
    clawback_micros: int | None
    currency: str
    asked_micros: int
    note: str
    findings: tuple[Noted, ...]
    author_id: int
    author: str
    at: datetime
    state: RecommendationState
    answered_by: str
    answered_at: datetime | None
    cause: str
    decision_id: int | None
    effect: EffectLine | None
    why_not: WhyNot | None
    is_own: bool

    @property
    def number_only(self) -> str:
        """The number without its letter, as addresses carry it."""
        return self.number.removeprefix("D-")

    @property
    def is_waiting(self) -> bool:
        """Whether nobody answered it yet."""
        return self.state is RecommendationState.WAITING


def recommendations_waiting(principal: Principal) -> QuerySet[Recommendation]:
    """What waits on disputes in scope, in no order; nothing for those who do not decide."""
    return _with_parties(_visible_to(principal).filter(state=RecommendationState.WAITING))


def _visible_to(principal: Principal) -> QuerySet[Recommendation]:
    """The recommendations on disputes in scope, for those who decide; for anybody else there are none."""
    if not principal.can(Verb.DISPUTE_DECIDE):
        return Recommendation.objects.none()
    return Recommendation.objects.filter(dispute__in=disputes_visible_to(principal))


def _with_parties(rows: QuerySet[Recommendation]) -> QuerySet[Recommendation]:
    return rows.select_related("dispute__program", "dispute__customer", "dispute__reason", "by", "answered_by")


def waiting(
    principal: Principal, *, after: str = "", before: str = "", own: bool | None = None
) -> Page[RecommendationRow]:
    """What waits for a signature, oldest first; ``own`` leaves one's own in (True) or out (False), None takes all.

    Somebody who may not decide has none.
    """
    rows = recommendations_waiting(principal)
    if own is not None:
        rows = rows.filter(by=principal.id) if own else rows.exclude(by=principal.id)
    page = page_of(rows, OLDEST_FIRST, place_of(after, before, OLDEST_FIRST), SIZE)
    return page.with_rows(tuple(rows_of(principal, page.rows)))


def to_sign_up_to(principal: Principal, limit: int) -> QuerySet[Recommendation, Any]:
    """What waits for this person to sign, as far as limits say; ``limit`` + 1 at most, to be counted beside others."""
    rows = _visible_to(principal).filter(within_limits(principal), state=RecommendationState.WAITING)
    return rows.exclude(by=principal.id).order_by().values_list("pk")[: limit + 1]


def within_limits(principal: Principal) -> Q:
    """The recommendations that a person's limits cover; a currency left out is nothing."""
    if not principal.has_limit:
        return Q()
    covered = Q(credit_micros__lte=0)
    for currency, most in principal.max_decision_micros.items():
        covered |= Q(dispute__currency=currency, credit_micros__lte=most)
    return covered


def recommendation_of(principal: Principal, dispute_id: int) -> RecommendationRow | None:
    """The newest recommendation of a dispute, in whatever state; None where there is none, or none to know of."""
    rows = _with_parties(_visible_to(principal).filter(dispute=dispute_id)).order_by("-id")[:1]
    return next(iter(rows_of(principal, list(rows))), None)


def recommendation_called(principal: Principal, public_id: str) -> RecommendationRow | None:
    """The recommendation of that public id; None for one that is not there or not in scope."""
    rows = _with_parties(_visible_to(principal).filter(public_id=public_id))
    return next(iter(rows_of(principal, list(rows))), None)


def as_decision(row: Recommendation) -> DecisionItem:
    """The decision that waits, as its author made it, of the version of the dispute it stands on."""
    return DecisionItem(
        row.dispute_id,
        DecisionKind(row.kind),
        row.micros,
        row.note,
        tuple(row.findings),
        row.version,
        row.clawback_micros,
        tuple(HeardItem(**one) for one in row.heard),
    )


def signing_of(row: Recommendation) -> Signing:
    """Whose decision it is."""
    return Signing(row.by_id or 0, str(row.by))


def why_not_sign(principal: Principal, row: Recommendation, line: EffectLine | None = None) -> WhyNot | None:
    """What keeps the principal from signing it, by what stands now; None where nothing does.

    ``line`` is what the decision comes to for the principal, where it was weighed already.
    """
    refusal = _refusal(principal, row)
    if refusal is not None:
        return WhyNot(refusal.code, refusal.message)
    line = line or weighed(principal, [_spoken(row)], signing_of(row))[0]
    if line.code == errors.VersionMismatch.code or (not line.code and line.credit_micros != row.credit_micros):
        stale = errors.RecommendationStale(number=str(row.dispute))
        return WhyNot(stale.code, stale.message)
    return WhyNot(line.code, line.message) if line.code else None


def _refusal(principal: Principal, row: Recommendation) -> Refusal | None:
    number = str(row.dispute)
    if row.state != RecommendationState.WAITING:
        return errors.AlreadyAnswered(number=number, state=str(row.state))
    if principal.id is None:
        return errors.PersonRequired()
    if row.by_id == principal.id:
        return errors.OwnRecommendation(number=number)
    if decided_last_round(principal, row.dispute) and Rounds.of(row.dispute.program.settings).other_reviewer:
        return errors.OtherReviewer(number=number)
    return None


def _spoken(row: Recommendation) -> Spoken:
    return Spoken(row.dispute_id, row.kind, row.micros, "", version=row.version, clawback_micros=row.clawback_micros)


def rows_of(principal: Principal, rows: Sequence[Recommendation]) -> list[RecommendationRow]:
    """The same as the reader may know them. The caller has scoped them."""
    lines = _lines(principal, [row for row in rows if row.state == RecommendationState.WAITING])
    labels = _labels(rows)
    return [_row(principal, row, lines.get(row.pk), labels) for row in rows]


def _lines(principal: Principal, rows: Sequence[Recommendation]) -> dict[int, tuple[EffectLine, EffectLine]]:
    """What each would do, and what of it the principal may sign."""
    lifted = replace(principal, verbs=principal.verbs | {Verb.DISPUTE_DECIDE_OVER_LIMIT})
    found: dict[int, tuple[EffectLine, EffectLine]] = {}
    for author in {row.by_id for row in rows}:
        mine = [row for row in rows if row.by_id == author]
        spoken = [_spoken(row) for row in mine]
        done = weighed(lifted, [replace(one, version=None) for one in spoken], signing_of(mine[0]))
        may = weighed(principal, spoken, signing_of(mine[0]))
        found |= {row.pk: (one, own) for row, one, own in zip(mine, done, may, strict=True)}
    return found


def _labels(rows: Iterable[Recommendation]) -> Mapping[tuple[int, str], str]:
    known = Finding.objects.filter(program__in={row.dispute.program_id for row in rows})
    return {(program, code): label for program, code, label in known.values_list("program", "code", "label")}


def _noted(row: Recommendation, labels: Mapping[tuple[int, str], str]) -> tuple[Noted, ...]:
    program = row.dispute.program_id
    timed = tuple(
        Noted(
            one["finding"],
            labels.get((program, one["finding"]), one["finding"]),
            clock_of(one["start_ms"]),
            one["start_ms"],
        )
        for one in sorted(row.heard, key=lambda one: one["start_ms"])
    )
    heard = {one.code for one in timed}
    return timed + tuple(Noted(code, labels.get((program, code), code)) for code in row.findings if code not in heard)


def _row(
    principal: Principal,
    row: Recommendation,
    lines: tuple[EffectLine, EffectLine] | None,
    labels: Mapping[tuple[int, str], str],
) -> RecommendationRow:
    dispute: Dispute = row.dispute
    return RecommendationRow(
        public_id=row.public_id,
        dispute_id=dispute.pk,
        number=str(dispute),
        dispute_public_id=dispute.public_id,
        charge_id=dispute.charge_id,
        program=dispute.program.name,
        program_id=dispute.program_id,
        customer=dispute.customer.name,
        reason=dispute.reason.label if dispute.reason else "",
        kind=DecisionKind(row.kind),
        credit_micros=row.credit_micros,
        clawback_micros=row.clawback_micros,
        currency=dispute.currency,
        asked_micros=dispute.amount_micros,
        note=row.note,
        findings=_noted(row, labels),
        author_id=row.by_id or 0,
        author=str(row.by),
        at=row.at,
        state=RecommendationState(row.state),
        answered_by=str(row.answered_by or ""),
        answered_at=row.answered_at,
        cause=row.cause,
        decision_id=row.decision_id,
        effect=lines[0] if lines else None,
        why_not=why_not_sign(principal, row, lines[1] if lines else None),
        is_own=row.by_id == principal.id,
    )
