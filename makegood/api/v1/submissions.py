"""Submissions: disputes filed by one call, one by itself or several under one number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from makegood.api.amounts import Amount
from makegood.api.errors import BadCursor, BadParameter, FieldInvalid, NoAccess
from makegood.api.http import Request, Response
from makegood.api.problems import of_answer
from makegood.api.routing import Keyed, Param, Route
from makegood.api.v1 import finding, ids, paging, tags
from makegood.api.v1.errors import NothingFiled
from makegood.api.v1.representations.charge import ChargeId
from makegood.api.v1.representations.evidence import EvidenceId
from makegood.api.v1.representations.shapes import micros
from makegood.api.v1.representations.submission import (
    Created,
    Result,
    Results,
    Submission,
    SubmissionPage,
    head,
    submission,
)
from makegood.billing.selectors.charge_list import ChargePlace, charge_places
from makegood.disputes import operations
from makegood.disputes.eligibility import RuleResult
from makegood.disputes.entries import SubmitItem, Together
from makegood.disputes.models import Submission as Row
from makegood.disputes.selectors.dossiers import dossiers
from makegood.disputes.selectors.exhibits import brought
from makegood.disputes.selectors.submissions import Filed, filed_names, line_ids, submissions_visible_to
from makegood.disputes.selectors.verdicts import verdicts
from makegood.disputes.states import Origin
from makegood.kernel.answers import Answer, accepted
from makegood.kernel.errors import Refusal
from makegood.kernel.paging import Key
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

TAG = "submissions"
MOST = 500
ORDER = (Key("id", descending=True),)
FILTERS = (
    Param("customer", int, "The customer's id."),
    Param("program", str, "The program's key."),
)


class Item(Struct, forbid_unknown_fields=True):
    """One claim: without ``amount`` all that is left of the charge. ``reason`` is a code of the program's catalog.

    ``override_cause`` is a representative's written cause to file against a rule that can be overridden.
    """

    charge: ChargeId
    amount: Amount | None = None
    reason: Annotated[str, Meta(max_length=40)] = ""
    description: Annotated[str, Meta(max_length=4000)] = ""
    type: Annotated[str, Meta(max_length=40)] = ""
    override_cause: Annotated[str, Meta(max_length=4000)] = ""
    evidence: Annotated[list[EvidenceId], Meta(max_length=20, description="Files handed in before, by their ids.")] = []


class Filing(Struct, forbid_unknown_fields=True):
    """Claims on charges of one customer. With more than one, or with a note, they become lines of one submission.

    ``atomic`` files all of them or none.
    """

    customer: Annotated[int, Meta(ge=1, le=2**53)]
    items: Annotated[list[Item], Meta(min_length=1, max_length=MOST)]
    note: Annotated[str, Meta(max_length=4000)] = ""
    atomic: bool = False


def submit(request: Request) -> Response:
    """File."""
    body: Filing = request.body
    numbers = [ids.number_of(ids.CHARGE, item.charge) or 0 for item in body.items]
    places = charge_places(request.principal, numbers)
    claims: dict[int, SubmitItem] = {}
    answers: dict[int, Answer] = {}
    for ordinal, (number, item) in enumerate(zip(numbers, body.items, strict=True)):
        claim = _claim(places.get(number), item, body.customer, ordinal)
        if isinstance(claim, Answer):
            answers[ordinal] = claim
        else:
            claims[ordinal] = claim
    if claims and not (body.atomic and answers):
        together = Together(body.note) if len(body.items) > 1 or body.note.strip() else None
        filed = operations.submit(request.principal, items=list(claims.values()), origin=Origin.API, together=together)
        answers.update({at: replace(one, ordinal=at) for at, one in zip(claims, filed, strict=True)})
    return _answer(request, body, answers, _in_the_way(request.principal, claims, answers))


def _claim(place: ChargePlace | None, item: Item, customer: int, ordinal: int) -> SubmitItem | Answer:
    if place is None or place.customer_id != customer:
        return Answer.refused(ordinal, NotFound())
    amount = None
    if item.amount is not None:
        try:
            amount = item.amount.micros(place.currency, whole=place.remaining_micros)
        except FieldInvalid as refusal:
            return Answer.refused(ordinal, refusal)
    return SubmitItem(
        charge_id=place.id,
        reason=item.reason,
        description=item.description,
        amount_micros=amount,
        override_cause=item.override_cause,
        type=item.type,
        file_ids=tuple(item.evidence),
    )


def _in_the_way(
    principal: Principal, claims: Mapping[int, SubmitItem], answers: Mapping[int, Answer]
) -> dict[int, Sequence[RuleResult]]:
    """Every rule of the policy that stands in the way of a refused claim, by its place in the call."""
    refused = {claim.charge_id: at for at, claim in claims.items() if at in answers and not answers[at].ok}
    asked = {pk: claims[at] for pk, at in refused.items()}
    files = dict(zip(asked.values(), brought(principal, list(asked.values())), strict=True))
    attached = {claim: found for claim, found in files.items() if not isinstance(found, Refusal)}
    said = verdicts(list(refused), Origin.API, asked, attached=attached) if refused else {}
    return {refused[pk]: verdict.in_the_way for pk, verdict in said.items()}


def _answer(
    request: Request, body: Filing, answers: Mapping[int, Answer], rules: Mapping[int, Sequence[RuleResult]]
) -> Response:
    """201 with a result per item. Raises NothingFiled, which undoes what was filed."""
    done = accepted(answers.values())
    names = filed_names([answer.id for answer in done if answer.id is not None]) if done else {}
    results = [
        _refused(request, at, answer, rules.get(at, ()))
        if (answer := answers.get(at)) is None or not answer.ok
        else _created(body.items, at, answer, names)
        for at in range(len(body.items))
    ]
    if not done or (body.atomic and len(done) < len(body.items)):
        raise _nothing(results, answers)
    first = names[done[0].id or 0]
    where = f"submissions/{first.submission}" if first.submission else f"disputes/{first.public_id}"
    return Response(201, Results(first.submission, results), {"Location": f"/api/v1/{where}"})


def _refused(request: Request, at: int, answer: Answer | None, rules: Sequence[RuleResult]) -> Result:
    """What became of an item that was not filed; None where it was not even tried."""
    if answer is None:
        return Result(at, "not_filed")
    return Result(at, "refused", problem=of_answer(answer, request.request_id, f"items[{at}]", rules))


def _created(items: Sequence[Item], at: int, answer: Answer, names: Mapping[int, Filed]) -> Result:
    data, name = answer.data, names[answer.id or 0]
    made = Created(
        id=name.public_id,
        number=data["number"],
        charge=items[at].charge,
        asked=micros(data["amount_micros"], data["currency"]),
        submission=name.submission,
        granted_by=data.get("granted_by"),
    )
    return Result(at, "created", dispute=made)


def _nothing(results: Sequence[Result], answers: Mapping[int, Answer]) -> NothingFiled:
    """The refusal of the whole call; what could have been filed is not."""
    told = [one if one.status == "refused" else Result(one.index, "not_filed") for one in results]
    refused = [one.problem for one in told if one.problem is not None]
    refusal = NothingFiled(refused=len(refused), count=len(results))
    lines = [line for problem in refused for line in problem["errors"]]
    refusal.more = {"results": msgspec.to_builtins(told), "lines": lines}
    return refusal


def listed(request: Request) -> Response:
    """A page of submissions of which a line is in scope."""
    paging.check_known(request, FILTERS)
    rows = submissions_visible_to(request.principal).select_related("program", "customer", "created_by")
    customer, program = finding.number(request, "customer"), request.one("program")
    if customer is not None:
        rows = rows.filter(customer=customer)
    if program:
        rows = rows.filter(program__key=program)
    return Response(body=paging.answered(paging.page(request, rows, ORDER), SubmissionPage, head))


def found(request: Request) -> Row:
    """The submission of the path. Raises NotPermitted, NoAccess."""
    demand(request.principal, Verb.DISPUTE_VIEW)
    public_id = request.params["submission"]
    rows = submissions_visible_to(request.principal).select_related("program", "customer", "created_by")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise NoAccess(kind="Submission", id=ids.spoken(public_id))
    return row


def one(request: Request) -> Response:
    """A submission with its lines in sight."""
    lines = dossiers(request.principal, line_ids(request.principal, request.subject.pk))
    return tags.read(request, submission(request.subject, lines))


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/api/v1/submissions",
        "submitDisputes",
        submit,
        "File disputes on charges.",
        TAG,
        verb=Verb.DISPUTE_CREATE,
        body=Filing,
        answer=Results,
        status=201,
        keyed=Keyed.REQUIRED,
        refusals=(NothingFiled,),
        description="Each item is answered by itself: created with its dispute, or refused with the problem. When none "
        "is filed, or not all of an atomic call, the answer is 422 with the same results and nothing was filed.",
        examples={
            "one": {
                "customer": 7,
                "items": [{"charge": "chg_12", "reason": "SPAM", "description": "A recorded voice."}],
            },
            "several": {
                "customer": 7,
                "items": [
                    {"charge": "chg_12", "reason": "SPAM", "description": "A recorded voice."},
                    {
                        "charge": "chg_13",
                        "amount": "9.99",
                        "reason": "WRONG_SERVICE",
                        "description": "Asked for tires.",
                    },
                ],
                "note": "From the review of last week.",
                "atomic": True,
            },
        },
    ),
    Route(
        "GET",
        "/api/v1/submissions",
        "listSubmissions",
        listed,
        "List submissions, the newest first.",
        TAG,
        verb=Verb.DISPUTE_VIEW,
        answer=SubmissionPage,
        query=(*FILTERS, *paging.PARAMS),
        refusals=(BadParameter, BadCursor),
    ),
    Route(
        "GET",
        "/api/v1/submissions/{submission}",
        "getSubmission",
        one,
        "Read a submission with its disputes.",
        TAG,
        scope=found,
        verb=Verb.DISPUTE_VIEW,
        answer=Submission,
        statuses={304: None},
        refusals=(NoAccess,),
    ),
)
