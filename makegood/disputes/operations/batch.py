"""How a hot verb runs: one statement for the batch; on a lost race item by item, so that a bad one stands alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, TypeVar

from django.db import DatabaseError, IntegrityError, connection, transaction
from psycopg import errors as pg

from makegood.disputes import errors
from makegood.journal.operations import Actor, answered_once
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal

Item = TypeVar("Item")


def fetch(text: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def constraint_of(error: DatabaseError) -> str:
    """The name of the constraint an error speaks of; empty when it speaks of none."""
    cause = error.__cause__
    return cause.diag.constraint_name or "" if isinstance(cause, pg.Error) else ""


def refusal_for(error: IntegrityError) -> Refusal:
    """The rule that a violated constraint reads like."""
    kind = errors.CONSTRAINTS.get(constraint_of(error), errors.Conflict)
    if kind is errors.AmountExceedsRemaining:
        return errors.AmountExceedsRemaining(remaining="less than asked")
    if kind is errors.DisputeClosed:
        return errors.DisputeClosed(number="This dispute", state="closed")
    if kind in {errors.AlreadyDecided, errors.Recommended}:
        return kind(number="This dispute")
    return kind()


def run_batch(
    items: Sequence[Item], run: Callable[[Sequence[Item]], list[Answer]], *, by_itself: bool = False
) -> list[Answer]:
    """Run the batch; after a constraint error run each item by itself and answer it alone.

    ``by_itself`` says that ``run`` is a transaction of its own where none is open, so that none has to be begun for it.
    """
    alone = by_itself and not connection.in_atomic_block
    try:
        with nullcontext() if alone else transaction.atomic():
            return run(items)
    except IntegrityError as error:
        if len(items) == 1 and constraint_of(error) not in errors.TRIED_AGAIN:
            return [Answer.refused(0, refusal_for(error))]
    answers: list[Answer] = []
    for ordinal, item in enumerate(items):
        (answer,) = run_batch([item], run, by_itself=by_itself)
        answers.append(replace(answer, ordinal=ordinal))
    return answers


def stored_once(
    actor: Actor, *, key: str | None, path: str, body: Callable[[], Any], run: Callable[[], list[Answer]]
) -> list[Answer]:
    """Run, or give the stored answers when the same principal sent the same key before. Raises KeyReused.

    ``body`` is what was asked, for the key's fingerprint.
    """
    if key is None:
        return run()

    def as_rows() -> list[dict[str, Any]]:
        return [
            {**vars(answer), "data": {name: _plain(value) for name, value in answer.data.items()}} for answer in run()
        ]

    return [Answer(**row) for row in answered_once(actor, key=key, path=path, body=body(), run=as_rows)]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)
