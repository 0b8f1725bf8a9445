"""What the charge log can be narrowed to: what stands on the latest charges in scope."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.billing.models import Campaign, Category
from makegood.billing.selectors.facts import words_of
from makegood.billing.selectors.log_query import ANY_LEAD, KINDS
from makegood.billing.selectors.visible import charges_visible_to
from makegood.billing.states import LogKind
from makegood.parties.entries import Principal

LATEST = 2_000
"""So many charges are looked at; a campaign that had none of them is found by the id of one of its charges."""


@dataclass(frozen=True)
class Choices:
    """Pairs of value and words, by words."""

    campaigns: tuple[tuple[str, str], ...] = ()
    categories: tuple[tuple[str, str], ...] = ()
    dispositions: tuple[tuple[str, str], ...] = ()


def _by_words(pairs: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pairs.items(), key=lambda pair: pair[1].casefold()))


def log_choices(
    principal: Principal, kind: LogKind | None, program: int, leads_of: tuple[int, ...] | None = None
) -> Choices:
    """The campaigns, categories and call statuses of the latest charges in scope; with ``leads_of`` of the leads of
    these programs."""
    charges = charges_visible_to(principal)
    charges = charges.filter(ANY_LEAD, program__in=leads_of) if leads_of is not None else charges
    charges = charges.filter(KINDS[kind]) if kind is not None else charges
    charges = charges.filter(program=program) if program else charges
    latest = charges.order_by("-occurred_at", "-id").values_list("campaign_id", "category_id", "disposition")[:LATEST]
    campaigns, categories, dispositions = (set(column) for column in zip(*latest, strict=True)) if latest else [()] * 3
    ordered = Campaign.objects.filter(pk__in=campaigns).values_list("pk", "name")
    trades = Category.objects.filter(pk__in=categories).values_list("pk", "name")
    return Choices(
        _by_words({str(pk): name for pk, name in ordered}),
        _by_words({str(pk): name for pk, name in trades}),
        _by_words({text: words_of(text) for text in dispositions if text}),
    )
