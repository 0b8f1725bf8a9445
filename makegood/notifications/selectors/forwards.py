"""A question after a decision as its contact reads it: who asks, what, and the case as the asker sees it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from makegood.disputes.models import Comment
from makegood.disputes.selectors.detail import DisputeDetail, detail_of
from makegood.disputes.selectors.rows import WITH_PARTIES
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.kernel.money import format_money
from makegood.notifications.models import Forward
from makegood.notifications.selectors.letters import Passage, decision_passages
from makegood.notifications.selectors.recipients import zone_of
from makegood.notifications.states import day_and_time, speaking
from makegood.parties.models import User
from makegood.parties.selectors import principal_of


@dataclass(frozen=True)
class Forwarded:
    """One e-mail to a contact: ``reply_to`` is the person who asks; ``case`` are the parts of the case below it."""

    event_id: int
    to: str
    name: str
    reply_to: str
    locale: str
    subject: str
    question: str
    asker: str
    number: str
    number_only: str
    case: tuple[Passage, ...]


def forwarded(row: Forward) -> Forwarded | None:
    """The question with its case; None where the person who asked left, or may not see the case any more."""
    people = User.objects.select_related("role", "zone", "customer__zone", "vendor__zone").prefetch_related("grants")
    asker = people.filter(pk=row.asked_by_id or 0, is_active=True).first()
    said = Comment.objects.filter(pk=row.comment_id, dispute=row.dispute_id).first()
    if asker is None or said is None:
        return None
    principal = principal_of(asker)
    dispute = disputes_visible_to(principal).filter(pk=row.dispute_id).first()
    if dispute is None:
        return None
    WITH_PARTIES.fill([dispute])
    locale = User.objects.filter(email__iexact=row.to_email).values_list("locale", flat=True).first() or "en_US"
    with speaking(locale):
        facts = {
            "round": dispute.round,
            "micros": dispute.decided_micros or 0,
            "currency": dispute.currency,
        }
        decided = decision_passages(dispute.pk, facts, asker)
        detail = detail_of(principal, dispute)
        return Forwarded(
            event_id=row.event_id,
            to=row.to_email,
            name=row.to_name,
            reply_to=asker.email,
            locale=locale,
            subject=gettext("%(asker)s asks about %(label)s") % {"asker": asker, "label": dispute},
            question=said.body,
            asker=f"{asker}, {dispute.customer} ({asker.email})",
            number=str(dispute),
            number_only=dispute.number_only,
            case=(_call(detail, asker), _claim(detail), *(one for one in decided if not one.to_contact)),
        )


def _call(detail: DisputeDetail, asker: User) -> Passage:
    charge = detail.row.charge
    charged = format_money(charge.charged.micros, charge.charged.currency) if charge.charged else ""
    at = day_and_time(charge.occurred_at, zone_of(asker))
    said = (charge.external_id, at, charge.caller, charge.destination, charge.kind, charged)
    return Passage(gettext("The charge"), tuple(str(one) for one in said if one))


def _claim(detail: DisputeDetail) -> Passage:
    row = detail.row
    return Passage(gettext("What was asked for"), tuple(filter(None, (row.reason or "", row.description))))
