"""Charges: lists, one, and what the policy says before anybody files."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.amounts import Amount
from makegood.api.errors import BadCursor, BadParameter, FieldInvalid, NoAccess
from makegood.api.http import Request, Response
from makegood.api.routing import Param, Route
from makegood.api.v1 import finding, ids, paging, tags
from makegood.api.v1.representations.charge import Charge, ChargeId, ChargePage, Verdict, Verdicts, charge, verdict
from makegood.billing.selectors.charge_list import (
    ORDER,
    ChargeFilter,
    ChargePlace,
    charge_places,
    charges_like,
    listed_charges,
)
from makegood.billing.states import ChargeKind, Subkind
from makegood.disputes.eligibility import Verdict as Said
from makegood.disputes.entries import SubmitItem
from makegood.disputes.selectors.charge_disputes import disputed, latest_disputes
from makegood.disputes.selectors.rows import credited_of
from makegood.disputes.selectors.verdicts import verdicts
from makegood.disputes.states import Origin
from makegood.evidence.selectors.listening import recording_ids
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotPermitted
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

TAG = "charges"
KINDS = frozenset(kind.value for kind in ChargeKind)
SUBKINDS = frozenset(subkind.value for subkind in Subkind)
MOST = 500
FILTERS = (
    Param("customer", int, "The customer's id; needs charge.view."),
    Param("vendor", int, "The vendor's id; needs payout.view."),
    Param("program", str, "The program's key."),
    Param("kind", str, "One of " + ", ".join(sorted(KINDS)) + "."),
    Param("subkind", str, "One of " + ", ".join(sorted(SUBKINDS)) + "."),
    Param("external_id", str, "Its id at the source."),
    Param("invoice", int, "The invoice's number; needs charge.view."),
    Param("phone", str, "The caller's number, in any punctuation; needs phone.view."),
    Param("from", str, "It happened at this moment or later.", example="2026-03-01T00:00:00Z"),
    Param("to", str, "It happened before this moment."),
    Param("billed", bool, "Whether it stands on an issued bill; needs charge.view."),
    Param("disputed", bool, "Whether a dispute stands on it; needs dispute.view."),
    Param(
        "min_amount",
        str,
        "At least this was billed, of `currency`, else whatever it is; needs charge.view.",
        example="9.99",
    ),
    Param("max_amount", str, "At most this was billed, of `currency`, else whatever it is; needs charge.view."),
    Param("currency", str, "Billed in this currency; amounts are of it. Needs charge.view.", example="USD"),
)


class Draft(Struct, forbid_unknown_fields=True):
    """A claim in the making: what would be asked, why, and how many files would be attached."""

    amount: Amount | None = None
    reason: Annotated[str, Meta(max_length=40)] = ""
    description: Annotated[str, Meta(max_length=4000)] = ""
    files: Annotated[int, Meta(ge=0, le=100)] = 0


class Asking(Struct, forbid_unknown_fields=True):
    """Charges to be judged; with a draft the rules about the claim are asked as well."""

    charges: Annotated[list[ChargeId], Meta(min_length=1, max_length=MOST)]
    draft: Draft | None = None


def listed(request: Request) -> Response:
    """A page of charges in scope."""
    finding.demand_charges(request.principal)
    paging.check_known(request, FILTERS)
    rows = charges_like(request.principal, _filter(request))
    wanted = paging.flag(request, "disputed")
    if wanted is not None:
        rows = rows.filter(disputed(request.principal, wanted=wanted))
    found = paging.page(request, rows, ORDER)
    shown = _shown(request, found.rows)
    return Response(body=paging.answered(found.with_rows(shown), ChargePage, lambda one: one))


def _filter(request: Request) -> ChargeFilter:
    return ChargeFilter(
        customer=finding.number(request, "customer"),
        vendor=finding.number(request, "vendor"),
        program=request.one("program"),
        kind=finding.one_of(request, "kind", KINDS),
        subkind=finding.one_of(request, "subkind", SUBKINDS),
        external_id=request.one("external_id"),
        invoice=finding.number(request, "invoice"),
        phone=request.one("phone"),
        occurred_from=finding.at(request, "from"),
        occurred_to=finding.at(request, "to"),
        billed=paging.flag(request, "billed"),
        min_micros=finding.micros(request, "min_amount"),
        max_micros=finding.micros(request, "max_amount"),
        currency=finding.currency(request),
    )


def _shown(request: Request, rows: tuple[object, ...]) -> list[Charge]:
    """Charges of a scoped read, with what was credited and their latest dispute."""
    found = listed_charges(request.principal, rows)  # type: ignore[arg-type]  # rows of charges_like
    numbers = [row.facts.id for row in found]
    credited, latest = credited_of(numbers), latest_disputes(request.principal, numbers)
    sounds = recording_ids(request.principal, numbers)
    return [
        charge(row, credited.get(row.facts.id), latest.get(row.facts.id), sounds.get(row.facts.id)) for row in found
    ]


def one(request: Request) -> Response:
    """One charge."""
    rows = charges_like(request.principal, ChargeFilter()).filter(pk=request.subject)
    return tags.read(request, _shown(request, tuple(rows))[0])


def eligibility(request: Request) -> Response:
    """What the policy says of one charge."""
    demand(request.principal, Verb.CHARGE_VIEW)
    said = verdicts([request.subject], Origin.API)
    return Response(body=_verdict(request, request.subject, said.get(request.subject)))


def _verdict(request: Request, charge_id: int, said: Said | None) -> Verdict:
    return verdict(charge_id, said, decides=request.principal.can(Verb.DISPUTE_DECIDE))


def many_eligibilities(request: Request) -> Response:
    """What the policy says of many charges, or of claims on them."""
    demand(request.principal, Verb.CHARGE_VIEW)
    body: Asking = request.body
    asked = {text: ids.number_of(ids.CHARGE, text) for text in body.charges}
    places = charge_places(request.principal, [number for number in asked.values() if number is not None])
    seen = [number for number in asked.values() if number in places]
    said = verdicts(seen, Origin.API, _claims(body.draft, places), files=body.draft.files if body.draft else 0)
    unknown = [text for text, number in asked.items() if number not in places]
    return Response(body=Verdicts([_verdict(request, number, said.get(number)) for number in seen], unknown))


def _claims(draft: Draft | None, places: dict[int, ChargePlace]) -> dict[int, SubmitItem] | None:
    """The claim that the draft makes on each charge; None for a look at charges alone. Raises FieldInvalid."""
    if draft is None:
        return None
    return {
        place.id: SubmitItem(
            place.id,
            draft.reason,
            draft.description,
            draft.amount.micros(place.currency, field="draft.amount", whole=place.remaining_micros)
            if draft.amount
            else None,
        )
        for place in places.values()
    }


READING: tuple[type[Refusal], ...] = (NoAccess, NotPermitted)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/api/v1/charges",
        "listCharges",
        listed,
        "List charges, the newest first.",
        TAG,
        answer=ChargePage,
        query=(*FILTERS, *paging.PARAMS),
        refusals=(BadParameter, BadCursor, NotPermitted),
        description="Needs charge.view or payout.view. Nothing is found by what the caller may not read.",
    ),
    Route(
        "GET",
        "/api/v1/charges/{charge}",
        "getCharge",
        one,
        "Read a charge.",
        TAG,
        scope=finding.charge,
        answer=Charge,
        statuses={304: None},
        refusals=READING,
        description="Needs charge.view or payout.view.",
    ),
    Route(
        "GET",
        "/api/v1/charges/{charge}/eligibility",
        "getEligibility",
        eligibility,
        "Ask whether a charge can be disputed.",
        TAG,
        scope=finding.charge,
        verb=Verb.DISPUTE_VIEW,
        answer=Verdict,
        refusals=READING,
        description="Needs charge.view as well. The rules are those that filing asks, of the policy in force.",
    ),
    Route(
        "POST",
        "/api/v1/charges/eligibility",
        "checkEligibility",
        many_eligibilities,
        "Ask whether charges can be disputed, by a draft or before one.",
        TAG,
        verb=Verb.DISPUTE_VIEW,
        body=Asking,
        answer=Verdicts,
        refusals=(FieldInvalid,),
        description=f"Up to {MOST} charges. With a draft the rules about amount, reason and files are asked too.",
        examples={
            "charges": {"charges": ["chg_12", "chg_13"]},
            "draft": {"charges": ["chg_12"], "draft": {"amount": "9.99", "reason": "SPAM", "files": 0}},
        },
    ),
)
