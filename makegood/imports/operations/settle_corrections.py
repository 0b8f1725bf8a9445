"""Accept or dismiss corrections that imports proposed.

Accepting bills the call anew: a new charge with the new figures that names the old one. It moves no money. What a
buyer owes for a call is the operator's bill, which the source already changed; the ledger knows disputes alone. That is
why a charge with an open dispute or a standing credit is refused: both were reckoned from the old figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from makegood.billing.models import Charge
from makegood.billing.operations import Figures, correct_charge
from makegood.imports.errors import ChargeInDispute, CorrectionSettled, MoneyMoved
from makegood.imports.models import Correction
from makegood.imports.selectors import has_money_moved, open_dispute_on, versions
from makegood.imports.states import CorrectionState
from makegood.journal.operations import record
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@transaction.atomic
def accept_correction(principal: Principal, *, ids: Sequence[int]) -> list[Answer]:
    """Bill each call anew with the figures of its correction; a dismissed one may be accepted on second thought.

    The new charge corrects the one that stands, is billed now (or not at all, when the source says so), and has the
    facts of the old one. Older proposals for the same call are dismissed. ``data`` has ``charge_id``, the new one.
    Refusals per item: NOT_FOUND, CORRECTION_SETTLED, CHARGE_IN_DISPUTE, MONEY_MOVED. Raises NotPermitted.
    """
    demand(principal, Verb.IMPORT_RUN)
    return _each(ids, lambda one: _accept(principal, one))


@transaction.atomic
def dismiss_correction(principal: Principal, *, ids: Sequence[int]) -> list[Answer]:
    """Leave each call billed as it is; importing the same figures again proposes nothing.

    Refusals per item: NOT_FOUND, CORRECTION_SETTLED. Raises NotPermitted.
    """
    demand(principal, Verb.IMPORT_RUN)
    return _each(ids, lambda one: _dismiss(principal, one))


def _each(ids: Sequence[int], settle: Callable[[Correction], int | None]) -> list[Answer]:
    """Settle under lock, in the order of ids, so that two people cannot deadlock; answers in the order asked."""
    found = Correction.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    locked = {one.pk: one for one in found}
    settled: dict[int, int | Refusal | None] = {}
    for pk in sorted(locked):
        try:
            settled[pk] = settle(locked[pk])
        except Refusal as refusal:
            settled[pk] = refusal
    return [_answer(ordinal, pk, settled.get(pk, NotFound())) for ordinal, pk in enumerate(ids)]


def _answer(ordinal: int, pk: int, result: int | Refusal | None) -> Answer:
    if isinstance(result, Refusal):
        return Answer.refused(ordinal, result, pk)
    return Answer(ordinal, ok=True, id=pk, data={"charge_id": result} if result else {})


def _accept(principal: Principal, one: Correction) -> int:
    one.refresh_from_db(fields=["state"])  # an earlier item of this batch may have dismissed it
    if one.state == CorrectionState.ACCEPTED:
        raise CorrectionSettled(state=one.state)
    chain = versions(one.charge_id)
    charges = {charge.pk: charge for charge in Charge.objects.select_for_update().filter(pk__in=chain).order_by("pk")}
    dispute = open_dispute_on(chain)
    if dispute is not None:
        raise ChargeInDispute(number=str(dispute))
    if has_money_moved(chain):
        raise MoneyMoved()
    standing = charges[chain[-1]]
    new = correct_charge(
        standing,
        Figures(one.new_billed_micros, one.new_tax_micros, one.new_payout_micros, _now_if(one.new_billed_at)),
        external_id=_own_id(one, len(chain)),
        import_batch=one.batch_id,
        raw=one.source,
    )
    _settled(principal, one, CorrectionState.ACCEPTED, new)
    for older in Correction.objects.filter(charge=one.charge_id, state=CorrectionState.PROPOSED, pk__lt=one.pk):
        _dismissed(principal, older, standing)
    _tell(
        principal,
        standing,
        "charge.corrected",
        {
            "billed_micros": [standing.billed_micros, new.billed_micros],
            "tax_micros": [standing.tax_micros, new.tax_micros],
            "new_charge_id": new.pk,
            "correction_id": one.pk,
        },
    )
    return new.pk


def _dismiss(principal: Principal, one: Correction) -> None:
    if one.state != CorrectionState.PROPOSED:
        raise CorrectionSettled(state=one.state)
    _dismissed(principal, one, one.charge)


def _dismissed(principal: Principal, one: Correction, charge: Charge) -> None:
    _settled(principal, one, CorrectionState.DISMISSED, None)
    _tell(principal, charge, "correction.dismissed", {"correction_id": one.pk})


def _settled(principal: Principal, one: Correction, state: CorrectionState, new: Charge | None) -> None:
    one.state = state
    one.new_charge = new
    one.settled_at = clock.now()
    one.settled_by = principal.id
    one.settled_by_label = principal.label
    one.save(update_fields=["state", "new_charge", "settled_at", "settled_by", "settled_by_label"])


def _tell(principal: Principal, charge: Charge, event: str, changes: Mapping[str, Any]) -> None:
    """One journal row about the charge; without its payout, which a buyer who reads it must not see."""
    record(
        principal,
        verb="correct",
        event=event,
        object_kind="charge",
        object_id=charge.pk,
        program_id=charge.program_id,
        customer_id=charge.customer_id,
        vendor_id=charge.vendor_id,
        changes=changes,
    )


def _own_id(one: Correction, version: int) -> str:
    """The row's own id, or where it has the charge's (amounts overwritten in place) that and which version it is."""
    if one.external_id != one.charge.external_id:
        return one.external_id
    return f"{one.external_id} ({version + 1})"


def _now_if(billed_at: datetime | None) -> datetime | None:
    """A corrected bill is a new bill: windows that begin with billing begin anew."""
    return clock.now() if billed_at is not None else None
