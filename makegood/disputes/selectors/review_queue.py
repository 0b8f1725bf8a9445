"""The queue of reviews that nobody asked for: what waits and why, how far today's sample is, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from makegood.billing.selectors import ChargeFacts
from makegood.billing.selectors.facts import many_charge_facts
from makegood.disputes.models import Finding, Review, ReviewDraw
from makegood.disputes.policy.review_plan import ReviewPlan
from makegood.disputes.selectors.reviews import reviews_visible_to
from makegood.disputes.states import ChosenBy, ReviewState, ReviewVerdict
from makegood.kernel import clock
from makegood.kernel.paging import Key, Page, page_of, place_of
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.selectors import programs_visible_to

SIZE = 50
BY_ID = OLDEST_FIRST = (Key("id"),)
LATEST_FIRST = (Key("finished_at", descending=True), Key("id", descending=True))
OPEN = (ReviewState.QUEUED, ReviewState.CLAIMED)
CHOSEN: dict[ChosenBy, str] = {
    ChosenBy.RANDOM: "At random",
    ChosenBy.NEW_VENDOR: "New vendor",
    ChosenBy.SHORT: "Short",
    ChosenBy.NO_SPEECH: "No speech",
    ChosenBy.REPEAT_CALLER: "Repeat caller",
    ChosenBy.BY_HAND: "By hand",
}
"""Why a charge was chosen, in a word or two."""


@dataclass(frozen=True)
class ReviewQuery:
    """What the list is narrowed to; ``done`` shows the finished ones."""

    program: int | None = None
    by: ChosenBy | None = None
    vendor: int | None = None
    verdict: ReviewVerdict | None = None
    done: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether a filter is set beside the program."""
        return bool(self.by or self.vendor or self.verdict)


@dataclass(frozen=True)
class ReviewRow:
    """One review; ``chance`` is how likely its choice was (0 to 1), ``number`` the dispute that it opened.

    ``held_by`` has it in hand now, ``is_mine`` says that this is the reader.
    """

    id: int
    why: str
    chosen_by: ChosenBy
    chance: Decimal
    charge: ChargeFacts
    vendor: str
    program: str
    program_key: str
    queued_at: datetime
    state: ReviewState
    reviewer: str
    held_by: str
    is_mine: bool
    verdict: ReviewVerdict | None
    tags: tuple[str, ...]
    note: str
    findings: tuple[tuple[str, str], ...]
    finished_at: datetime | None
    number: str

    @property
    def chance_text(self) -> str:
        """The chance as people read it: ``always``, ``5.0%``."""
        return "always" if self.chance == 1 else f"{self.chance:.1%}"


