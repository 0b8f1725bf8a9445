"""One review on the bench: the charge, what can be marked, and what was marked before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from makegood.disputes.models import Finding, Review
from makegood.disputes.policy.review_plan import USUAL, ReviewPlan
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.detail import FindingRow
from makegood.disputes.selectors.heard import clock_of
from makegood.disputes.selectors.review_figures import tags_in_use
from makegood.disputes.selectors.review_queue import ReviewRow, rows_of
from makegood.disputes.selectors.review_reasons import reasons_of
from makegood.disputes.selectors.review_story import ReviewStep, story_of
from makegood.disputes.selectors.reviews import reviews_visible_to
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound

MOST_OFFERED = 16


@dataclass(frozen=True)
class Marked:
    """What is marked on a review: findings by code, where they are heard (``0:41``) by code, tags, words and reason."""

    findings: tuple[str, ...] = ()
    heard: Mapping[str, str] | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""


@dataclass(frozen=True)
class BenchCase:
    """Everything that the bench shows of a review but its sound.

    ``tags`` are those of the program and those that its reviewers use, ``reasons`` code and label of what a
    non-billable verdict can be opened with. ``second_press`` asks for one before a verdict on what nobody heard.
    """

    row: ReviewRow
    charge_id: int
    findings: tuple[FindingRow, ...]
    tags: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    marked: Marked
    second_press: bool
    story: tuple[ReviewStep, ...] = ()


def bench_case(principal: Principal, review_id: int) -> BenchCase:
    """A review in scope. Raises NotFound."""
    found = reviews_visible_to(principal).select_related("reviewer", "program", "charge__vendor", "dispute")
    review = found.defer("charge__raw").filter(pk=review_id).first()
    rows = rows_of(principal, [review]) if review is not None else []
    if review is None or not rows:
        raise NotFound()
    known = list(Finding.objects.filter(program=review.program_id).order_by("sort", "id"))
    return BenchCase(
        row=rows[0],
        charge_id=review.charge_id,
        findings=tuple(_finding(one) for one in known if one.is_active),
        tags=_offered(review),
        reasons=tuple((reason.code, reason.label) for reason in reasons_of(review.program_id)),
        marked=_marked(review, {one.pk: one.code for one in known}),
        second_press=DisputeSettings.of(review.program.settings).second_press,
        story=story_of(review),
    )


def _finding(one: Finding) -> FindingRow:
    hotkey = "" if one.hotkey is None else str(one.hotkey)
    return FindingRow(one.code, one.label, one.billable, one.guideline, hotkey, chosen=False)


def _offered(review: Review) -> tuple[str, ...]:
    plan = ReviewPlan.of(review.program.settings) or USUAL
    return tuple(dict.fromkeys((*plan.tags, *tags_in_use(review.program_id))))[:MOST_OFFERED]


def _marked(review: Review, codes: Mapping[int, str]) -> Marked:
    return Marked(
        findings=tuple(codes[pk] for pk in review.finding_ids if pk in codes),
        heard={one["finding"]: clock_of(one["start_ms"]) for one in review.heard},
        tags=tuple(review.tags),
        note=review.note,
    )
