"""Several charges under one number: what they have to share, and how the batch runs when one of them loses a race."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from django.db import IntegrityError, transaction

from makegood.billing.models import Charge, Invoice
from makegood.disputes import errors
from makegood.disputes.entries import Together
from makegood.disputes.operations.batch import constraint_of, refusal_for
from makegood.kernel.answers import Answer, at_places, in_order
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound

Item = TypeVar("Item")
TRIES = 3


def mixed(charge_ids: Collection[int], together: Together) -> Refusal | None:
    """Why visible charges cannot be filed together; None when they can."""
    places = list(
        Charge.objects.filter(pk__in=charge_ids)
        .values_list("program_id", "customer_id", "currency", "invoice_id")
        .distinct()
    )
    if len({place[:3] for place in places}) > 1:
        return errors.MixedSubmission()
    if together.invoice_id is None:
        return None
    _, customer_id, currency, _ = places[0]
    if not Invoice.objects.filter(pk=together.invoice_id, customer_id=customer_id, currency=currency).exists():
        return NotFound()
    on_others = {invoice for *_, invoice in places} - {None, together.invoice_id}
    return errors.MixedSubmission() if on_others else None


def run_together(items: Sequence[Item], run: Callable[[Sequence[Item]], list[Answer]]) -> list[Answer]:
    """Run the batch as one submission.

    After a constraint error it is judged again, which names whoever lost a race; an item that still breaks the batch
    is found by itself, answered, and left out.
    """
    error = IntegrityError()
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return run(items)
        except IntegrityError as raised:
            error = raised
            if constraint_of(raised) == "submission_asks_for_money":
                return [Answer.refused(ordinal, errors.AmountNotPositive()) for ordinal in range(len(items))]
    alone = [_refused_alone(item, run) for item in items]
    if not any(alone):
        return [Answer.refused(ordinal, refusal_for(error)) for ordinal in range(len(items))]
    answers = {ordinal: Answer.refused(ordinal, refusal) for ordinal, refusal in enumerate(alone) if refusal}
    rest = [ordinal for ordinal in range(len(items)) if ordinal not in answers]
    if rest:
        answers.update(at_places(run_together([items[ordinal] for ordinal in rest], run), rest))
    return in_order(answers)


def _refused_alone(item: Item, run: Callable[[Sequence[Item]], list[Answer]]) -> Refusal | None:
    """What the database says of the item by itself; nothing of it stays."""
    try:
        with transaction.atomic():
            run([item])
            transaction.set_rollback(True)
    except IntegrityError as error:
        return refusal_for(error)
    return None
