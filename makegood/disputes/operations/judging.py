"""The one statement that judges decisions under lock, places their holds and opens their undo windows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction

from makegood.disputes.entries import Signing, Spoken
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.lifecycle import row_of
from makegood.disputes.locks import hold_still
from makegood.disputes.operations.commit import committed, committing
from makegood.disputes.selectors.effects import judgement_parameters
from makegood.disputes.selectors.refusals import refusal_of
from makegood.journal.operations import actor_parameters
from makegood.kernel import clock, sql
from makegood.kernel.answers import Answer
from makegood.kernel.prepared import Call, Rows, fetch_for, fetch_together
from makegood.parties.entries import Principal

ADJUST = "adjust"
"""The kind of a decision whose outcome follows from its amount."""


def judge(
    principal: Principal, batch: Sequence[Spoken], label: str, *, told: bool = True, signing: Signing | None = None
) -> list[Answer]:
    """Judge and hold. Answers carry ``number``, ``decided_micros``, ``currency``, ``commit_after``, ``version``.

    ``told`` says whether the journal hears of the decision now, ``signing`` whose decision the principal signs.
    """
    statement = judging(principal, batch, label, told=told, signing=signing)
    with _standing_still(principal, batch):
        return judged(principal, fetch_for(len(batch), *statement))


@contextmanager
def _standing_still(principal: Principal, batch: Sequence[Spoken]) -> Iterator[None]:
    """For somebody with a limit, what they credited before counts; it is read when nobody else moves it any more."""
    if not principal.has_limit:
        yield
        return
    with transaction.atomic():
        hold_still(one.dispute_id for one in batch)
        yield


def judge_and_commit(
    principal: Principal,
    batch: Sequence[Spoken],
    label: str,
    *,
    told: bool = True,
    said: Mapping[str, Any] | None = None,
    signing: Signing | None = None,
) -> tuple[list[Answer], list[Answer]]:
    """Judge, and commit what has no undo window, in one transaction and in one go; for few, whose accounts are open.

    ``said`` is what ``commit`` is told besides. Answers are those of both.
    """
    at_once = [one.dispute_id for one in batch if one.window == 0]
    first = judging(principal, batch, label, told=told, signing=signing)
    then = committing(at_once, label=label, **said or {})
    with _standing_still(principal, batch):
        decided, credited = fetch_together(first, then)
    return judged(principal, decided), committed(credited)


def judging(
    principal: Principal, batch: Sequence[Spoken], label: str, *, told: bool, signing: Signing | None = None
) -> Call:
    """The statement, and what it takes."""
    now = clock.now()
    verb, facts = Step.APPROVE if signing else None, {}
    if signing:
        facts = {"author": signing.author, "author_label": signing.label}
    return sql.load("disputes.decide"), {
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
        "verb": verb.value if verb else "decide",
        "event": f"dispute.{row_of(verb or Step.ACCEPT).event}",
        "facts": json.dumps(facts),
        **judgement_parameters(principal, signing),
        **actor_parameters(principal),
        "at": now,
    }


def judged(principal: Principal, rows: Rows) -> list[Answer]:
    """The answers that the statement's rows stand for."""
    return [_answer(row, principal) for row in rows]


def _answer(row: tuple[Any, ...], principal: Principal) -> Answer:
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
        limit=principal.alone(currency or "") or 0,
        payout_currency=payout_currency or "USD",
        clawback_left=clawback_left or 0,
    )
    return Answer.refused(ordinal - 1, refusal, id=dispute_id)
