"""Working a dispute: credit, reversal, fee, close and reopen, each by the operation that the pages use.

Where a program wants words and the caller sends none, the service says what was done.
"""

from __future__ import annotations

from makegood.api.amounts import Amount
from makegood.api.costguard.bodies import Closing, NewAdjustment, NewReversal, NewReversalFee, Reopening
from makegood.api.costguard.refusing import code_of, refusal
from makegood.api.costguard.showing import address_of, changed, record_answer, shown, tag_of
from makegood.api.http import Request, Response
from makegood.api.matching import wanted_version
from makegood.disputes import operations
from makegood.disputes.entries import AdjustItem, CloseItem, FeeItem, ReverseItem, WordsItem
from makegood.disputes.selectors.addressed import Addressed, Record, record_of
from makegood.kernel.answers import Answer
from makegood.parties.states import Verb

ADJUSTED = "Adjusted through the web service."
REVERSED = "Reversed through the web service."
CHARGED = "Charged through the web service."
CLOSED = "Closed through the web service."
REOPENED = "Reopened through the web service."


def adjust(request: Request) -> Response:
    """Add Dispute Adjustment: credit what was asked, or the part of it that the body names."""
    dispute: Addressed = request.subject
    body: NewAdjustment = request.body
    item = AdjustItem(
        dispute.id,
        dispute.amount_micros if body.amount is None else _micros(body.amount, dispute),
        note=body.description or ADJUSTED,
        version=version_of(request, dispute),
        resolution=code_of(dispute.program_id, body.resolutionID),
    )
    (answer,) = operations.adjust(request.principal, items=[item])
    _check(answer, request)
    record = record_of(request.principal, dispute.id)
    place = address_of(request, record.values["disputeID"], record.values["adjustmentID"])
    return record_answer(request, record, status=201, location=place)


def reverse(request: Request) -> Response:
    """Add Dispute Reversal: the exact inverse of a credit."""
    dispute: Addressed = request.subject
    body: NewReversal = request.body
    item = ReverseItem(dispute.id, body.adjustmentID, REVERSED, version_of(request, dispute))
    (answer,) = operations.reverse(request.principal, items=[item])
    return _moved(answer, request)


def apply_fee(request: Request) -> Response:
    """Add Dispute Reversal Fee: the program's own, or the amount of the body."""
    dispute: Addressed = request.subject
    body: NewReversalFee = request.body
    micros = None if body.amount is None else body.amount.micros(dispute.currency)
    item = FeeItem(dispute.id, micros, note=CHARGED, version=version_of(request, dispute))
    (answer,) = operations.apply_fee(request.principal, items=[item])
    return _moved(answer, request)


def close(request: Request) -> Response:
    """Close Dispute, with a label or without."""
    dispute: Addressed = request.subject
    body: Closing = request.body
    resolution = code_of(dispute.program_id, body.resolutionID)
    note = body.description or (CLOSED if resolution else "")
    item = CloseItem(dispute.id, resolution, note, version_of(request, dispute))
    (answer,) = operations.close(request.principal, items=[item])
    _check(answer, request)
    return changed(request, dispute.id)


def reopen(request: Request) -> Response:
    """Reopen Dispute; its resolution is cleared."""
    dispute: Addressed = request.subject
    body: Reopening = request.body
    item = WordsItem(dispute.id, body.description or REOPENED, version_of(request, dispute))
    (answer,) = operations.reopen(request.principal, items=[item])
    _check(answer, request)
    return changed(request, dispute.id)


def version_of(request: Request, dispute: Addressed) -> int | None:
    """The version that If-Match allows. Raises MatchFailed with the record as it stands."""
    principal = request.principal

    def standing() -> Record:
        return record_of(principal, dispute.id)

    return wanted_version(
        request,
        dispute.version,
        lambda: shown(principal, standing()),
        required=False,
        tag=None if principal.can(Verb.DISPUTE_DECIDE) else lambda: tag_of(principal, standing()),
    )


def _micros(amount: Amount, dispute: Addressed) -> int:
    return amount.micros(dispute.currency, whole=dispute.remaining_micros)


def _check(answer: Answer, request: Request) -> None:
    """Raise the refusal that an operation answered."""
    if not answer.ok:
        raise refusal(answer, request)


def _moved(answer: Answer, request: Request) -> Response:
    """The record after money moved, and where the movement is read."""
    _check(answer, request)
    record = record_of(request.principal, request.subject.id)
    place = address_of(request, record.values["disputeID"], answer.data["adjustment_id"])
    return record_answer(request, record, status=201, location=place)
