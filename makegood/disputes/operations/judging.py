"""The one statement that judges decisions under lock, places their holds and opens their undo windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from makegood.disputes.operations.batch import fetch
from makegood.disputes.selectors.effects import judgement_parameters
from makegood.disputes.selectors.refusals import refusal_of
from makegood.journal.operations import actor_parameters
from makegood.kernel import clock, sql
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal

ADJUST = "adjust"
"""The kind of a decision whose outcome follows from its amount."""


@dataclass(frozen=True)
class Spoken:
    """A decision as the statement takes it: kind (a DecisionKind or ``adjust``), micros where the kind has them.

    ``window`` is the undo window in seconds; ``may_part`` whether the program offers a part.
    """

    dispute_id: int
    kind: str
    micros: int | None
    note: str
    findings: Sequence[int] = ()
    version: int | None = None
    clawback_micros: int | None = None
    window: int = 0
    may_part: bool = True


def judge(principal: Principal, batch: Sequence[Spoken], label: str, *, told: bool = True) -> list[Answer]:
    """Judge and hold. Answers carry ``number``, ``decided_micros``, ``currency``, ``commit_after``, ``version``.

    ``told`` says whether the journal hears of the decision now.
    """
    now = clock.now()
    rows = fetch(
        sql.load("disputes.decide"),
        {
            "dispute_ids": [one.dispute_id for one in batch],
            "kinds": [one.kind for one in batch],
            "micros": [one.micros for one in batch],
            "clawbacks": [one.clawback_micros for one in batch],
            "may_parts": [one.may_part for one in batch],
            "notes": [one.note.strip() for one in batch],
            "findings": ["{" + ",".join(map(str, one.findings)) + "}" for one in batch],
            "versions": [one.version for one in batch],
            "commit_afters": [now + timedelta(seconds=one.window) for one in batch],
            "batch": label,
            "told": told,
            **judgement_parameters(principal),
            **actor_parameters(principal),
            "at": now,
        },
    )
    return [_answer(row, principal.max_decision_micros) for row in rows]


def _answer(row: tuple[Any, ...], limits: Mapping[str, int]) -> Answer:
    ordinal, dispute_id, label, code, stage, asked, decided, remaining, *rest = row
    clawback_left, currency, payout_currency, commit_after, version = rest
    if not code:
        data = {
            "number": label,
            "decided_micros": decided,
            "currency": currency,
            "commit_after": commit_after,
            "version": version,
        }
        return Answer(ordinal - 1, ok=True, id=dispute_id, data=data)
    refusal = refusal_of(
        code,
        number=label or "This dispute",
        stage=stage or "",
        currency=currency or "USD",
        asked=asked or 0,
        remaining=remaining or 0,
        limit=limits.get(currency or "", 0),
        payout_currency=payout_currency or "USD",
        clawback_left=clawback_left or 0,
    )
    return Answer.refused(ordinal - 1, refusal, id=dispute_id)
