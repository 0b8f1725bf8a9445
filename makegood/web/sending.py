"""Sends claims from forms: a form that comes twice files once, and is told the second time what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem, Together
from makegood.disputes.selectors.claim import sent_before
from makegood.journal.errors import KeyReused
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.web.typed_claims import origin_of


def send(
    principal: Principal, items: Sequence[SubmitItem], *, key: str | None, together: Together | None = None
) -> list[Answer]:
    """The answers of filing, in order; ``key`` makes sending the same form again harmless.

    What this person filed before with the same words counts as filed, by the number it has.
    """
    if not items:
        return []
    origin = origin_of(principal)
    try:
        answers = operations.submit(principal, items=items, origin=origin, together=together, key=key)
    except KeyReused:
        answers = operations.submit(principal, items=items, origin=origin, together=together)
    refused = [item for item, answer in zip(items, answers, strict=True) if answer.code == "ALREADY_DISPUTED"]
    before = sent_before(principal, refused) if refused else {}
    return [
        replace(answer, ok=True, data={"number": before[item.charge_id]})
        if not answer.ok and item.charge_id in before
        else answer
        for item, answer in zip(items, answers, strict=True)
    ]
