"""Categories and campaigns as those who look after them read them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from makegood.billing.models import Campaign, Category
from makegood.billing.selectors.criteria import criteria_of
from makegood.parties.errors import NotFound
from makegood.parties.models import Program


@dataclass(frozen=True)
class CampaignLine:
    """A campaign of the list with what it promises, a sentence each."""

    campaign: Campaign
    criteria: tuple[str, ...]


def campaigns_of(program: Program) -> list[CampaignLine]:
    """The campaigns of a program by number. The caller has scoped it."""
    rows = Campaign.objects.filter(program=program).select_related("category").order_by("number", "pk")
    return [CampaignLine(one, criteria_of(one)) for one in rows]


def campaign_named(program: Program, number: str) -> Campaign:
    """A campaign of a program. Raises NotFound."""
    found = Campaign.objects.filter(program=program, number=number).select_related("category").first()
    if found is None:
        raise NotFound()
    return found


def categories() -> QuerySet[Category]:
    """Every category by name, with how many campaigns it has; categories belong to no program."""
    return Category.objects.annotate(campaigns=Count("campaign")).order_by("name", "pk")


def category_named(code: str) -> Category:
    """A category. Raises NotFound."""
    found = Category.objects.filter(code=code).first()
    if found is None:
        raise NotFound()
    return found
