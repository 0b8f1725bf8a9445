"""What the form that files a dispute needs: the call, the reasons on offer, and one's draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from makegood.billing.models import Charge
from makegood.billing.selectors import charge_facts
from makegood.disputes.eligibility import Verdict
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute, Reason
from makegood.disputes.selectors.call_log import CallRow, call_row
from makegood.disputes.selectors.verdicts import claim_verdict
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED, Stage
from makegood.parties.entries import Principal


@dataclass(frozen=True)
class ReasonOption:
    """A reason on offer, with its one line of help."""

    id: int
    code: str
    label: str
    help: str
    min_chars: int
    requires_evidence: bool


@dataclass(frozen=True)
class Draft:
    """What was typed before."""

    id: int
    reason: str
    description: str
    saved_at: datetime


@dataclass(frozen=True)
class Claim:
    """The form of one call."""

    call: CallRow
    reasons: tuple[ReasonOption, ...]
    draft: Draft | None


def reasons_offered(charge: Charge) -> QuerySet[Reason]:
    """The reasons offered for a charge: those of its program, for its category or for all."""
    offered = Reason.objects.filter(program=charge.program_id, is_active=True)
    return (
        offered.filter(Q(categories__isnull=True) | Q(categories=charge.category_id)).order_by("sort", "id").distinct()
    )


def reasons_for(charge: Charge) -> tuple[ReasonOption, ...]:
    """The reasons offered for a charge, as a form shows them."""
    return tuple(
        ReasonOption(r.pk, r.code, r.label, r.help, r.min_explanation_chars, r.requires_evidence)
        for r in reasons_offered(charge)
    )


def _draft(principal: Principal, charge_id: int) -> Draft | None:
    own = disputes_visible_to(principal).filter(charge_id=charge_id, stage=Stage.DRAFT, created_by=principal.id)
    found = own.select_related("reason").first()
    if found is None:
        return None
    return Draft(found.pk, found.reason.code if found.reason else "", found.description, found.modified_at)


def claim_form(principal: Principal, charge_id: int) -> Claim:
    """The form for one charge. Raises NotFound for one that does not exist or is out of scope."""
    call = call_row(principal, charge_id)
    charge = Charge.objects.only("program", "category").get(pk=charge_id)
    return Claim(call, reasons_for(charge), _draft(principal, charge_id))


def checked(principal: Principal, charge_id: int, *, reason: str, description: str) -> Verdict | None:
    """What the policy says of the claim as typed so far. Raises NotFound."""
    charge_facts(principal, charge_id)
    return claim_verdict(SubmitItem(charge_id, reason=reason, description=description))


def place_in_line(dispute: Dispute) -> int:
    """How many undecided disputes of the program were submitted before this one."""
    earlier = Q(submitted_at__lt=dispute.submitted_at) | Q(submitted_at=dispute.submitted_at, pk__lt=dispute.pk)
    return Dispute.objects.filter(earlier, stage__in=UNDECIDED, program=dispute.program_id).count()
