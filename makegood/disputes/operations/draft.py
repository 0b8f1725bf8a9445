"""Keeps a dispute in the making. A draft holds no money and is seen by its author alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from makegood.billing.models import Charge
from makegood.billing.selectors import charges_visible_to
from makegood.disputes.entries import DraftItem, Ref
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.lifecycle import row_of
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.claim import reasons_offered
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Origin, Stage
from makegood.journal.operations import Change, record_all
from makegood.kernel import clock, ids
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@transaction.atomic
def save_draft(principal: Principal, *, items: Sequence[DraftItem]) -> list[Answer]:
    """Save one draft per author and charge; saving again replaces its words and amount. Answers carry ``number``.

    A reason that is not offered for the charge is left out: it is asked for when the draft is sent. Files are attached
    to the draft by themselves, and stay.

    Refusals per item: NOT_FOUND. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CREATE)
    charges = charges_visible_to(principal).in_bulk([item.charge_id for item in items])
    answers: list[Answer] = []
    changes: list[Change] = []
    for ordinal, item in enumerate(items):
        charge = charges.get(item.charge_id)
        if charge is None:
            answers.append(Answer.refused(ordinal, NotFound()))
            continue
        draft = _written(principal, charge, item)
        changes.append(_change(Step.SAVE_DRAFT, draft, charge))
        answers.append(Answer(ordinal, ok=True, id=draft.pk, data={"number": str(draft)}))
    record_all(principal, changes)
    return answers


def _written(principal: Principal, charge: Charge, item: DraftItem) -> Dispute:
    reason = next((one for one in reasons_offered(charge) if one.code == item.reason), None)
    now = clock.now()
    words: dict[str, Any] = {
        "reason": reason,
        "description": item.description,
        "amount_micros": charge.billed_micros if item.amount_micros is None else max(0, item.amount_micros),
        "modified_at": now,
        "modified_by_id": principal.id,
    }
    draft, _ = Dispute.objects.update_or_create(
        charge=charge,
        created_by_id=principal.id,
        stage=Stage.DRAFT,
        defaults=words,
        create_defaults={
            **words,
            "number": _next_number(),
            "public_id": ids.ulid("dsp"),
            "program_id": charge.program_id,
            "customer_id": charge.customer_id,
            "currency": charge.currency,
            "origin": Origin.BUYER,
            "created_at": now,
        },
    )
    return draft


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('disputes_number_seq')")
        (number,) = cursor.fetchone() or (0,)
    return int(number)


@transaction.atomic
def discard_draft(principal: Principal, *, items: Sequence[Ref]) -> list[Answer]:
    """Throw the author's drafts away. Refusals per item: NOT_FOUND. Raises NotPermitted."""
    demand(principal, Verb.DISPUTE_CREATE)
    drafts = (
        disputes_visible_to(principal)
        .filter(stage=Stage.DRAFT, created_by_id=principal.id)
        .select_related("charge")
        .in_bulk([item.dispute_id for item in items])
    )
    answers: list[Answer] = []
    changes: list[Change] = []
    for ordinal, item in enumerate(items):
        draft = drafts.pop(item.dispute_id, None)
        if draft is None:
            answers.append(Answer.refused(ordinal, NotFound(), id=item.dispute_id))
            continue
        changes.append(_change("discard_draft", draft, draft.charge))
        answers.append(Answer(ordinal, ok=True, id=draft.pk, data={"number": str(draft)}))
        draft.delete()
    record_all(principal, changes)
    return answers


def _change(step: Step | str, draft: Dispute, charge: Charge) -> Change:
    event = row_of(step).event if isinstance(step, Step) else "draft_discarded"
    return Change(
        verb=str(step),
        event=f"dispute.{event}",
        object_kind="dispute",
        object_id=draft.pk,
        program_id=draft.program_id,
        customer_id=draft.customer_id,
        vendor_id=charge.vendor_id,
        changes={"number": draft.number, "label": str(draft), "charge_id": draft.charge_id},
    )
