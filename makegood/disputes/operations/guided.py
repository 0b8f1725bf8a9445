"""Guided disputes: begun for a customer, kept step by step, handed over, dropped. Nothing is filed here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from makegood.billing.models import Invoice
from makegood.billing.selectors import charges_visible_to, standing
from makegood.disputes import errors
from makegood.disputes.locks import locked_guided
from makegood.disputes.models import DisputeFile, GuidedDispute
from makegood.disputes.policy import Phase
from makegood.disputes.policy.guided import (
    MOST_CHARGES,
    GuidedBegun,
    GuidedItem,
    GuidedState,
    GuidedStep,
    GuidedStepItem,
    Said,
    chosen,
    merged,
    said_of,
)
from makegood.disputes.selectors import guided as selector
from makegood.disputes.selectors.guided_lines import claim_stops, lines_of
from makegood.evidence.operations.give_files import give_files
from makegood.journal.operations import Change, record_all
from makegood.kernel import clock, ids
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

Apply = Callable[[GuidedDispute], Mapping[str, Any]]
UNREADABLE = frozenset({"BAD_AMOUNT", "AMOUNT_TOO_FINE"})
PHASES = {GuidedStep.REASON: Phase.REASON, GuidedStep.DOCUMENTS: Phase.EVIDENCE}


@transaction.atomic
def begin_guided(principal: Principal, *, items: Sequence[GuidedBegun]) -> list[Answer]:
    """Begin a guided dispute for each customer, with a bill and charges of it where they are known already.

    Charges alone bring their bill along. Answers carry ``draft`` (its public id) and ``step`` (where it goes on).
    Refusals per item: NOT_FOUND, INVOICE_NOT_ISSUED, CHARGE_NOT_ON_BILL, TOO_MANY_CHARGES. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CREATE)
    answers: list[Answer] = []
    changes: list[Change] = []
    for ordinal, item in enumerate(items):
        try:
            row = _begun(principal, item)
        except Refusal as refusal:
            answers.append(Answer.refused(ordinal, refusal))
            continue
        row.save()
        facts = {"bill": row.invoice.number if row.invoice else None, "charges": list(item.charge_ids)}
        changes.append(change_of(row, "begin_guided", "begun", facts))
        answers.append(_answer(ordinal, row))
    record_all(principal, changes)
    return answers


def _begun(principal: Principal, item: GuidedBegun) -> GuidedDispute:
    customer = selector.customer_called(principal, item.customer_id)
    now = clock.now()
    row = GuidedDispute(
        public_id=ids.ulid("gui"), customer=customer, author_id=principal.id or 0, created_at=now, modified_at=now
    )
    number = item.invoice
    if number is None and item.charge_ids:
        first = charges_visible_to(principal).filter(pk=item.charge_ids[0], customer=customer)
        number = first.values_list("invoice_number", flat=True).first()
        if number is None:
            raise NotFound()
    if number is None:
        return row
    _put_bill(principal, row, number)
    row.step = GuidedStep.CHARGES.value
    if item.charge_ids:
        row.said = _put_charges(principal, row, chosen(Said(), item.charge_ids)).as_json()
        row.step = GuidedStep.AMOUNTS.value
    return row


def _put_bill(principal: Principal, row: GuidedDispute, number: int) -> None:
    """Let it be about another bill; charges that are not on that one go. Raises NotFound, BillNotIssued."""
    invoice: Invoice | None = selector.issued_bill(principal, row.customer_id, number)
    if invoice is None:
        raise NotFound()
    if not selector.is_issued(invoice.status):
        raise errors.BillNotIssued(number=number)
    if row.invoice_id == invoice.pk:
        return
    program = selector.program_of_bill(principal, invoice.pk)
    if program is None:
        raise NotFound()
    row.invoice, row.program = invoice, program
    row.said = {**row.said, "charges": []}


def _put_charges(principal: Principal, row: GuidedDispute, said: Said) -> Said:
    """The same, if its charges are on the bill and in scope. Raises TooManyCharges, ChargeNotOnBill."""
    wanted = {one.id for one in said.charges}
    if len(wanted) > MOST_CHARGES:
        raise errors.TooManyCharges(most=MOST_CHARGES)
    there = standing(charges_visible_to(principal)).filter(
        pk__in=wanted, invoice=row.invoice_id or 0, program=row.program_id
    )
    if there.count() != len(wanted):
        raise errors.ChargeNotOnBill(number=row.invoice.number if row.invoice else 0)
    return said


def keep_step(principal: Principal, *, items: Sequence[GuidedStepItem]) -> list[Answer]:
    """Keep what was typed on one step of each, and go on; only that step is asked for what it needs.

    A ``live`` item keeps what stands there so far and asks for nothing. Answers carry ``draft`` and ``step``, the
    furthest step. Refusals per item: NOT_FOUND, GUIDED_ENDED, GUIDED_CHANGED, BILL_REQUIRED, INVOICE_NOT_ISSUED,
    CHARGES_REQUIRED, CHARGE_NOT_ON_BILL, TOO_MANY_CHARGES, BAD_AMOUNT, AMOUNT_TOO_FINE, LINES_NOT_VALID,
    REASON_REQUIRED, EXPLANATION_REQUIRED, UNKNOWN_TYPE, EVIDENCE_REQUIRED, EVIDENCE_UNKNOWN, EVIDENCE_TOO_MANY,
    EVIDENCE_TYPE_NOT_ALLOWED, EVIDENCE_TOO_LARGE, and the code of the policy's rule. Raises NotPermitted.
    """

    def keep(item: GuidedStepItem) -> Apply:
        return lambda row: _kept(principal, row, item)

    return _run(principal, "keep_step", "kept", [(item.draft, item.version, keep(item), item.live) for item in items])


