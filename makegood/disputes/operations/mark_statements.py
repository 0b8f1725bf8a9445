"""Marks statements with the number they have in the books."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from makegood.disputes.models import StatementCredit
from makegood.disputes.selectors.statements import statements_visible_to
from makegood.journal.operations import Change, record_all
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@transaction.atomic
def mark_statements(principal: Principal, *, numbers: Sequence[int], external_ref: str) -> list[Answer]:
    """Write where the statements are in the books; an older mark is replaced, and stays in the journal.

    Refusals per item: NOT_FOUND. Raises NotPermitted.
    """
    demand(principal, Verb.STATEMENT_CLOSE)
    seen = statements_visible_to(principal).filter(number__in=numbers).values_list("pk", flat=True)
    rows = {
        row.number: row for row in StatementCredit.objects.filter(pk__in=list(seen)).order_by("pk").select_for_update()
    }
    answers: list[Answer] = []
    changes: list[Change] = []
    for ordinal, number in enumerate(numbers):
        row = rows.get(number)
        if row is None:
            answers.append(Answer.refused(ordinal, NotFound()))
            continue
        answers.append(Answer(ordinal, ok=True, id=row.pk, data={"number": str(row), "external_ref": external_ref}))
        if row.external_ref != external_ref:
            changes.append(_change(row, external_ref))
            row.external_ref = external_ref
            row.save(update_fields=["external_ref"])
    record_all(principal, changes)
    return answers


def _change(row: StatementCredit, external_ref: str) -> Change:
    return Change(
        verb="mark",
        event="statement.marked",
        object_kind="statement",
        object_id=row.pk,
        customer_id=row.customer_id,
        vendor_id=row.vendor_id,
        changes={"number": str(row), "before": row.external_ref, "after": external_ref},
    )
