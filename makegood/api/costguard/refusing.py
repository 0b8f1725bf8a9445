"""Refusals of operations as answers: each names the member of the body that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from makegood.api.errors import Refused
from makegood.api.http import Request
from makegood.api.problems import headed, line, refused, rule_line
from makegood.disputes.eligibility import RuleResult
from makegood.disputes.errors import UnknownResolution
from makegood.disputes.selectors.addressed import resolution_code
from makegood.kernel.answers import Answer

FIELD_OF: Mapping[str, str] = {
    "AMOUNT_EXCEEDS_ASKED": "amount",
    "AMOUNT_EXCEEDS_REMAINING": "amount",
    "AMOUNT_NOT_POSITIVE": "amount",
    "AMOUNT_NOT_WHOLE": "amount",
    "AMOUNT_NOT_FULL": "amount",
    "AMOUNT_TOO_HIGH": "amount",
    "AMOUNT_TOO_LOW": "amount",
    "DECISION_NOT_OFFERED": "amount",
    "EXPLANATION_REQUIRED": "description",
    "FEE_OUT_OF_RANGE": "amount",
    "OVER_LIMIT": "amount",
    "REASON_NOT_IN_CATEGORY": "reason",
    "REASON_REQUIRED": "reason",
    "UNKNOWN_RESOLUTION": "resolutionID",
    "UNKNOWN_TYPE": "type",
}
"""The member that a code is about; any other code is about the dispute as a whole."""


def refusal(answer: Answer, request: Request, rules: Iterable[RuleResult] = ()) -> Refused:
    """What an operation answered, to be raised; ``rules`` are all that stand in the way, told beside it."""
    found = refused(answer)
    own = line(answer.code, answer.message, request.request_id, field=FIELD_OF.get(answer.code, ""))
    said = [rule_line(rule, request.request_id, FIELD_OF.get(rule.code, "")) for rule in rules]
    found.more["lines"] = headed(answer.code, own, said)
    return found


def code_of(program_id: int, resolution_id: int | None) -> str:
    """The code of a resolution by its number; empty for none. Raises UnknownResolution."""
    if resolution_id is None:
        return ""
    found = resolution_code(program_id, resolution_id)
    if found is None:
        raise UnknownResolution(resolution=resolution_id, field="resolutionID")
    return found
