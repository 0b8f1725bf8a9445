"""Bulk intake: thousands of claims in one request, filed in sets, answered row by row while they are."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec
from django.db import DatabaseError
from msgspec import UNSET, Struct

from makegood.api.errors import BodyTooLarge, FieldInvalid, ServiceAway, UnsupportedMediaType
from makegood.api.http import Request, Response
from makegood.api.problems import of_answer
from makegood.api.routing import Keyed, Route
from makegood.api.v1.intake_rows import MEDIA, MOST_ROWS, NDJSON, REFUSALS, IntakeRow, Read, name_of, rows_of
from makegood.api.v1.representations.dispute import DisputeId
from makegood.api.v1.representations.shapes import Money, Problem, micros
from makegood.billing.selectors.charge_list import ChargeName, ChargePlace, charges_meant
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.selectors.submissions import filed_names
from makegood.disputes.states import Origin
from makegood.kernel.answers import Answer, accepted
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb

logger = logging.getLogger(__name__)

LIMIT = 20 * 1024 * 1024
CHUNK = 2_500
"""Rows that are filed by one statement and one transaction."""

_encoder = msgspec.json.Encoder()
Lines = Sequence[tuple[int, Read]]


class RowResult(Struct, omit_defaults=True):
    """What became of the row on a line: ``created`` with the dispute, or ``refused`` with the problem."""

    line: int
    status: str
    dispute: DisputeId | None = None
    number: str | None = None
    asked: Money | None = None
    problem: Problem | None = None


def body_of(request: Request) -> bytes:
    """The whole body, which the idempotency key is compared by. Raises BodyTooLarge, UnsupportedMediaType."""
    if request.media_type not in MEDIA:
        kinds = ", ".join(MEDIA)
        raise UnsupportedMediaType(accepted=kinds, headers={"Accept": kinds})
    return request.raw(LIMIT)


def take_in(request: Request) -> Response:
    """File what can be filed; the answer goes out while the rest is still being filed."""
    rows = rows_of(request.media_type, request.subject)
    return Response(content=_results(request, rows), media=NDJSON)


def _results(request: Request, rows: Iterator[tuple[int, Read]]) -> Iterator[bytes]:
    while chunk := list(islice(rows, CHUNK)):
        found = _filed(request, chunk)
        yield b"".join(_encoder.encode(one) + b"\n" for one in found)


def _filed(request: Request, chunk: Lines) -> list[RowResult]:
    """The results of a chunk. What the database refuses as a whole is refused row by row: nothing of it was filed."""
    try:
        answers = _answers(request.principal, [row for _, row in chunk])
        done = [answer.id for answer in accepted(answers) if answer.id is not None]
        names = filed_names(done) if done else {}
    except DatabaseError:
        if "idempotency-key" in request.headers:
            # Kept under the key, this answer would outlive its cause; so nothing is done at all.
            raise
        logger.exception("request %s: a chunk of rows could not be filed", request.request_id)
        answers, names = [Answer.refused(at, ServiceAway()) for at in range(len(chunk))], {}
    results = []
    for (line, _), answer in zip(chunk, answers, strict=True):
        if answer.ok:
            data = answer.data
            asked = micros(data["amount_micros"], data["currency"])
            results.append(RowResult(line, "created", names[answer.id or 0].public_id, data["number"], asked))
        else:
            field = str(answer.data.get("field", ""))
            results.append(RowResult(line, "refused", problem=of_answer(answer, request.request_id, field)))
    return results


def _answers(principal: Principal, rows: Sequence[Read]) -> list[Answer]:
    answers: dict[int, Answer] = {}
    names: dict[int, ChargeName] = {}
    for at, row in enumerate(rows):
        name = row if isinstance(row, Refusal) else name_of(row)
        if isinstance(name, Refusal):
            answers[at] = Answer.refused(at, name)
        else:
            names[at] = name
    ordinals = list(names)
    places = charges_meant(principal, list(names.values())) if names else {}
    claims: dict[int, SubmitItem] = {}
    for place, at in enumerate(ordinals):
        claim = _claim(rows[at], places.get(place))
        if isinstance(claim, Refusal):
            answers[at] = Answer.refused(at, claim)
        else:
            claims[at] = claim
    if claims:
        filed = operations.submit(principal, items=list(claims.values()), origin=Origin.API)
        answers.update(zip(claims, filed, strict=True))
    return [answers[at] for at in range(len(rows))]


def _claim(row: Read, place: ChargePlace | None) -> SubmitItem | Refusal:
    if place is None or not isinstance(row, IntakeRow):
        return NotFound()
    amount = None
    if row.amount is not UNSET:
        try:
            amount = row.amount.micros(place.currency, whole=place.remaining_micros)
        except FieldInvalid as refusal:
            return refusal
    return SubmitItem(
        charge_id=place.id,
        reason=row.reason or "",
        description=row.description or "",
        amount_micros=amount,
        override_cause=row.override_cause or "",
        type=row.type or "",
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/api/v1/disputes/intake",
        "takeInDisputes",
        take_in,
        "File thousands of disputes at once.",
        "submissions",
        scope=body_of,
        verb=Verb.DISPUTE_CREATE,
        answer=RowResult,
        keyed=Keyed.OPTIONAL,
        media=MEDIA,
        answer_media=NDJSON,
        limit=LIMIT,
        refusals=(*REFUSALS, BodyTooLarge, UnsupportedMediaType),
        description=f"Up to {MOST_ROWS:,} rows and 20 MB: a JSON object per line, or CSV below a line with the names "
        "of the columns: charge; or source and external_id; or invoice with feature or usage_record; amount, reason, "
        "description, type, override_cause. Each line of the answer tells of one row, in order. A row that is refused "
        "stands alone. Rows are filed in sets; with an idempotency key all of them are one transaction.",
        examples={"ndjson": {"charge": "chg_12", "reason": "SPAM", "description": "A recorded voice."}},
    ),
)
