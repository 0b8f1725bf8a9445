"""PATCH of a dispute: a JSON Patch document on its amount and words, applied under lock, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from makegood.api.amounts import Amount, number
from makegood.api.errors import FieldRequired, MatchFailed, MatchRequired, NoAccess
from makegood.api.http import Request, Response
from makegood.api.patching import MEDIA, REFUSALS, Shape, Step, applied, steps_of, touched_by
from makegood.api.routing import SMALL_BODY, Keyed, Route
from makegood.api.strict_json import shaped
from makegood.api.v1 import answers, finding, tags
from makegood.api.v1.codes import RULES
from makegood.api.v1.representations.dispute import Dispute
from makegood.billing.selectors.charge_list import charge_places
from makegood.disputes import errors, operations
from makegood.disputes.selectors.dossiers import Dossier, Handle, dossier_of
from makegood.parties.states import Verb


class Changeable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a document may change; ``reason``, ``type`` and ``resolution`` are codes, null takes them away."""

    amount: Amount | UnsetType = UNSET
    description: Annotated[str, Meta(min_length=1, max_length=4000)] | UnsetType = UNSET
    reason: Annotated[str, Meta(max_length=40)] | UnsetType | None = UNSET
    type: Annotated[str, Meta(max_length=40)] | UnsetType | None = UNSET
    resolution: Annotated[str, Meta(max_length=40)] | UnsetType | None = UNSET


_WORDS = frozenset({"description", "reason", "type", "resolution"})
SHAPE = Shape(
    readable=frozenset({*_WORDS, "amount", "number", "stage", "outcome", "round"}),
    writable=frozenset(Changeable.__struct_fields__),
    nullable=frozenset({"reason", "type", "resolution"}),
    amounts=frozenset({"amount"}),
)


def patch(request: Request) -> Response:
    """Apply a document to the dispute as it stands under its lock."""
    ref: Handle = request.subject
    steps = steps_of(request.body, SHAPE)
    answer = operations.amend(
        request.principal,
        dispute_id=ref.id,
        changes=lambda: _changes(request, steps),
        version=tags.version_to_change(request, ref),
    )
    answers.check(request, ref, answer)
    return answers.shown(request, ref)


def _document(dossier: Dossier) -> dict[str, Any]:
    """The members that a document may test, as the caller may know them."""
    return {
        "amount": number(dossier.asked.micros),
        "description": dossier.description,
        "reason": dossier.reason or None,
        "type": dossier.type or None,
        "resolution": dossier.resolution or None,
        "number": dossier.number,
        "stage": dossier.stage.value,
        "outcome": dossier.outcome.value if dossier.outcome else None,
        "round": dossier.round,
    }


def _changes(request: Request, steps: Sequence[Step]) -> Mapping[str, Any]:
    """What the document changes, in the words of the operation. The caller holds the lock."""
    dossier = dossier_of(request.principal, request.subject.public_id)
    made, touched = applied(steps, _document(dossier), SHAPE), touched_by(steps)
    wanted = shaped({name: made[name] for name in sorted(touched)}, Changeable)
    asked: dict[str, Any] = {name: getattr(wanted, name) or "" for name in touched & _WORDS}
    if isinstance(wanted.amount, Amount):
        place = charge_places(request.principal, [dossier.charge_id])[dossier.charge_id]
        asked["amount_micros"] = wanted.amount.micros(place.currency, whole=place.remaining_micros)
    return asked


ROUTES: tuple[Route, ...] = (
    Route(
        "PATCH",
        "/api/v1/disputes/{dispute}",
        "patchDispute",
        patch,
        "Change an open dispute.",
        "disputes",
        scope=finding.dispute,
        verb=Verb.DISPUTE_EDIT,
        body=Any,
        answer=Dispute,
        keyed=Keyed.OPTIONAL,
        matched=True,
        media=MEDIA,
        limit=SMALL_BODY,
        refusals=(
            NoAccess,
            MatchRequired,
            MatchFailed,
            FieldRequired,
            *REFUSALS,
            errors.WrongStage,
            errors.DecisionPending,
            errors.DisputeClosed,
            errors.AlreadyDecided,
            errors.ReasonRequired,
            errors.ExplanationRequired,
            errors.UnknownType,
            errors.UnknownResolution,
            errors.AmountNotPositive,
            errors.AmountExceedsRemaining,
            *RULES,
        ),
        description="A JSON Patch document (RFC 6902) that may change /amount, /description, /reason, /type and "
        "/resolution, and test these, /number, /stage, /outcome and /round. All of it is done, or nothing. The rules "
        "that the dispute was filed under run again.",
        examples={"amount": [{"op": "test", "path": "/amount", "value": "45.00"},
                             {"op": "replace", "path": "/amount", "value": "20.00"}]},
    ),
)  # fmt: skip
