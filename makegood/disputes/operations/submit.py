"""Files disputes: the verdict, the amount and the one-open rule judged, written and journaled in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from makegood.disputes import errors
from makegood.disputes.entries import SubmitItem, Together
from makegood.disputes.operations.batch import run_batch, stored_once
from makegood.disputes.operations.filing import Filing
from makegood.disputes.operations.together import mixed, run_together
from makegood.disputes.selectors.exhibits import brings_files
from makegood.disputes.selectors.ground import Ground, grounds_of, offer_on
from makegood.disputes.selectors.offer import says_who_files
from makegood.disputes.states import Origin
from makegood.kernel import clock
from makegood.kernel.answers import Answer, at_places, in_order
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


def submit(
    principal: Principal,
    *,
    items: Sequence[SubmitItem],
    origin: Origin = Origin.BUYER,
    together: Together | None = None,
    key: str | None = None,
) -> list[Answer]:
    """File one dispute per item; a draft named by an item becomes that dispute.

    ``together`` files them as lines of one submission under one number (``D-10003.1``, ``D-10003.2``); what is refused
    is left out, and a line that remains alone is still a line. Answers carry ``number``, ``amount_micros`` and
    ``currency``, for a line ``submission``, and ``granted_by``, the code of a rule that accepted it at once. A limit
    counts what was filed: withdrawing gives nothing back. With the origin ``qa_proactive`` nothing that is asked of
    those who file stands in the way, nothing is counted, and no rule grants.

    Refusals per item: NOT_FOUND, CHARGE_CORRECTED, DISPUTES_DISABLED, REASON_REQUIRED, EXPLANATION_REQUIRED,
    UNKNOWN_TYPE, UNKNOWN_RESOLUTION, ALREADY_DISPUTED, AMOUNT_EXCEEDS_REMAINING, AMOUNT_NOT_POSITIVE,
    MIXED_SUBMISSION, CONFLICT, POLICY_MISSING, EVIDENCE_REQUIRED, EVIDENCE_UNKNOWN, EVIDENCE_TOO_MANY,
    EVIDENCE_TYPE_NOT_ALLOWED, EVIDENCE_TOO_LARGE, and the code of the policy's headline rule. Raises NotPermitted, and
    KeyReused for a key with another body.
    """
    demand(principal, Verb.REVIEW_PROACTIVE if origin is Origin.QA_PROACTIVE else Verb.DISPUTE_CREATE)

    def body() -> dict[str, Any]:
        asked: dict[str, Any] = {"items": [asdict(item) for item in items], "origin": origin}
        return asked if together is None else {**asked, "together": asdict(together)}

    return stored_once(
        principal, key=key, path="disputes.submit", body=body, run=lambda: _submit(principal, items, origin, together)
    )


def _submit(
    principal: Principal, items: Sequence[SubmitItem], origin: Origin, together: Together | None
) -> list[Answer]:
    at = clock.now()
    grounds = grounds_of(principal, items, at)
    charges = {items[ordinal].charge_id for ordinal in grounds}
    refusal = mixed(charges, together) if together is not None and charges else None
    answers: dict[int, Answer] = {}
    groups: dict[int, list[int]] = {}
    for ordinal in range(len(items)):
        ground = grounds.get(ordinal)
        if ground is None:
            answers[ordinal] = Answer.refused(ordinal, NotFound())
        elif ground.corrected:
            answers[ordinal] = Answer.refused(ordinal, errors.ChargeCorrected())
        elif refusal is not None:
            answers[ordinal] = Answer.refused(ordinal, refusal)
        else:
            groups.setdefault(ground.program_id, []).append(ordinal)
    for _, ordinals in sorted(groups.items()):
        own = [grounds[o] for o in ordinals], [items[o] for o in ordinals]
        part = _submit_in(principal, *own, origin, together, at)
        answers.update(at_places(part, ordinals))
    return in_order(answers)


def _submit_in(
    principal: Principal,
    grounds: Sequence[Ground],
    items: Sequence[SubmitItem],
    origin: Origin,
    together: Together | None,
    at: datetime,
) -> list[Answer]:
    """File claims on charges of one program."""
    policy = grounds[0].policy
    if isinstance(policy, errors.PolicyMissing):
        return [Answer.refused(ordinal, policy) for ordinal in range(len(items))]
    offer = offer_on(grounds, items, policy, at)
    unasked = origin is Origin.QA_PROACTIVE
    on_its_own = unasked or policy.once(says_who_files)
    answers: dict[int, Answer] = {}
    for ordinal, item in enumerate(items):
        is_off = grounds[ordinal].off and not on_its_own
        refused = errors.DisputingOff() if is_off else offer.refusal_of(item, unasked=unasked)
        if refused is not None:
            answers[ordinal] = Answer.refused(ordinal, refused)
    asked = [ordinal for ordinal in range(len(items)) if ordinal not in answers]
    if asked:
        filing = Filing(principal, policy, offer, origin, together)
        batch = [items[ordinal] for ordinal in asked]
        if together is not None:
            filed = run_together(batch, filing.file)
        else:
            by_itself = filing.is_one_statement and not brings_files(batch)
            filed = run_batch(batch, filing.file, by_itself=by_itself)
        answers.update(at_places(filed, asked))
    return in_order(answers)
