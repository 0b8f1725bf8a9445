"""What decisions would do, computed by the statement's own judgement before anything is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from makegood.disputes.entries import DecisionItem, Signing, Spoken
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.lifecycle import stages_for
from makegood.disputes.selectors.refusals import refusal_of
from makegood.disputes.selectors.visible import visible_ids
from makegood.disputes.states import DecisionKind
from makegood.kernel import prepared, sql
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb


@dataclass(frozen=True)
class EffectLine:
    """What one decision would do. Amounts in micros; ``clawback`` and ``payout`` in ``payout_currency``.

    ``code`` and ``message`` are empty when the decision may go on.
    """

    ordinal: int
    dispute_id: int
    number: str
    code: str
    message: str
    stage: str
    currency: str
    payout_currency: str
    asked_micros: int
    remaining_micros: int
    billed_micros: int
    credited_micros: int
    payout_micros: int
    clawed_micros: int
    credit_micros: int
    tax_micros: int
    clawback_micros: int
    customer: str
    vendor: str
    reason: str

    @property
    def number_only(self) -> str:
        """The number without its letter, as addresses carry it."""
        return self.number.removeprefix("D-")

    @property
    def same_currency(self) -> bool:
        """Whether a margin can be named at all: two currencies are never added."""
        return self.currency == self.payout_currency

    @property
    def margin_before(self) -> int:
        """What the operator keeps of the call now (only with one currency)."""
        return self.billed_micros - self.credited_micros - (self.payout_micros - self.clawed_micros)

    @property
    def margin_change(self) -> int:
        """What the decision does to it: less revenue, less payout."""
        return self.clawback_micros - self.credit_micros


@dataclass(frozen=True)
class Effects:
    """The preview of a batch of decisions; a line with a code would be refused."""

    lines: tuple[EffectLine, ...]


def judgement_parameters(principal: Principal, signing: Signing | None = None) -> Mapping[str, Any]:
    """The bound parameters that the part ``disputes.decision_judgement`` asks for; ``signing`` as in ``judging``."""
    return {
        "allowed_stages": sorted(stages_for(Step.ACCEPT)),
        "author": signing.author if signing else principal.id,
        "signing": signing is not None,
        "limits": json.dumps(principal.max_decision_micros),
        "over_limit": principal.can(Verb.DISPUTE_DECIDE_OVER_LIMIT),
        "person": principal.is_person,
    }


def effects(principal: Principal, *, items: Sequence[DecisionItem]) -> Effects:
    """What ``decide`` and the commit after it would do with ``items``; writes nothing. Out of scope: NOT_FOUND."""
    seen = visible_ids(principal, (item.dispute_id for item in items))
    asked = [item for item in items if item.dispute_id in seen]
    lines = weighed(principal, [_spoken(item) for item in asked])
    missing = [item for item in items if item.dispute_id not in seen]
    return Effects(tuple(lines + [_absent(len(lines) + n, item) for n, item in enumerate(missing)]))


def _spoken(item: DecisionItem) -> Spoken:
    clawback = None if item.kind is DecisionKind.REJECT else item.clawback_micros
    return Spoken(item.dispute_id, item.kind.value, item.micros, "", version=item.version, clawback_micros=clawback)


def weighed(principal: Principal, batch: Sequence[Spoken], signing: Signing | None = None) -> list[EffectLine]:
    """What the statement that decides would do with what reaches it, in its order. The caller has scoped the disputes.

    Their ``ordinal`` is the place in ``batch``.
    """
    rows = prepared.fetch_for(
        len(batch),
        sql.load("disputes.effects"),
        {
            "dispute_ids": [one.dispute_id for one in batch],
            "kinds": [one.kind for one in batch],
            "micros": [one.micros for one in batch],
            "clawbacks": [one.clawback_micros for one in batch],
            "may_parts": [one.may_part for one in batch],
            "versions": [one.version for one in batch],
            **judgement_parameters(principal, signing),
        },
    )
    return [_line(row, principal) for row in rows]


def _line(row: tuple[object, ...], principal: Principal) -> EffectLine:
    ordinal, dispute_id, number, code, stage, *rest = row
    line = EffectLine(int(str(ordinal)) - 1, dispute_id, number, code, "", stage, *rest)  # type: ignore[arg-type]
    if not line.code:
        return line
    refusal = refusal_of(
        line.code,
        number=line.number,
        stage=line.stage,
        currency=line.currency,
        asked=line.asked_micros,
        remaining=line.remaining_micros,
        limit=principal.alone(line.currency) or 0,
        payout_currency=line.payout_currency,
        clawback_left=line.payout_micros - line.clawed_micros if line.vendor else 0,
    )
    return replace(line, code=refusal.code, message=refusal.message)


def _absent(ordinal: int, item: DecisionItem) -> EffectLine:
    error = NotFound()
    return EffectLine(
        ordinal, item.dispute_id, "", error.code, error.message, "", "", "", 0, 0, 0, 0, 0, 0, 0, 0, 0, "", "", ""
    )
