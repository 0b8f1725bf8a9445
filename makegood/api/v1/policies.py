"""Policies: versions, drafts, and publishing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.db import transaction
from msgspec import Meta, Struct

from makegood.api.errors import (
    BadCursor,
    BadParameter,
    FieldInvalid,
    MatchFailed,
    MatchRequired,
    NoAccess,
)
from makegood.api.http import Request, Response
from makegood.api.routing import Keyed, Route
from makegood.api.v1 import finding, ids, paging, short_lists, tags
from makegood.api.v1.representations import policy as shapes
from makegood.disputes import errors, operations
from makegood.disputes.locks import lock_policy
from makegood.disputes.selectors.policy_trials import (
    VersionRow,
    policy_program,
    policy_programs,
    version_rows,
)
from makegood.parties.models import Program
from makegood.parties.states import Verb

TAG = "policies"
PATH = "/api/v1/policies"
ONE = PATH + "/{policy}"
VERSION = ONE + "/versions/{version}"
YEARS = range(2000, 2200)
WHOLE = range(-(2**53) + 1, 2**53)
Rules = Annotated[
    list[dict[str, Any]],
    Meta(
        min_length=1,
        max_length=62,
        description="Typed rules in the order they are asked, as a version shows them; docs/reference lists the types.",
    ),
]
Note = Annotated[str, Meta(max_length=1000)]
Number = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Moment = Annotated[datetime, Meta(tz=True)]


class PolicyDraft(Struct, forbid_unknown_fields=True):
    """Rules that are not in force."""

    rules: Rules
    note: Note = ""


class Publishing(Struct, forbid_unknown_fields=True):
    """What comes into force: the ``draft`` of that number, or ``rules`` with their note; ``effective_from`` or now."""

    draft: Number | None = None
    rules: Rules | None = None
    note: Note = ""
    effective_from: Moment | None = None


def found(request: Request) -> Program:
    """The program whose policy the path names. Raises NotPermitted, NoAccess."""
    text = request.params["policy"]
    kind, _, key = text.partition("_")
    with finding.absent_as("Policy", text):
        return policy_program(request.principal, key if kind == shapes.POLICY else "")


def found_version(request: Request) -> tuple[Program, VersionRow]:
    """The version that the path names, with its program. Raises NotPermitted, NoAccess."""
    program, text = found(request), request.params["version"]
    row = next((row for row in version_rows(program) if str(row.number) == text), None)
    if row is None:
        raise NoAccess(kind="Policy version", id=ids.spoken(text))
    return program, row


def _shown(program: Program) -> shapes.Policy:
    return shapes.policy(program, version_rows(program))


def _version(program: Program, number: int) -> shapes.PolicyVersion:
    return next(shapes.version(row) for row in version_rows(program) if row.number == number)


def listed(request: Request) -> Response:
    """A page of policies."""
    paging.check_known(request, ())
    page = short_lists.page(request, policy_programs(request.principal), lambda program: program.key)
    return Response(body=paging.answered(page, shapes.PolicyPage, _shown))


def one(request: Request) -> Response:
    """One policy."""
    return tags.read(request, _shown(request.subject))


def versions(request: Request) -> Response:
    """A page of versions, drafts too."""
    paging.check_known(request, ())
    rows = version_rows(request.subject)[::-1]
    page = short_lists.page(request, rows, lambda row: str(row.number))
    return Response(body=paging.answered(page, shapes.PolicyVersionPage, shapes.version))


def version(request: Request) -> Response:
    """One version."""
    _, row = request.subject
    return tags.read(request, shapes.version(row))


def whole_rules(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rules as they are kept: no parameter is a fraction. Raises FieldInvalid."""
    for ordinal, rule in enumerate(asked):
        for name, value in rule.items():
            _check_whole(value, f"rules[{ordinal}].{name}")
    return asked


def _check_whole(value: Any, field: str) -> None:
    if isinstance(value, Decimal | float) or (isinstance(value, int) and value not in WHOLE):
        raise FieldInvalid(field=field, cause="it is a whole number below 2^53; money is in millionths")
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for part in parts:
        _check_whole(part, field)


def save(request: Request) -> Response:
    """Keep a new draft."""
    program, body = request.subject, request.body
    made = operations.save_policy_draft(
        request.principal, program=program, rules=whole_rules(body.rules), note=body.note
    )
    return _made(program, made.number)


def _made(program: Program, number: int) -> Response:
    place = f"{PATH}/{shapes.policy_id(program.key)}/versions/{number}"
    return Response(201, _version(program, number), {"Location": place})


def change(request: Request) -> Response:
    """Put other rules into a draft."""
    (program, row), body = request.subject, request.body
    rules = whole_rules(body.rules)
    with transaction.atomic():
        _check_version(request, program, row.number)
        operations.save_policy_draft(request.principal, program=program, rules=rules, note=body.note, number=row.number)
    return tags.read(request, _version(program, row.number))