@dataclass(frozen=True)
class Progress:
    """How far the sample of the day is. ``total`` are the charges drawn at random that were or are to be reviewed.

    ``day`` is the day whose charges were drawn (None: nothing was), ``population`` how many there were, ``unheard`` the
    calls left out because nobody can hear them, ``overtaken`` those disputed meanwhile. ``missing`` are programs that
    review unasked and were not drawn yet.
    """

    done: int = 0
    total: int = 0
    picked_done: int = 0
    picked: int = 0
    population: int = 0
    unheard: int = 0
    overtaken: int = 0
    day: date | None = None
    missing: int = 0
    reviewing: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether all of the sample was reviewed."""
        return self.day is not None and self.done >= self.total


def why_of(review: Review) -> str:
    """Why a charge is reviewed, with the fact that a rule saw."""
    fact = review.why or {}
    said = CHOSEN[ChosenBy(review.chosen_by)]
    if "nth" in fact:
        return f"{said}, its number {fact['nth']}"
    if "seconds" in fact:
        return f"{said}, {fact['seconds']} s"
    if "hours" in fact:
        return f"{said} within {fact['hours']} h"
    return said


def _narrowed(principal: Principal, query: ReviewQuery) -> QuerySet[Review]:
    found = reviews_visible_to(principal)
    found = found.filter(state=ReviewState.DONE) if query.done else found.filter(state__in=OPEN)
    if query.program is not None:
        found = found.filter(program=query.program)
    if query.by is not None:
        found = found.filter(chosen_by=query.by)
    if query.vendor is not None:
        found = found.filter(charge__vendor=query.vendor)
    if query.done and query.verdict is not None:
        found = found.filter(verdict=query.verdict)
    return found


def review_page(principal: Principal, query: ReviewQuery, *, after: str = "", before: str = "") -> Page[ReviewRow]:
    """One page of what waits, the first drawn first; or of what is finished, the latest first."""
    order = LATEST_FIRST if query.done else OLDEST_FIRST
    found = _narrowed(principal, query).select_related("reviewer", "program", "charge__vendor", "dispute")
    page = page_of(found.defer("charge__raw"), order, place_of(after, before, order), SIZE)
    return page.with_rows(rows_of(principal, page.rows))


def rows_of(principal: Principal, reviews: Iterable[Review]) -> list[ReviewRow]:
    """Reviews with the facts of their charges."""
    rows = list(reviews)
    facts = many_charge_facts(principal, [row.charge_id for row in rows])
    named = {pk for row in rows for pk in row.finding_ids}
    known = Finding.objects.filter(pk__in=named).values_list("pk", "code", "label") if named else ()
    labels = {pk: (code, label) for pk, code, label in known}
    return [_row(principal, row, facts[row.charge_id], labels) for row in rows if row.charge_id in facts]


def review_numbered(principal: Principal, number: int) -> ReviewRow | None:
    """A review by its number; None for one that does not exist or is out of scope."""
    found = reviews_visible_to(principal).select_related("reviewer", "program", "charge__vendor", "dispute")
    return next(iter(rows_of(principal, found.defer("charge__raw").filter(pk=number))), None)


def _row(principal: Principal, row: Review, facts: ChargeFacts, labels: Mapping[int, tuple[str, str]]) -> ReviewRow:
    now = clock.now()
    held = row.state == ReviewState.CLAIMED and row.claimed_until is not None and row.claimed_until > now
    return ReviewRow(
        id=row.pk,
        why=why_of(row),
        chosen_by=ChosenBy(row.chosen_by),
        chance=row.chance,
        charge=facts,
        vendor=row.charge.vendor.name if row.charge.vendor else "",
        program=row.program.name,
        program_key=row.program.key,
        queued_at=row.queued_at,
        state=ReviewState(row.state),
        reviewer=str(row.reviewer or ""),
        held_by=str(row.reviewer) if held else "",
        is_mine=row.reviewer_id == principal.id and principal.id is not None,
        verdict=ReviewVerdict(row.verdict) if row.verdict else None,
        tags=tuple(row.tags),
        note=row.note,
        findings=tuple(labels[pk] for pk in row.finding_ids if pk in labels),
        finished_at=row.finished_at,
        number=str(row.dispute) if row.dispute else "",
    )


def waiting_count(principal: Principal, query: ReviewQuery) -> int:
    """How many wait."""
    return _narrowed(principal, query).count()


def vendors_waiting(principal: Principal, query: ReviewQuery) -> list[tuple[int, str]]:
    """The vendors of what is listed, by name: id and name."""
    base = ReviewQuery(program=query.program, done=query.done)
    found = _narrowed(principal, base).filter(charge__vendor__isnull=False)
    return list(found.order_by("charge__vendor__name").values_list("charge__vendor", "charge__vendor__name").distinct())


def next_review(principal: Principal, query: ReviewQuery, *, after: int = 0) -> int | None:
    """The next one that is free or one's own, behind ``after`` in the queue and then from its beginning."""
    free = Q(state=ReviewState.QUEUED) | Q(claimed_until__lte=clock.now()) | Q(reviewer=principal.id)
    waiting = _narrowed(principal, ReviewQuery(query.program, query.by, query.vendor)).filter(free)
    behind = waiting.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True).first()
    if behind is not None or not after:
        return behind
    return waiting.filter(pk__lt=after).order_by("pk").values_list("pk", flat=True).first()


def progress_of(principal: Principal, program: int | None = None) -> Progress:
    """How far the sample of the latest full day is, over the programs in sight or one of them."""
    programs = programs_visible_to(principal).select_related("zone")
    if program is not None:
        programs = programs.filter(pk=program)
    reviewing = [one for one in programs if ReviewPlan.of(one.settings) is not None]
    draws = list(_draws_of(reviewing))
    counts = _counts(principal, draws)
    return Progress(
        day=max((draw.day for draw in draws), default=None),
        population=sum(draw.population for draw in draws),
        unheard=sum(draw.unheard for draw in draws),
        missing=len(reviewing) - len(draws),
        reviewing=len(reviewing),
        **counts,
    )


def _draws_of(programs: Sequence[Program]) -> QuerySet[ReviewDraw]:
    """The draws of yesterday, by the day of each program."""
    of_day: dict[date, list[int]] = {}
    for program in programs:
        today = clock.now().astimezone(ZoneInfo(program.zone.name if program.zone else "UTC")).date()
        of_day.setdefault(today - timedelta(days=1), []).append(program.pk)
    wanted = Q(pk__in=[])
    for day, ids in of_day.items():
        wanted |= Q(day=day, program__in=ids)
    return ReviewDraw.objects.filter(wanted)


def _counts(principal: Principal, draws: Sequence[ReviewDraw]) -> dict[str, int]:
    random, done = Q(chosen_by=ChosenBy.RANDOM), Q(state=ReviewState.DONE)
    stands = ~Q(state=ReviewState.CANCELED)
    found: dict[str, int] = reviews_visible_to(principal).filter(draw__in=draws).aggregate(
        done=Count("pk", filter=random & done),
        total=Count("pk", filter=random & stands),
        picked_done=Count("pk", filter=~random & done),
        picked=Count("pk", filter=~random & stands),
        overtaken=Count("pk", filter=random & ~stands),
    )  # fmt: skip
    return found
