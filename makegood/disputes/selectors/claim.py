"""What the form that files a dispute needs: the call, the reasons on offer, what may be asked for, and one's draft."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from makegood.billing.models import Charge
from makegood.billing.selectors import charge_facts
from makegood.disputes.eligibility import FILING_PHASES, RuleResult, Verdict
from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import PolicyMissing
from makegood.disputes.models import Finding, Reason
from makegood.disputes.policy import Severity
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.asking import Terms, least_chars, terms_of, window_of
from makegood.disputes.selectors.call_log import CallRow, call_row
from makegood.disputes.selectors.exhibits import brought
from makegood.disputes.selectors.guidelines import Guideline, valid_by
from makegood.disputes.selectors.offer import Offer, offer_of
from makegood.disputes.selectors.policies import policy_in_force
from makegood.disputes.selectors.reasons import reasons_on_offer
from makegood.disputes.selectors.verdicts import judged
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionKind, Origin, ReasonType, Stage
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal

GUIDELINE = "VALID_CALL_GUIDELINE"
FEW = 6
"""Up to so many reasons stand in one list."""
_GROUPS = {
    ReasonType.QUALITY: "Who called, and why",
    ReasonType.PRODUCT: "The line or the service",
    ReasonType.BILLING: "The charge itself",
    ReasonType.FRAUD: "Misuse",
}


@dataclass(frozen=True)
class ReasonOption:
    """A reason on offer, with its one line of help.

    ``guideline`` is the program's sentence on what stays billable under it, where it often fails by that; ``is_own``
    says that only some categories have it.
    """

    id: int
    code: str
    label: str
    help: str
    min_chars: int
    requires_evidence: bool
    type: str = ""
    guideline: str = ""
    is_own: bool = False


@dataclass(frozen=True)
class ReasonGroup:
    """Reasons under a heading; an empty one has none. ``first`` counts those before, so that keys go on."""

    title: str
    reasons: tuple[ReasonOption, ...]
    first: int = 0


@dataclass(frozen=True)
class Draft:
    """What was typed before; ``amount_micros`` as asked."""

    id: int
    reason: str
    description: str
    saved_at: datetime
    amount_micros: int


@dataclass(frozen=True)
class Claim:
    """The form of one call. ``terms`` are None where the program has no policy, or the charge is not the viewer's.

    ``valid`` are the guidelines by which a charge of the program stands, ``window`` within how long one can ask
    (empty: any time), ``grants_parts`` whether a reviewer may grant a part.
    """

    call: CallRow
    reasons: tuple[ReasonOption, ...]
    draft: Draft | None
    terms: Terms | None = None
    least_chars: int = 0
    valid: tuple[Guideline, ...] = ()
    window: str = ""
    grants_parts: bool = True

    @property
    def groups(self) -> tuple[ReasonGroup, ...]:
        """The reasons by what they are about, where there are many."""
        return grouped(self.reasons, self.call.charge.category)


UNFILLED = frozenset({"REASON_REQUIRED", "EXPLANATION_REQUIRED", "EVIDENCE_REQUIRED"})
"""What an empty form lacks."""


@dataclass(frozen=True)
class Checked:
    """What the policy says of a claim as typed so far, and what the form still wants.

    ``in_the_way`` refuses the claim unless it changes, or is overridden; ``notes`` only warn.
    """

    verdict: Verdict | None
    in_the_way: tuple[RuleResult, ...]
    notes: tuple[RuleResult, ...]

    @property
    def can_send(self) -> bool:
        """Whether nothing stands in the way."""
        return self.verdict is not None and not self.in_the_way

    @property
    def waits(self) -> bool:
        """Whether all that stands in the way is what was not filled in yet; nobody did anything wrong."""
        return bool(self.in_the_way) and all(rule.code in UNFILLED for rule in self.in_the_way)

    @property
    def may_be_overridden(self) -> bool:
        """Whether all that stands in the way falls before a written cause."""
        return bool(self.in_the_way) and all(rule.severity == Severity.OVERRIDE for rule in self.in_the_way)


@dataclass(frozen=True)
class OpenDispute:
    """The dispute that is open on a charge: whose it is, and since when."""

    number: str
    by: str
    is_mine: bool
    at: datetime | None

    @property
    def number_only(self) -> str:
        """The number without its letter, as addresses carry it."""
        return self.number.removeprefix("D-")


def grouped(reasons: Sequence[ReasonOption], category: str = "") -> tuple[ReasonGroup, ...]:
    """Up to FEW reasons in one list; more by what they are about, those of the category last."""
    parts: list[tuple[str, tuple[ReasonOption, ...]]] = [("", tuple(reasons))]
    if len(reasons) > FEW:
        own = tuple(reason for reason in reasons if reason.is_own)
        rest = {
            title: tuple(reason for reason in reasons if reason.type == kind and not reason.is_own)
            for kind, title in _GROUPS.items()
        }
        split = [*rest.items(), (f"Only in {category}" if category else "In this category", own)]
        split = [part for part in split if part[1]]
        parts = split if len(split) > 1 else parts
    first, groups = 0, []
    for title, part in parts:
        groups.append(ReasonGroup(title, part, first))
        first += len(part)
    return tuple(groups)


def reasons_offered(charge: Charge) -> list[Reason]:
    """The reasons offered for a charge now: those of its program, for its category or for all."""
    fits = Q(categories__isnull=True) | Q(categories=charge.category_id)
    return reasons_on_offer(clock.now(), fits, program=charge.program_id)


def reasons_for(charge: Charge) -> tuple[ReasonOption, ...]:
    """The reasons offered for a charge, as a form shows them."""
    offered = reasons_offered(charge)
    ids = [reason.pk for reason in offered]
    tied = set(Reason.objects.filter(pk__in=ids, categories__isnull=False).values_list("pk", flat=True))
    return options_of(charge.program_id, offered, tied)


def options_of(program_id: int, reasons: Sequence[Reason], tied: set[int]) -> tuple[ReasonOption, ...]:
    """Reasons of a program as forms show them; ``tied`` are those that belong to categories."""
    named = {
        finding.code: finding.guideline
        for finding in Finding.objects.filter(program=program_id, billable=True, is_active=True)
        if finding.guideline
    }
    return tuple(
        ReasonOption(
            r.pk,
            r.code,
            r.label,
            r.help,
            r.min_explanation_chars,
            r.requires_evidence,
            type=r.type,
            guideline=_guideline(r, named),
            is_own=r.pk in tied,
        )
        for r in reasons
    )


def _guideline(reason: Reason, named: dict[str, str]) -> str:
    """What stays billable under a reason: by the finding it usually fails by, or the one of its own name."""
    finding = reason.default_finding
    said = finding.guideline if finding is not None and finding.billable else ""
    return said or named.get(reason.code, "")


def _draft(principal: Principal, charge_id: int) -> Draft | None:
    own = disputes_visible_to(principal).filter(charge_id=charge_id, stage=Stage.DRAFT, created_by=principal.id)
    found = own.select_related("reason").first()
    if found is None:
        return None
    code = found.reason.code if found.reason else ""
    return Draft(found.pk, code, found.description, found.modified_at, found.amount_micros)


def claim_form(principal: Principal, charge_id: int) -> Claim:
    """The form for one charge. Raises NotFound for one that does not exist or is out of scope."""
    call = call_row(principal, charge_id)
    charge = Charge.objects.only("program", "category").select_related("program").get(pk=charge_id)
    parts = DecisionKind.PARTIAL.value in DisputeSettings.of(charge.program.settings).decisions
    valid = valid_by(charge.program_id)
    claim = Claim(call, reasons_for(charge), _draft(principal, charge_id), valid=valid, grants_parts=parts)
    policy = policy_in_force(charge.program_id, clock.now())
    if isinstance(policy, PolicyMissing) or call.charge.charged is None:
        return claim
    terms = terms_of(policy.rules, call.charge.charged, call.credited.micros if call.credited else 0)
    return replace(claim, terms=terms, least_chars=least_chars(policy.rules), window=window_of(policy.rules))


def checked(principal: Principal, item: SubmitItem, origin: Origin = Origin.BUYER) -> Checked:
    """What the policy says of the claim as typed so far, with its files. Raises NotFound."""
    facts = charge_facts(principal, item.charge_id)
    policy = policy_in_force(facts.program_id, clock.now())
    if isinstance(policy, PolicyMissing):
        return Checked(None, (), ())
    (files,) = brought(principal, [item])
    shown = () if isinstance(files, Refusal) else files
    verdict = judged(policy, [item], FILING_PHASES, origin, attached={item: shown})[item.charge_id]
    found = check_of(verdict, offer_of(facts.program_id, policy.rules), item, len(shown))
    return replace(found, in_the_way=(as_result(files), *found.in_the_way)) if isinstance(files, Refusal) else found


def check_of(verdict: Verdict | None, offer: Offer, item: SubmitItem, files: int) -> Checked:
    """What a verdict and what the form itself asks for say of a claim with so many files together; each cause once."""
    if verdict is None:
        return Checked(None, (), ())
    said = {rule.code for rule in verdict.failing}
    asks = (offer.refusal_of(item), offer.lacks_evidence(item, files))
    wanting = tuple(as_result(refusal) for refusal in asks if refusal is not None and refusal.code not in said)
    notes = tuple(rule for rule in verdict.failing if rule not in verdict.in_the_way)
    return Checked(verdict, (*wanting, *verdict.in_the_way), notes)


def advised(check: Checked, reasons: Sequence[ReasonOption], code: str) -> Checked:
    """The same with a note on what stays billable under the chosen reason; said once."""
    said = next((reason.guideline for reason in reasons if reason.code == code), "")
    if not said or check.verdict is None or any(rule.code == GUIDELINE for rule in check.notes):
        return check
    note = RuleResult(GUIDELINE, Severity.WARN.value, False, {}, {}, said, "")  # noqa: FBT003
    return replace(check, notes=(*check.notes, note))


def as_result(refusal: Refusal) -> RuleResult:
    """A refusal as verdicts show what stands in the way."""
    return RuleResult(refusal.code, Severity.BLOCK.value, False, {}, {}, refusal.message, "")  # noqa: FBT003


def open_dispute(principal: Principal, charge_id: int) -> OpenDispute | None:
    """The dispute that is open on a charge, where the principal may see it."""
    found = disputes_visible_to(principal).filter(charge_id=charge_id, closed_at__isnull=True)
    found = found.exclude(stage__in=[Stage.DRAFT, Stage.WITHDRAWN]).select_related("submitted_by")
    dispute = found.first()
    if dispute is None:
        return None
    return OpenDispute(
        number=str(dispute),
        by=str(dispute.submitted_by or ""),
        is_mine=dispute.submitted_by_id == principal.id,
        at=dispute.submitted_at,
    )


def sent_before(principal: Principal, items: Iterable[SubmitItem]) -> dict[int, str]:
    """The open disputes that this person filed with the same words on the charges of some claims: their numbers.

    Whoever sends a form twice is told what came of it the first time.
    """
    said = {item.charge_id: (item.reason, item.description) for item in items}
    found = disputes_visible_to(principal).filter(charge_id__in=said, closed_at__isnull=True)
    found = found.filter(submitted_by_id=principal.id).exclude(stage__in=[Stage.DRAFT, Stage.WITHDRAWN])
    rows = found.values_list("charge_id", "reason__code", "description", "label")
    return {pk: label for pk, reason, words, label in rows if (reason or "", words) == said[pk]}
