"""The decision in words that can be sent to whoever asks: what was decided, what was heard where, which guideline."""

from __future__ import annotations

from makegood.disputes.models import Finding
from makegood.disputes.selectors.heard import heard_by_round
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Outcome
from makegood.kernel.money import format_money
from makegood.parties.entries import Principal
from makegood.parties.states import Verb


def reply_of(principal: Principal, dispute_id: int) -> str:
    """The reply to a decided dispute in scope, for those who decide; empty before a decision."""
    if not principal.can(Verb.DISPUTE_DECIDE):
        return ""
    dispute = disputes_visible_to(principal).filter(pk=dispute_id).first()
    if dispute is None or dispute.outcome is None:
        return ""
    asked = format_money(dispute.amount_micros, dispute.currency)
    credit = format_money(dispute.decided_micros or 0, dispute.currency)
    decided = {
        Outcome.ACCEPTED: f"accepted, {credit} is credited",
        Outcome.ACCEPTED_PARTIAL: f"accepted in part, {credit} of {asked} is credited",
        Outcome.REJECTED: f"rejected, the charge of {asked} stands",
    }[Outcome(dispute.outcome)]
    said = [f"{dispute}: {decided}."]
    heard = heard_by_round(dispute.pk, held=True).get(dispute.round, ())
    timed = {row.code for row in heard}
    findings = Finding.objects.filter(pk__in=dispute.finding_ids).order_by("id")
    places = [f"at {row.at} {row.label[:1].lower()}{row.label[1:]}" for row in heard]
    places += [f"{one.label[:1].lower()}{one.label[1:]}" for one in findings if one.code not in timed]
    if places:
        said.append(f"Heard: {', '.join(places)}.")
    said += [f"Guideline: {one.guideline}" for one in findings if one.guideline]
    if dispute.decision_note and dispute.decision_note not in said[-1]:
        said.append(dispute.decision_note)
    return " ".join(said)
