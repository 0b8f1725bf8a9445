"""Create Dispute: a claim on one billed item, filed by the operation that the pages use."""

from __future__ import annotations

from makegood.api.costguard.bodies import NewDispute
from makegood.api.costguard.errors import ExactlyOneItem
from makegood.api.costguard.refusing import refusal
from makegood.api.costguard.showing import address_of, record_answer
from makegood.api.http import Request, Response
from makegood.api.problems import line
from makegood.disputes import operations
from makegood.disputes.eligibility import RuleResult
from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import AmountNotPositive, BlockedByRule, UnknownResolution
from makegood.disputes.selectors.addressed import Item, item_on, record_of
from makegood.disputes.selectors.verdicts import claim_verdict
from makegood.disputes.states import Origin
from makegood.parties.selectors import CustomerSeen

NOT_BILLED = "NOT_BILLED"


def create(request: Request) -> Response:
    """File a dispute. The customer of the address is in scope."""
    customer: CustomerSeen = request.subject
    body: NewDispute = request.body
    if (body.featureID is None) == (body.usageRecordID is None):
        raise _one_item(request)
    item = item_on(
        request.principal,
        customer.id,
        invoice=body.invoiceNumber,
        feature=body.featureID,
        usage=body.usageRecordID,
        resolution_id=body.resolutionID,
    )
    if item is None:
        raise _not_billed(body)
    if body.resolutionID is not None and item.resolution is None:
        raise UnknownResolution(resolution=body.resolutionID, field="resolutionID")
    claim = _claim(body, item)
    (answer,) = operations.submit(request.principal, items=[claim], origin=Origin.API)
    if not answer.ok or answer.id is None:
        raise refusal(answer, request, _in_the_way(claim))
    made = record_of(request.principal, answer.id)
    return record_answer(request, made, status=201, location=address_of(request, made.values["disputeID"]))


def _claim(body: NewDispute, item: Item) -> SubmitItem:
    micros = body.amount.micros(item.currency, whole=item.remaining_micros)
    if micros <= 0:
        raise AmountNotPositive(field="amount")
    return SubmitItem(
        charge_id=item.charge_id,
        reason=item.reason if body.reason is None else body.reason,
        description=body.description,
        amount_micros=micros,
        type=body.type or "",
        resolution=item.resolution or "",
    )


def _one_item(request: Request) -> ExactlyOneItem:
    refused = ExactlyOneItem()
    refused.more["lines"] = [
        line(refused.code, refused.message, request.request_id, field=field) for field in ("featureID", "usageRecordID")
    ]
    return refused


def _not_billed(body: NewDispute) -> BlockedByRule:
    """Why there is nothing to dispute; whose invoice it may be instead is not told."""
    what = f"feature {body.featureID}" if body.usageRecordID is None else f"usage record {body.usageRecordID}"
    sentence = (
        f"Only billed items can be disputed: there is no {what} on an invoice {body.invoiceNumber} of this customer."
    )
    return BlockedByRule(NOT_BILLED, sentence, field="invoiceNumber")


def _in_the_way(claim: SubmitItem) -> tuple[RuleResult, ...]:
    """Every rule of the policy that stands in the way of a refused claim."""
    verdict = claim_verdict(claim, Origin.API)
    return () if verdict is None else verdict.in_the_way
