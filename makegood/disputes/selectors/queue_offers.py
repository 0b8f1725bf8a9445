"""What the queue of a person can be narrowed by, and who is called what in it. Everything in scope alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from makegood.disputes.models import Dispute, Finding, Reason
from makegood.disputes.selectors.queue import rule_bits
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED
from makegood.kernel.phones import mask, readable
from makegood.parties.entries import Principal
from makegood.parties.models import Program, User, Vendor
from makegood.parties.selectors import programs_visible_to, vendors_visible_to
from makegood.parties.states import Verb

MOST = 200
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Offers:
    """Choices of the filter as value and words, each in the order it is offered."""

    reasons: Pairs = ()
    vendors: Pairs = ()
    verdicts: Pairs = ()
    findings: Pairs = ()
    people: Pairs = ()
    currencies: Pairs = ()


def offers_of(principal: Principal, program: int = 0, *, every: bool = True) -> Offers:
    """The choices in sight, of one program or all; without ``every`` the reasons alone."""
    programs = programs_visible_to(principal)
    if program:
        programs = programs.filter(pk=program)
    if not every:
        return Offers(reasons=_reasons(programs))
    findings = Finding.objects.filter(program__in=programs).order_by("label", "code").values_list("code", "label")
    waiting = disputes_visible_to(principal).filter(stage__in=sorted(UNDECIDED), assignee__isnull=False)
    people = User.objects.filter(pk__in=waiting.values("assignee")).order_by("name", "pk")[:MOST]
    currencies = sorted(set(programs.values_list("currency", flat=True)))
    return Offers(
        reasons=_reasons(programs),
        vendors=tuple((str(one.pk), one.name) for one in _vendors(principal).order_by("name", "pk")[:MOST]),
        verdicts=tuple((code, code.replace("_", " ").lower()) for code in sorted(rule_bits(principal))),
        findings=tuple(dict(findings[:MOST]).items()),
        people=tuple((str(one.pk), str(one)) for one in people),
        currencies=tuple((one, one) for one in currencies if one),
    )


def _reasons(programs: QuerySet[Program]) -> Pairs:
    rows = Reason.objects.filter(program__in=programs, is_active=True).order_by("label", "pk")
    return tuple((str(pk), label) for pk, label in rows.values_list("pk", "label")[:MOST])


def reason_called(principal: Principal, pk: int) -> str:
    """The label of a reason in sight; empty for any other."""
    found = Reason.objects.filter(program__in=programs_visible_to(principal), pk=pk)
    return found.values_list("label", flat=True).first() or ""


def vendor_called(principal: Principal, pk: int) -> str:
    """The name of a vendor in sight; empty for any other."""
    found: Vendor | None = _vendors(principal).filter(pk=pk).first()
    return found.name if found else ""


def _vendors(principal: Principal) -> QuerySet[Vendor]:
    """The vendors in scope, for those who see payouts: nobody else learns who was paid."""
    return vendors_visible_to(principal) if principal.can(Verb.PAYOUT_VIEW) else Vendor.objects.none()


def person_named(pk: int) -> str:
    """How a person is called."""
    found = User.objects.filter(pk=pk).first()
    return str(found) if found else ""


def caller_like(principal: Principal, label: str) -> tuple[str, str]:
    """The caller of a dispute in sight, in E.164 and as the principal may read it; empty texts where there is none."""
    found: Dispute | None = disputes_visible_to(principal).filter(label=label).select_related("charge").first()
    number = found.charge.caller_e164 if found is not None else ""
    shown = readable if principal.can(Verb.PHONE_VIEW) else mask
    return (number, shown(number)) if number else ("", "")
