"""Create a campaign."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from makegood.billing.models import Campaign, Category
from makegood.journal import operations as journal
from makegood.parties.entries import Principal
from makegood.parties.models import Program


@transaction.atomic
def create_campaign(
    principal: Principal,
    *,
    program: Program,
    number: str,
    name: str,
    category: Category | None = None,
    criteria: dict[str, Any] | None = None,
) -> Campaign:
    """The campaign of a program with that number; one that is there already is left as it is. Errors: none."""
    campaign, created = Campaign.objects.get_or_create(
        program=program,
        number=number,
        defaults={"name": name, "category": category, "criteria": criteria or {}},
    )
    if created:
        journal.record(
            principal,
            verb="create",
            event="campaign.created",
            object_kind="campaign",
            object_id=campaign.pk,
            program_id=program.pk,
            changes={"number": number, "name": name},
        )
    return campaign
