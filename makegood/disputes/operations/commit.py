"""Commits decisions whose undo window ended: the money moves, the journal tells."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.lifecycle import row_of
from makegood.disputes.models import Dispute
from makegood.disputes.operations.batch import fetch
from makegood.disputes.states import Stage
from makegood.journal.operations import actor_parameters
from makegood.kernel import clock, sql
from makegood.kernel.answers import Answer
from makegood.kernel.prepared import Call, Rows, fetch_for
from makegood.ledger.posting import open_accounts
from makegood.parties.entries import SYSTEM, Principal

BATCH = 500
SET_ASIDE_FOR = timedelta(minutes=5)
logger = logging.getLogger(__name__)


def open_accounts_for(ids: Sequence[int] | None, batch_size: int = BATCH) -> None:
    """Open the accounts that committing will move, ahead of the statement that moves them."""
    rows = fetch(
        sql.load("disputes.accounts_due"),
        {"ids": list(ids) if ids is not None else None, "at": clock.now(), "batch_size": batch_size},
    )
    open_accounts((key, currency) for key, currency in rows)


def commit(
    ids: Sequence[int] | None,
    *,
    batch_size: int | None = None,
    skipped: Sequence[int] = (),
    principal: Principal = SYSTEM,
    step: Step = Step.COMMIT,
    resolutions: Mapping[int, tuple[int, str]] | None = None,
) -> list[Answer]:
    """Commit the due decisions among ``ids`` (None: any), at most ``batch_size`` (all of ``ids`` by default).

    Rows that somebody else holds locked, and those ``skipped``, are left for a later run. Answers carry ``number``,
    ``outcome``, ``credit_micros``, ``tax_micros``, ``clawback_micros``, ``currency``, ``payout_currency``, ``stage``.
    ``step`` is the row of the lifecycle that the journal tells of; only a commit closes by itself. ``resolutions`` are
    the labels, by id and code, that some of the disputes get.
    """
    call = committing(
        ids, batch_size=batch_size, skipped=skipped, principal=principal, step=step, resolutions=resolutions
    )
    size = batch_size if batch_size is not None else len(ids or ())
    return committed(fetch_for(size, *call))


def committing(
    ids: Sequence[int] | None,
    *,
    batch_size: int | None = None,
    skipped: Sequence[int] = (),
    principal: Principal = SYSTEM,
    step: Step = Step.COMMIT,
    resolutions: Mapping[int, tuple[int, str]] | None = None,
    label: str | None = None,
) -> Call:
    """The statement, and what it takes. ``label`` leaves out what was decided in another batch (None: takes any)."""
    pick = "disputes.pick_due" if ids is None else "disputes.pick_named"
    return sql.spliced("disputes.commit", {"pick": sql.load(pick)}), {
        "ids": list(ids) if ids is not None else None,
        "label": label,
        "skipped": list(skipped),
        "batch_size": batch_size if batch_size is not None else len(ids or ()),
        "verb": step.value,
        "event": f"dispute.{row_of(step).event}",
        "may_close": step is Step.COMMIT,
        "resolutions": json.dumps({pk: {"id": made, "code": code} for pk, (made, code) in (resolutions or {}).items()}),
        **actor_parameters(principal),
    }


def committed(rows: Rows) -> list[Answer]:
    """The answers that the statement's rows stand for."""
    return [_answer(ordinal, row) for ordinal, row in enumerate(rows)]


SetAside = dict[int, datetime]
"""Disputes that could not be committed, and when they are tried again."""


def commit_due(limit: int = BATCH, *, set_aside: SetAside | None = None) -> list[Answer]:
    """What the worker does: one transaction for accounts, one for a batch of due decisions.

    A decision that the database refuses is put into the caller's ``set_aside`` and logged, so that it holds nobody
    else up; the caller's next calls leave it alone for a while.
    """
    set_aside = {} if set_aside is None else set_aside
    skipped = [pk for pk, until in set_aside.items() if until > clock.now()]
    open_accounts_for(None, limit)
    try:
        with transaction.atomic():
            return commit(None, batch_size=limit, skipped=skipped)
    except IntegrityError:
        due = Dispute.objects.filter(stage=Stage.DECIDED, commit_after__lte=clock.now()).exclude(pk__in=skipped)
        ids = list(due.order_by("commit_after", "pk").values_list("pk", flat=True)[:limit])
    return [answer for pk in ids for answer in _commit_alone(pk, set_aside)]


def _commit_alone(pk: int, set_aside: SetAside) -> list[Answer]:
    try:
        with transaction.atomic():
            return commit([pk])
    except IntegrityError:
        set_aside[pk] = clock.now() + SET_ASIDE_FOR
        logger.exception("dispute %s cannot be committed; it is set aside for %s", pk, SET_ASIDE_FOR)
        return []


def _answer(ordinal: int, row: tuple[Any, ...]) -> Answer:
    dispute_id, label, outcome, credit, tax, clawback, currency, payout_currency, stage = row
    data = {
        "number": label,
        "outcome": outcome,
        "credit_micros": credit,
        "tax_micros": tax,
        "clawback_micros": clawback,
        "currency": currency,
        "payout_currency": payout_currency,
        "stage": stage,
    }
    return Answer(ordinal, ok=True, id=dispute_id, data=data)