def _kept(principal: Principal, row: GuidedDispute, item: GuidedStepItem) -> Mapping[str, Any]:
    if item.step is GuidedStep.BILL and item.invoice is not None:
        _put_bill(principal, row, item.invoice)
    said = merged(item.step, said_of(row.said), item.said)
    if item.step is GuidedStep.CHARGES:
        _put_charges(principal, row, said)
    if not item.live:
        _check_ready(principal, row, said, item.step)
        row.step = max(row.step, item.step.following.value)
        row.version += 1
    row.said = said.as_json()
    return {"step": item.step.name.lower()}


def _check_ready(principal: Principal, row: GuidedDispute, said: Said, step: GuidedStep) -> None:
    """Raise what the step still wants."""
    if row.invoice_id is None:
        raise errors.BillRequired()
    if step is not GuidedStep.BILL and not said.going:
        raise errors.ChargesRequired()
    if step is GuidedStep.AMOUNTS:
        for line in lines_of(principal, said):
            for rule in line.in_the_way:
                if rule.code in UNREADABLE and not line.said.dropped:
                    raise errors.BlockedByRule(rule.code, rule.message)
    elif step is GuidedStep.VALIDITY:
        check_lines(principal, said)
    elif step in PHASES:
        for rule in claim_stops(principal, said, PHASES[step]):
            raise errors.BlockedByRule(rule.code, rule.message, would_pass_if=rule.would_pass_if)


def check_lines(principal: Principal, said: Said) -> None:
    """Raise ChargesRequired, LinesNotValid unless every line that goes on can be filed."""
    lines = [line for line in lines_of(principal, said) if not line.said.dropped]
    wrong = [line for line in lines if not line.is_valid]
    if not lines:
        raise errors.ChargesRequired()
    if wrong:
        raise errors.LinesNotValid(count=len(wrong), all=len(lines))


def hand_over(principal: Principal, *, items: Sequence[GuidedItem], to: int) -> list[Answer]:
    """Give guided disputes, with their files, to somebody else who files disputes for their customer.

    Files that belong to a filed dispute already stay with who uploaded them.

    Refusals per item: NOT_FOUND, GUIDED_ENDED, GUIDED_CHANGED, REPRESENTATIVE_UNKNOWN. Raises NotPermitted.
    """

    def apply(row: GuidedDispute) -> Mapping[str, Any]:
        if not selector.may_take_over(principal, row.customer_id, to):
            raise errors.RepresentativeUnknown()
        said = said_of(row.said).files
        filed = DisputeFile.objects.filter(file__public_id__in=said).values_list("file__public_id", flat=True)
        give_files(principal, public_ids=sorted(set(said) - set(filed)), to=to)
        row.author_id = to
        row.version += 1
        return {"from": principal.id, "to": to}

    return _run(principal, "hand_over", "handed_over", [(item.draft, item.version, apply, False) for item in items])


def drop_guided(principal: Principal, *, items: Sequence[GuidedItem]) -> list[Answer]:
    """Throw guided disputes away. Refusals per item: NOT_FOUND, GUIDED_ENDED, GUIDED_CHANGED. Raises NotPermitted."""

    def apply(row: GuidedDispute) -> Mapping[str, Any]:
        row.state = GuidedState.DROPPED.value
        row.version += 1
        return {}

    return _run(principal, "drop_guided", "dropped", [(item.draft, item.version, apply, False) for item in items])


@transaction.atomic
def _run(
    principal: Principal, verb: str, event: str, items: Sequence[tuple[str, int | None, Apply, bool]]
) -> list[Answer]:
    """Do something to open rows under their locks; what is live is not journaled."""
    demand(principal, Verb.DISPUTE_CREATE)
    rows = locked_guided([draft for draft, *_ in items], selector.guided_visible_to(principal))
    answers: list[Answer] = []
    changes: list[Change] = []
    for ordinal, (draft, version, apply, live) in enumerate(items):
        row = rows.get(draft)
        try:
            if row is None:
                raise NotFound()
            check_open(row, None if live else version)
            facts = apply(row)
        except Refusal as refusal:
            answers.append(Answer.refused(ordinal, refusal, id=row.pk if row else None))
            continue
        row.modified_at = clock.now()
        row.save()
        if not live:
            changes.append(change_of(row, verb, event, facts))
        answers.append(_answer(ordinal, row))
    record_all(principal, changes)
    return answers


def check_open(row: GuidedDispute, version: int | None) -> None:
    """Raise GuidedEnded, GuidedChanged for what cannot be changed, or not by who looked at another version."""
    if row.state != GuidedState.OPEN:
        raise errors.GuidedEnded(state=row.state)
    if version is not None and version != row.version:
        raise errors.GuidedChanged()


def _answer(ordinal: int, row: GuidedDispute) -> Answer:
    return Answer(ordinal, ok=True, id=row.pk, data={"draft": row.public_id, "step": int(row.step)})


def change_of(row: GuidedDispute, verb: str, event: str, facts: Mapping[str, Any]) -> Change:
    """What the journal is told."""
    return Change(
        verb=verb,
        event=f"guided.{event}",
        object_kind="guided",
        object_id=row.pk,
        program_id=row.program_id,
        customer_id=row.customer_id,
        changes={"draft": row.public_id, **facts},
    )
