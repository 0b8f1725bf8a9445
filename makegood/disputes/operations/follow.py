"""Follows disputes: whoever does hears of what happens to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction

from makegood.disputes.entries import Ref
from makegood.disputes.models import Dispute, Follow
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def follow(principal: Principal, *, items: Sequence[Ref]) -> list[Answer]:
    """Hear of decisions and comments from now on, as far as one may know them; who does so already goes on.

    Nothing is journaled. Answers carry ``number``. Refusals per item: NOT_FOUND. Raises NotPermitted.
    """
    person = principal.id or 0
    return _each(principal, items, lambda dispute: Follow.objects.get_or_create(dispute=dispute, user_id=person))


def unfollow(principal: Principal, *, items: Sequence[Ref]) -> list[Answer]:
    """Hear of them no more.

    Answers carry ``number``. Refusals per item: NOT_FOUND. Raises NotPermitted.
    """
    person = principal.id or 0
    return _each(principal, items, lambda dispute: Follow.objects.filter(dispute=dispute, user=person).delete())


@transaction.atomic
def _each(principal: Principal, items: Sequence[Ref], apply: Callable[[Dispute], object]) -> list[Answer]:
    demand(principal, Verb.DISPUTE_VIEW)
    found = disputes_visible_to(principal).exclude(stage=Stage.DRAFT)
    rows = found.in_bulk({item.dispute_id for item in items}) if principal.id is not None else {}
    answers: list[Answer] = []
    for ordinal, item in enumerate(items):
        dispute = rows.get(item.dispute_id)
        if dispute is None:
            answers.append(Answer.refused(ordinal, NotFound(), id=item.dispute_id))
            continue
        apply(dispute)
        answers.append(Answer(ordinal, ok=True, id=dispute.pk, data={"number": str(dispute)}))
    return answers
