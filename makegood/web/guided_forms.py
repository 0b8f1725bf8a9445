"""What was typed on each step of a guided dispute, read from its form over what is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import QueryDict

from makegood.disputes.policy.guided import (
    LONGEST_AMOUNT,
    LONGEST_ANSWER,
    LONGEST_CAUSE,
    LONGEST_CODE,
    LONGEST_DESCRIPTION,
    GuidedStep,
    Said,
    SaidCharge,
    chosen,
)
from makegood.web import attaching
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id

MOST_QUESTIONS = 60


@dataclass(frozen=True)
class Typed:
    """A form that came in. ``go`` says where to: next, back, stay, keep, or the number of a step.

    ``leave`` are lines that are taken out if they are not valid; ``percent`` and ``total`` are for all lines together.
    """

    said: Said
    go: str
    invoice: int | None = None
    leave: frozenset[int] = frozenset()
    percent: str = ""
    total: str = ""


def _ids(texts: Iterable[str]) -> list[int]:
    found = (row_id(text) for text in texts)
    return list(dict.fromkeys(pk for pk in found if pk is not None))


def read(request: PageRequest, step: GuidedStep, kept: Said) -> Typed:
    """What was sent with a step."""
    post = request.POST
    typed = Typed(_said(request, step, kept), post.get("go", "stay")[:10])
    if step is GuidedStep.BILL:
        return replace(typed, invoice=row_id(post.get("bill", "")))
    if step is GuidedStep.AMOUNTS:
        return replace(typed, percent=post.get("percent", "")[:LONGEST_AMOUNT], total=post.get("total", "")[:40])
    if step is GuidedStep.VALIDITY:
        return replace(typed, leave=frozenset(_ids(post.getlist("leave"))))
    return typed


def _said(request: PageRequest, step: GuidedStep, kept: Said) -> Said:
    post = request.POST
    match step:
        case GuidedStep.CHARGES:
            return _picked(post, kept)
        case GuidedStep.AMOUNTS:
            return replace(kept, charges=tuple(_amount(post, one) for one in kept.charges))
        case GuidedStep.VALIDITY:
            return replace(kept, charges=tuple(_mended(post, one) for one in kept.charges))
        case GuidedStep.REASON:
            return replace(
                kept,
                charges=tuple(_own_reason(post, one) for one in kept.charges),
                type=post.get("type", "")[:LONGEST_CODE],
                reason=post.get("reason", "")[:LONGEST_CODE],
                description=post.get("description", "")[:LONGEST_DESCRIPTION],
                answers=_answers(post),
            )
        case GuidedStep.DOCUMENTS:
            return replace(kept, files=attaching.file_ids(request), later=post.get("later") == "1")
    return kept


def _picked(post: QueryDict, kept: Said) -> Said:
    """The charges that are ticked, and those that were chosen on another page of the list."""
    shown, ticked = set(_ids(post.getlist("shown"))), _ids(post.getlist("charge"))
    before = [one.id for one in kept.charges if one.id not in shown or one.id in ticked]
    return chosen(kept, [*before, *ticked])


def _amount(post: QueryDict, one: SaidCharge) -> SaidCharge:
    return replace(one, amount=post.get(f"amount-{one.id}", one.amount).strip()[:LONGEST_AMOUNT])


def _mended(post: QueryDict, one: SaidCharge) -> SaidCharge:
    """A line as it was mended; one whose fields are not in the form stays, but for being taken out."""
    dropped = post.get(f"drop-{one.id}") == "1"
    return replace(_amount(post, one), dropped=dropped, cause=post.get(f"cause-{one.id}", one.cause)[:LONGEST_CAUSE])


def _own_reason(post: QueryDict, one: SaidCharge) -> SaidCharge:
    return replace(one, reason=post.get(f"reason-{one.id}", one.reason)[:LONGEST_CODE])


def _answers(post: QueryDict) -> dict[str, str]:
    """The answers by question, in the order of the form."""
    found = {}
    for place in range(1, MOST_QUESTIONS + 1):
        question = post.get(f"question-{place}", "")[:200]
        if question:
            found[question] = post.get(f"answer-{place}", "")[:LONGEST_ANSWER]
    return found
