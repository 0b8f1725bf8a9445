"""A review of a charge that nobody disputed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.v1 import ids
from makegood.api.v1.representations.charge import ChargeId
from makegood.api.v1.representations.shapes import Labeled, Page
from makegood.disputes.selectors.review_queue import ReviewRow
from makegood.disputes.states import ChosenBy, ReviewState, ReviewVerdict

ReviewId = Annotated[str, Meta(pattern=r"^rvw_[1-9]\d*$", description="The id of a review.", examples=["rvw_12"])]
Chance = Annotated[str, Meta(pattern=r"^[01]\.\d{18}$", description="A probability, exact to 18 digits.")]


class Review(Struct, kw_only=True):
    """A charge that is listened to although nobody disputed it.

    ``chosen_by`` says why it was chosen, ``why`` the same in words, ``chance`` how likely that was. ``held_by`` has it
    in hand now. ``verdict``, ``reviewer`` and ``finished_at`` are there when it is done; ``dispute`` is the number of
    the one that a non-billable verdict opened.
    """

    id: ReviewId
    charge: ChargeId
    program: str
    chosen_by: ChosenBy
    why: str
    chance: Chance
    state: ReviewState
    queued_at: datetime
    held_by: str
    verdict: ReviewVerdict | None
    findings: list[Labeled]
    tags: list[str]
    note: str
    reviewer: str
    finished_at: datetime | None
    dispute: str | None


class ReviewPage(Page):
    """Reviews, the first queued first."""

    items: list[Review]


def review(row: ReviewRow) -> Review:
    """A review as the service writes it."""
    return Review(
        id=ids.numbered(ids.REVIEW, row.id),
        charge=ids.numbered(ids.CHARGE, row.charge.id),
        program=row.program_key,
        chosen_by=row.chosen_by,
        why=row.why,
        chance=f"{row.chance:.18f}",
        state=row.state,
        queued_at=row.queued_at,
        held_by=row.held_by,
        verdict=row.verdict,
        findings=[Labeled(code, label) for code, label in row.findings],
        tags=list(row.tags),
        note=row.note,
        reviewer=row.reviewer if row.verdict else "",
        finished_at=row.finished_at,
        dispute=row.number or None,
    )
