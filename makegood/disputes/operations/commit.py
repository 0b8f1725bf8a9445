"""Commits decisions whose undo window ended: the money moves, the journal tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from makegood.disputes.operations.batch import fetch
from makegood.journal.operations import actor_parameters
from makegood.kernel import clock, sql
from makegood.kernel.answers import Answer
from makegood.ledger.posting import open_accounts
from makegood.parties.entries import SYSTEM

BATCH = 500


def open_accounts_for(ids: Sequence[int] | None, batch_size: int = BATCH) -> None:
    """Open the accounts that committing will move, ahead of the statement that moves them."""
    rows = fetch(
        sql.load("disputes.accounts_due"),
        {"ids": list(ids) if ids is not None else None, "at": clock.now(), "batch_size": batch_size},
    )
    open_accounts((key, currency) for key, currency in rows)


def commit(ids: Sequence[int] | None, *, batch_size: int | None = None) -> list[Answer]:
    """Commit the due decisions among ``ids`` (None: any), at most ``batch_size`` (all of ``ids`` by default).

    Rows that somebody else holds locked are left for the next run. Answers carry ``number``, ``outcome``,
    ``credit_micros``, ``tax_micros``, ``clawback_micros``, ``currency``, ``payout_currency``, ``stage``.
    """
    size = batch_size if batch_size is not None else len(ids or ())
    rows = fetch(
        sql.load("disputes.commit"),
        {
            "ids": list(ids) if ids is not None else None,
            "batch_size": size,
            **actor_parameters(SYSTEM),
        },
    )
    return [_answer(ordinal, row) for ordinal, row in enumerate(rows)]


def commit_due(limit: int = BATCH) -> list[Answer]:
    """What the worker does: one transaction for accounts, one for a batch of due decisions."""
    open_accounts_for(None, limit)
    with transaction.atomic():
        return commit(None, batch_size=limit)


def _answer(ordinal: int, row: tuple[Any, ...]) -> Answer:
    dispute_id, number, outcome, credit, tax, clawback, currency, payout_currency, stage = row
    data = {
        "number": f"D-{number}",
        "outcome": outcome,
        "credit_micros": credit,
        "tax_micros": tax,
        "clawback_micros": clawback,
        "currency": currency,
        "payout_currency": payout_currency,
        "stage": stage,
    }
    return Answer(ordinal, ok=True, id=dispute_id, data=data)
