"""Leaves disputes out of one's own lane for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import SnoozeItem
from makegood.disputes.models import Snooze
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

LONGEST_DAYS = 30


@transaction.atomic
def snooze(principal: Principal, *, items: Sequence[SnoozeItem]) -> list[Answer]:
    """Put disputes aside until then, for oneself alone; None brings them back. Nobody is told and nothing is journaled.

    Answers carry ``number``. Refusals per item: NOT_FOUND, SNOOZE_OUT_OF_RANGE. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_DECIDE)
    now = clock.now()
    found = disputes_visible_to(principal).exclude(stage=Stage.DRAFT)
    rows = found.in_bulk({item.dispute_id for item in items}) if principal.id is not None else {}
    answers: list[Answer] = []
    for ordinal, item in enumerate(items):
        dispute = rows.get(item.dispute_id)
        if dispute is None:
            answers.append(Answer.refused(ordinal, NotFound(), id=item.dispute_id))
            continue
        if item.until is not None and not now < item.until <= now + timedelta(days=LONGEST_DAYS):
            refusal = errors.SnoozeOutOfRange(days=LONGEST_DAYS)
            answers.append(Answer.refused(ordinal, refusal, id=dispute.pk))
            continue
        if item.until is None:
            Snooze.objects.filter(dispute=dispute, user=principal.id).delete()
        else:
            Snooze.objects.update_or_create(dispute=dispute, user_id=principal.id or 0, defaults={"until": item.until})
        answers.append(Answer(ordinal, ok=True, id=dispute.pk, data={"number": str(dispute)}))
    return answers
