"""Update Dispute: a JSON Patch document on an open dispute, atomic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from makegood.api.amounts import Amount
from makegood.api.costguard.bodies import Description, DisputeRecord, Id
from makegood.api.costguard.refusing import code_of, refusal
from makegood.api.costguard.showing import changed, shown
from makegood.api.costguard.working import version_of
from makegood.api.http import Request, Response
from makegood.api.patching import Shape, Step, applied, steps_of, touched_by
from makegood.api.strict_json import shaped
from makegood.disputes import operations
from makegood.disputes.selectors.addressed import Addressed, record_of, words_of


class Changeable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The members that a document may change, as the rules of Create Dispute take them."""

    amount: Amount | msgspec.UnsetType = msgspec.UNSET
    description: Description | msgspec.UnsetType = msgspec.UNSET
    resolutionID: Id | msgspec.UnsetType | None = msgspec.UNSET
    type: str | msgspec.UnsetType | None = msgspec.UNSET
    reason: str | msgspec.UnsetType | None = msgspec.UNSET


SHAPE = Shape(
    readable=frozenset({*DisputeRecord.__struct_fields__, "type", "reason"}),
    writable=frozenset(Changeable.__struct_fields__),
    nullable=frozenset({"resolutionID", "type", "reason"}),
    amounts=frozenset({"amount", "adjustmentAmount"}),
)


def patch(request: Request) -> Response:
    """Apply a document to the record as it stands under its lock, and edit the dispute accordingly."""
    dispute: Addressed = request.subject
    steps = steps_of(request.body, SHAPE)
    answer = operations.amend(
        request.principal,
        dispute_id=dispute.id,
        changes=lambda: _changes(request, steps),
        version=version_of(request, dispute),
    )
    if not answer.ok:
        raise refusal(answer, request)
    return changed(request, dispute.id)


def _changes(request: Request, steps: Sequence[Step]) -> dict[str, Any]:
    """What the document changes, in the words of the operation. The caller holds the lock."""
    dispute: Addressed = request.subject
    kind, reason = words_of(dispute.id)
    record = shown(request.principal, record_of(request.principal, dispute.id))
    made = applied(steps, record | {"type": kind or None, "reason": reason or None}, SHAPE)
    touched = touched_by(steps)
    return _asked(dispute, shaped({name: made[name] for name in sorted(touched)}, Changeable), touched)


def _asked(dispute: Addressed, wanted: Changeable, touched: frozenset[str]) -> dict[str, Any]:
    asked: dict[str, Any] = {name: getattr(wanted, name) or "" for name in touched & _WORDS}
    if isinstance(wanted.amount, Amount):
        asked["amount_micros"] = wanted.amount.micros(dispute.currency, whole=dispute.remaining_micros)
    if wanted.resolutionID is not msgspec.UNSET:
        asked["resolution"] = code_of(dispute.program_id, wanted.resolutionID)
    return asked


_WORDS = frozenset({"description", "type", "reason"})
EXAMPLES: Mapping[str, Any] = {"Another amount": [{"op": "replace", "path": "/amount", "value": "1.25"}]}