def _check_version(request: Request, program: Program, number: int) -> None:
    """Lock the policy and hold If-Match against the version as it is then."""
    lock_policy(program.pk)
    tags.check_unchanged(request, _version(program, number))


def discard(request: Request) -> Response:
    """Throw a draft away."""
    program, row = request.subject
    with transaction.atomic():
        _check_version(request, program, row.number)
        operations.discard_policy_draft(request.principal, program=program, number=row.number)
    return Response(204)


def publish(request: Request) -> Response:
    """Publish a draft, or rules as given."""
    program, body = request.subject, request.body
    if (body.rules is None) == (body.draft is None):
        raise FieldInvalid(field="draft", cause="name either a draft or rules")
    start = body.effective_from
    if start is not None and start.year not in YEARS:
        raise FieldInvalid(field="effective_from", cause="it is a moment from 2000 to 2199")
    with transaction.atomic():
        lock_policy(program.pk)
        tags.check_unchanged(request, _shown(program))
        if body.rules is None:
            done = operations.publish_policy_draft(
                request.principal, program=program, number=body.draft, effective_from=start
            )
        else:
            done = operations.publish_policy(
                request.principal, program=program, rules=whole_rules(body.rules), note=body.note, effective_from=start
            )
    return _made(program, done.number)


RULE = {"type": "window", "amount": 30, "unit": "days", "severity": "block"}
STALE = (NoAccess, MatchRequired, MatchFailed)
UNREADABLE = (FieldInvalid, errors.PolicyNotReadable)
SENSELESS = (errors.PolicyContradicts,)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        PATH,
        "listPolicies",
        listed,
        "List policies.",
        TAG,
        verb=Verb.POLICY_EDIT,
        answer=shapes.PolicyPage,
        query=paging.PARAMS,
        refusals=(BadParameter, BadCursor),
    ),
    Route(
        "GET",
        ONE,
        "getPolicy",
        one,
        "Read a policy.",
        TAG,
        scope=found,
        verb=Verb.POLICY_EDIT,
        answer=shapes.Policy,
        statuses={304: None},
        refusals=(NoAccess,),
        description="The ETag goes into If-Match of publishing.",
    ),
    Route(
        "GET",
        f"{ONE}/versions",
        "listPolicyVersions",
        versions,
        "List versions, the latest first.",
        TAG,
        scope=found,
        verb=Verb.POLICY_EDIT,
        answer=shapes.PolicyVersionPage,
        query=paging.PARAMS,
        refusals=(NoAccess, BadParameter, BadCursor),
    ),
    Route(
        "GET",
        VERSION,
        "getPolicyVersion",
        version,
        "Read a version.",
        TAG,
        scope=found_version,
        verb=Verb.POLICY_EDIT,
        answer=shapes.PolicyVersion,
        statuses={304: None},
        refusals=(NoAccess,),
    ),
    Route(
        "POST",
        f"{ONE}/draft",
        "draftPolicy",
        save,
        "Keep a draft.",
        TAG,
        scope=found,
        verb=Verb.POLICY_EDIT,
        body=PolicyDraft,
        answer=shapes.PolicyVersion,
        status=201,
        keyed=Keyed.OPTIONAL,
        refusals=(NoAccess, *UNREADABLE),
        examples={"window": {"rules": [RULE], "note": "A month instead of three."}},
    ),
    Route(
        "PUT",
        VERSION,
        "changePolicyDraft",
        change,
        "Change a draft.",
        TAG,
        scope=found_version,
        verb=Verb.POLICY_EDIT,
        body=PolicyDraft,
        answer=shapes.PolicyVersion,
        keyed=Keyed.OPTIONAL,
        matched=True,
        refusals=(*STALE, *UNREADABLE, errors.VersionPublished),
        description="A published version never changes.",
        examples={"window": {"rules": [RULE], "note": "A month instead of three."}},
    ),
    Route(
        "DELETE",
        VERSION,
        "discardPolicyDraft",
        discard,
        "Throw a draft away.",
        TAG,
        scope=found_version,
        verb=Verb.POLICY_EDIT,
        status=204,
        matched=True,
        refusals=(*STALE, errors.VersionPublished),
    ),
    Route(
        "POST",
        f"{ONE}/publish",
        "publishPolicy",
        publish,
        "Publish a draft, or rules.",
        TAG,
        scope=found,
        verb=Verb.POLICY_EDIT,
        body=Publishing,
        answer=shapes.PolicyVersion,
        status=201,
        keyed=Keyed.OPTIONAL,
        matched=True,
        refusals=(*STALE, *UNREADABLE, *SENSELESS, errors.VersionUnknown, errors.VersionPublished),
        description="From effective_from on, which may lie ahead, or at once; the version before ends there, and where "
        "a later one is scheduled this one ends with its start. If-Match is the policy's "
        "ETag. A draft that others came after takes the next number.",
        examples={
            "draft": {"draft": 2, "effective_from": "2026-04-01T00:00:00Z"},
            "rules": {"rules": [RULE], "note": "A month instead of three."},
        },
    ),
)
