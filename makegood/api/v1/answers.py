"""From what an operation answered about the one dispute of a call to the answer of the call."""

from __future__ import annotations

from makegood.api.amounts import Amount
from makegood.api.http import Request, Response
from makegood.api.problems import refused
from makegood.api.v1 import tags
from makegood.api.v1.representations.dispute import dispute
from makegood.api.v1.representations.recommendation import recommendation
from makegood.disputes.errors import VersionMismatch
from makegood.disputes.selectors.dossiers import Handle, dossier_of
from makegood.disputes.selectors.recommendations import recommendation_called
from makegood.kernel.answers import Answer
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

PATH = "/api/v1/disputes/"


def check(request: Request, ref: Handle, answer: Answer) -> None:
    """Raise what the operation refused; a lost race reads like a stale If-Match."""
    if answer.ok:
        return
    if answer.code == VersionMismatch.code:
        tags.changed(request, ref)
    raise refused(answer)


def recommended(request: Request, answer: Answer) -> Response | None:
    """What waits for a second signature now, with its address; None where the answer is of something that was done."""
    row = recommendation_called(request.principal, str(answer.data.get("recommendation", "")))
    if row is None:
        return None
    return Response(202, recommendation(row), {"Location": f"/api/v1/recommendations/{row.public_id}"})


def shown(request: Request, ref: Handle, status: int = 200) -> Response:
    """The dispute as it is after a change, with its ETag; with its address where the change made something new."""
    headers = {"Location": PATH + ref.public_id} if status == 201 else {}
    return tags.answer(request, dispute(dossier_of(request.principal, ref.public_id)), status, **headers)


def clawback(request: Request, ref: Handle, asked: Amount | None) -> int | None:
    """What is to be taken back from the vendor, in micros; only who sees payouts may say it. Raises NotPermitted."""
    if asked is None:
        return None
    demand(request.principal, Verb.PAYOUT_VIEW)
    return asked.micros(ref.payout_currency, field="claw_back")
