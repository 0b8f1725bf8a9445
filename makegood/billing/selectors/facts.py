"""The facts of a charge as one person may see them: numbers masked, the other side's money left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from makegood.billing.models import Charge
from makegood.billing.selectors.criteria import criteria_of
from makegood.billing.selectors.visible import charges_visible_to
from makegood.billing.states import ChargeKind, HangupBy, Subkind
from makegood.kernel.money import Money
from makegood.kernel.phones import mask, readable
from makegood.kernel.pointed import Pointed
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb

WITHHELD = "withheld"
PARTIES = ("customer", "vendor", "category", "campaign", "program")
SHARED = ("customer", "vendor", "category", "campaign")
"""What facts are made of beside the charge itself; of the program they name the id alone."""
WITH_SHARED = Pointed(Charge, *SHARED)
"""Many charges with that: each party is read once, however many of them name it."""
HUNG_UP = {
    HangupBy.CALLER: "the caller",
    HangupBy.CALLEE: "the buyer's side",
    HangupBy.SYSTEM: "the system",
}


@dataclass(frozen=True)
class ChargeFacts:
    """One charge. ``charged``, ``tax`` and ``customer`` are empty for vendors, ``payout`` and ``vendor`` for buyers.

    ``noun`` says what it is (call, lead, usage record, invoice line), ``subject`` whom or what it is about: the caller,
    the contact of a form, the invoice; ``line`` is the invoice's own wording.
    """

    id: int
    external_id: str
    program_id: int
    noun: str
    subject: str
    line: str
    invoice: int | None
    contact: str
    email: str
    occurred_at: datetime
    billed_at: datetime | None
    caller: str
    destination: str
    category: str
    campaign: str
    criteria: tuple[str, ...]
    customer: str
    vendor: str
    duration_s: int | None
    connect_s: int | None
    status: str
    hung_up: str
    recording: str
    charged: Money | None
    tax: Money | None
    payout: Money | None

    @property
    def kind(self) -> str:
        """Category and campaign in one line; of an invoice line what it says."""
        if self.line:
            return self.line
        if self.category and self.campaign.startswith(self.category):
            return self.campaign
        return " · ".join(part for part in (self.category, self.campaign) if part)


def words_of(disposition: str) -> str:
    """A call status as people read it: ``completed_with_conversion`` becomes ``Completed with conversion``."""
    words = disposition.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def _recording(charge: Charge) -> str:
    if charge.recording_enabled is None:
        return "not known"
    return "on" if charge.recording_enabled else "off when this call arrived"


def noun_of(charge: Charge) -> str:
    """What people call a charge."""
    if charge.kind == ChargeKind.INVOICE_FEATURE:
        return "invoice line"
    return {Subkind.CALL: "call", Subkind.LEAD: "lead"}.get(Subkind(charge.subkind), "usage record")


def _subject(charge: Charge, caller: str, contact: str) -> str:
    """The caller; of a form its contact, of an invoice line the invoice."""
    if charge.kind == ChargeKind.INVOICE_FEATURE:
        return f"Invoice {charge.invoice_number}"
    return (contact if charge.lead_channel not in {"", "phone"} else "") or caller or WITHHELD


def facts_of(principal: Principal, charge: Charge) -> ChargeFacts:
    """The facts of a charge in scope, as the principal may see them. The charge comes with its parties."""
    shown = readable if principal.can(Verb.PHONE_VIEW) else mask
    # A buyer knows its own line; of others, only those who may see numbers read it.
    line = readable if principal.customer_id is not None else shown
    pays, is_paid = principal.can(Verb.CHARGE_VIEW), principal.can(Verb.PAYOUT_VIEW)
    campaign = charge.campaign
    caller = shown(charge.caller_e164)
    contact = charge.contact_name if pays else ""
    return ChargeFacts(
        id=charge.pk,
        external_id=charge.external_id,
        program_id=charge.program_id,
        noun=noun_of(charge),
        subject=_subject(charge, caller, contact),
        line=charge.feature_label if pays else "",
        invoice=charge.invoice_number if pays else None,
        contact=contact,
        email=charge.contact_email if pays else "",
        occurred_at=charge.occurred_at,
        billed_at=charge.billed_at if pays else None,
        caller=caller or WITHHELD,
        destination=line(charge.destination_e164) if pays else "",
        category=charge.category.name if charge.category else "",
        campaign=campaign.name if campaign else "",
        criteria=criteria_of(campaign),
        customer=charge.customer.name if pays else "",
        vendor=charge.vendor.name if is_paid and charge.vendor else "",
        duration_s=charge.duration_s,
        connect_s=charge.connect_s,
        status=words_of(charge.disposition),
        hung_up=HUNG_UP.get(HangupBy(charge.hangup_by), "") if charge.hangup_by else "",
        recording=_recording(charge),
        charged=Money(charge.billed_micros, charge.currency) if pays else None,
        tax=Money(charge.tax_micros, charge.currency) if pays else None,
        payout=Money(charge.payout_micros, charge.payout_currency) if is_paid else None,
    )


def with_parties(charges: QuerySet[Charge]) -> QuerySet[Charge]:
    """The same charges with what their facts need, and without the source record."""
    return charges.select_related(*PARTIES).defer("raw")


def charge_facts(principal: Principal, charge_id: int) -> ChargeFacts:
    """The facts of one charge. Raises NotFound for one that does not exist or is out of scope."""
    charge = with_parties(charges_visible_to(principal)).filter(pk=charge_id).first()
    if charge is None:
        raise NotFound()
    return facts_of(principal, charge)


def many_charge_facts(principal: Principal, charge_ids: Sequence[int]) -> dict[int, ChargeFacts]:
    """The facts of those of some charges that are in scope, by id."""
    found = list(charges_visible_to(principal).filter(pk__in=charge_ids).defer("raw"))
    WITH_SHARED.fill(found)
    return {charge.pk: facts_of(principal, charge) for charge in found}
