"""The bench and the queue of reviews that nobody asked for, as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse

from makegood.disputes.entries import HeardItem, ReviewItem
from makegood.disputes.selectors.review_bench import BenchCase, Marked, bench_case
from makegood.disputes.selectors.review_figures import VendorFigures, Weighed, by_vendor, tags_found, weighed
from makegood.disputes.selectors.review_queue import CHOSEN, Progress, ReviewQuery, next_review, progress_of
from makegood.disputes.states import ChosenBy, ReviewState, ReviewVerdict
from makegood.evidence.selectors.listening import heard_ms_of
from makegood.insights.policy.intervals import FEW, wilson_of
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.kernel.money import Money
from makegood.web import deciding, programs
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id
from makegood.web.players import Player, player_of

WORDS = {
    ReviewVerdict.BILLABLE: "Billable",
    ReviewVerdict.NON_BILLABLE: "Non-billable",
    ReviewVerdict.UNCLEAR: "Unclear",
}
CARRIED = ("by", "vendor")
PERIOD_DAYS = 90
LONGEST_NOTE = 5_000


def query_of(request: PageRequest) -> ReviewQuery:
    """What the address asks for; whatever is not understood is left out."""
    asked, program = request.GET, programs.chosen(request)
    by, verdict = asked.get("by", ""), asked.get("verdict", "")
    return ReviewQuery(
        program=program.pk if program else None,
        by=ChosenBy(by) if by in set(ChosenBy) else None,
        vendor=row_id(asked.get("vendor", "")),
        verdict=ReviewVerdict(verdict) if verdict in set(ReviewVerdict) else None,
        done=asked.get("tab") == "done",
    )


def carried(request: PageRequest) -> str:
    """The filters of this address, to go on with: ``?by=short``, or nothing."""
    said = [(key, request.GET[key]) for key in CARRIED if request.GET.get(key)]
    return f"?{urlencode(said)}" if said else ""


def address(request: PageRequest, review_id: int) -> str:
    """The bench of a review, with the filters of this address."""
    return reverse("review", args=[review_id]) + carried(request)


@dataclass(frozen=True)
class Bench:
    """A review on the bench. ``refused`` is why the last verdict was not kept, ``asks`` what waits for a second press.

    ``pressed`` goes back with the form, ``more_tags`` are those that are not offered, ``limit`` is the largest amount
    that the reviewer credits alone (None: none is set).
    """

    case: BenchCase
    player: Player | None
    progress: Progress
    following: int | None
    marked: Marked
    more_tags: str
    carried: str
    limit: Money | None = None
    refused: Answer | None = None
    asks: str = ""
    field: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a verdict can be given by this person now."""
        row = self.case.row
        return row.state in {ReviewState.QUEUED, ReviewState.CLAIMED} and (row.is_mine or not row.held_by)

    @property
    def hears(self) -> bool:
        """Whether there is something to hear."""
        return self.player is not None and self.player.view is not None and self.player.view.playable

    @property
    def is_above_limit(self) -> bool:
        """Whether a non-billable verdict waits for a second signature."""
        charged = self.case.row.charge.charged
        return self.limit is not None and charged is not None and charged.micros > self.limit.micros

    @property
    def word(self) -> str:
        """The verdict of a finished review."""
        return WORDS[self.case.row.verdict] if self.case.row.verdict else ""


def bench_of(request: PageRequest, review_id: int, marked: Marked | None = None) -> Bench:
    """The bench of a review; ``marked`` is what stands on it already. Raises NotFound."""
    principal, query = request.principal, query_of(request)
    case = bench_case(principal, review_id)
    shown = marked or case.marked
    charged = case.row.charge.charged
    most = principal.alone(charged.currency) if charged else None
    limit = Money(most, charged.currency) if charged and most is not None else None
    return Bench(
        case=case,
        player=player_of(request, case.charge_id),
        progress=progress_of(principal, query.program),
        following=next_review(principal, query, after=review_id),
        marked=shown,
        more_tags=", ".join(tag for tag in shown.tags if tag not in case.tags),
        carried=carried(request),
        limit=limit,
    )


def told(bench: Bench, **changes: object) -> Bench:
    """The same bench with something said on it."""
    return replace(bench, **changes)  # type: ignore[arg-type]


def read(request: PageRequest) -> Marked:
    """What was marked on the bench."""
    typed, post = deciding.read(request), request.POST
    more = [part for part in post.get("more_tags", "")[:500].split(",") if part.strip()]
    return Marked(
        findings=typed.findings,
        heard=typed.heard,
        tags=tuple(" ".join(tag.lower().split()) for tag in (*post.getlist("tags"), *more)),
        note=typed.note[:LONGEST_NOTE],
        reason=post.get("reason", "")[:40],
    )


def item_of(request: PageRequest, review_id: int, verdict: ReviewVerdict, marked: Marked) -> ReviewItem:
    """What is kept. Raises TimeUnreadable."""
    heard: Sequence[HeardItem] = deciding.heard_in(deciding.read(request))
    return ReviewItem(review_id, verdict, marked.findings, tuple(heard), marked.tags, marked.note, marked.reason)


def waits_for_ears(request: PageRequest, bench: Bench, verdict: ReviewVerdict) -> bool:
    """Whether a verdict that credits asks for a second press: there is sound, and nobody listened to any of it."""
    listened = row_id(request.POST.get("listened_ms", "")) or 0
    if verdict is not ReviewVerdict.NON_BILLABLE or listened or request.POST.get("pressed") == verdict:
        return False
    view = bench.player.view if bench.player else None
    if view is None or not view.playable or not bench.case.second_press:
        return False
    return heard_ms_of(view, request.principal.id or 0) == 0


@dataclass(frozen=True)
class Estimate:
    """What the random samples say of all undisputed charges, in words; ``few`` where there are too few for a rate."""

    weighed: Weighed
    share: str
    low: str
    high: str
    few: bool
    stands_for: int
    invalid: int


def estimate_of(request: PageRequest, query: ReviewQuery) -> Estimate | None:
    """The invalid share of undisputed charges over the last 90 days; None where nothing was reviewed at random."""
    since = clock.now() - timedelta(days=PERIOD_DAYS)
    found = weighed(request.principal, since=since, program=query.program)
    share = found.share
    if share is None:
        return None
    ends = wilson_of(float(share), float(found.even))
    return Estimate(
        weighed=found,
        share=_percent(float(share)),
        low=_percent(ends.low),
        high=_percent(ends.high),
        few=found.reviewed < FEW,
        stands_for=round(found.weight),
        invalid=round(found.invalid_weight),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def vendors_of(request: PageRequest, query: ReviewQuery) -> list[VendorFigures]:
    """What was found at each vendor over the last 90 days."""
    since = clock.now() - timedelta(days=PERIOD_DAYS)
    return by_vendor(request.principal, since=since, program=query.program)


def tags_of(request: PageRequest, query: ReviewQuery) -> list[tuple[str, int]]:
    """How often each tag was given over the last 90 days."""
    since = clock.now() - timedelta(days=PERIOD_DAYS)
    return tags_found(request.principal, since=since, program=query.program)


CHOICES = tuple((by.value, words) for by, words in CHOSEN.items())
VERDICTS = tuple((verdict.value, words) for verdict, words in WORDS.items())
