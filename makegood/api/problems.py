"""Refusals as answers: RFC 9457, with the ``errors[]`` that IDI's clients read, and OData's ``error`` under /odata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from makegood.api.errors import EdgeRefusal, Refused
from makegood.api.http import PROBLEM, Response
from makegood.disputes.eligibility import RuleResult
from makegood.disputes.policy import RULE_TYPES
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal, subclasses

ODATA = "/odata"
RULE_STATUS = 422
_ABOUT_THE_BODY = frozenset({403, 409, 422})
"""Statuses whose field is a member of the body; that of any other is a header or a part of the address."""


@cache
def statuses() -> Mapping[str, int]:
    """Every code with its status; what a policy rule says is 422."""
    own = {kind.code: kind.status for kind in subclasses()}
    return {**{rule.code: RULE_STATUS for rule in RULE_TYPES.values()}, **own}


def refused(answer: Answer) -> Refused:
    """What an operation answered about the only item, to be raised."""
    return Refused(answer, statuses().get(answer.code, RULE_STATUS))


def title_of(code: str) -> str:
    """The code in words: ``Amount too high``."""
    return code.replace("_", " ").capitalize()


def page_of(code: str) -> str:
    """The address of the page that explains the code."""
    return "/problems/" + code.lower().replace("_", "-")


def occurrence(request_id: str) -> str:
    """The request's number as a URN of a UUID: itself where it is one, else one that is made from it."""
    try:
        return UUID(request_id).urn
    except ValueError:
        return uuid5(NAMESPACE_OID, request_id).urn


def line(
    code: str, message: str, request_id: str, *, field: str = "", more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One entry of ``errors``."""
    said: dict[str, Any] = {"field": field, "loggingNumber": request_id, "message": message, "code": code}
    if field:
        said["pointer"] = "#/" + field.replace("[", "/").replace("]", "").replace(".", "/")
    return said | dict(more or {})


def rule_line(rule: RuleResult, request_id: str, field: str = "") -> dict[str, Any]:
    """What a rule of the policy says, as an entry of ``errors`` with its fact and its limit."""
    return line(
        rule.code, rule.message, request_id, field=field, more={"fact": dict(rule.fact), "limit": dict(rule.limit)}
    )


def headed(code: str, own: dict[str, Any], rules: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries of ``errors``: the headline as its rule says it, else ``own``, then the other rules."""
    said = list(rules)
    first = [one for one in said if one["code"] == code] or [own]
    return first + [one for one in said if one["code"] != code]


def body_of(
    code: str,
    status: int,
    message: str,
    request_id: str,
    errors: Sequence[Mapping[str, Any]],
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The whole body; ``errors`` is never empty."""
    return {
        "type": page_of(code),
        "title": title_of(code),
        "status": status,
        "code": code,
        "detail": message,
        "instance": occurrence(request_id),
        "errors": list(errors),
        **(more or {}),
    }


def problem(refusal: Refusal, request_id: str, path: str = "") -> Response:
    """The answer to a request that was refused."""
    field = str(refusal.fields.get("field", ""))
    headers: dict[str, str] = {}
    more: dict[str, Any] = {}
    lines = [line(refusal.code, refusal.message, request_id, field=field)]
    if refusal.status not in _ABOUT_THE_BODY:
        lines[0].pop("pointer", None)
    if isinstance(refusal, EdgeRefusal):
        headers = dict(refusal.headers)
        more = dict(refusal.more)
        lines = more.pop("lines", lines)
    if path.startswith(ODATA):
        more["error"] = {"code": refusal.code, "message": refusal.message}
        headers["OData-Version"] = "4.0"
    body = body_of(refusal.code, refusal.status, refusal.message, request_id, lines, more)
    return Response(refusal.status, body, headers, media=PROBLEM)


def of_answer(answer: Answer, request_id: str, field: str = "", rules: Sequence[RuleResult] = ()) -> dict[str, Any]:
    """The problem of one item of a batch, as a member of the answer; ``rules`` are all that stand in the way."""
    status = statuses().get(answer.code, RULE_STATUS)
    own = line(answer.code, answer.message, request_id, field=field)
    lines = headed(answer.code, own, [rule_line(rule, request_id, field) for rule in rules])
    return body_of(answer.code, status, answer.message, request_id, lines)
