"""Quality assurance listens to what nobody disputed: a sample of each of the last days, most of it heard by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from makegood.disputes.entries import HeardItem, ReviewItem
from makegood.disputes.operations import claim_review, keep_review, queue_reviews
from makegood.disputes.selectors.reviews import reviews_visible_to
from makegood.disputes.states import ReviewState, ReviewVerdict
from makegood.evidence.selectors.recordings import recordings_of
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.project.demo import words
from makegood.project.demo.cast import PROGRAM
from makegood.project.demo.leads.cast import REVIEWS
from makegood.project.demo.life import UNDO, commit_all
from makegood.project.demo.problems import ContestRefused
from makegood.project.demo.truth import REASONS, Kind

PLANS: Mapping[str, dict[str, object]] = {
    REVIEWS: {"sample_per_day": 5, "per_rule": 1, "rules": {"short": {"seconds": 20}, "no_speech": True}},
    PROGRAM: {
        "sample_per_day": 20,
        "per_rule": 3,
        "rules": {"short": {"seconds": 20}, "no_speech": True, "repeat_caller": {"hours": 72}},
    },
}
"""What is drawn each day, by program."""
ALONE_MICROS = {"USD": 60_000_000, "CAD": 80_000_000, "JPY": 9_000_000_000}
"""What a listener credits alone, by currency; anything above waits for a second signature."""
SINCE = timedelta(days=7)
"""How far back the first draw reaches."""
_DRAWN, _APART = timedelta(hours=6), timedelta(minutes=4)
_MOST = 48
_LATER = 4
_LEADS: Mapping[str, str] = {
    "WRONG_NUMBER": "WRONG_SERVICE",
    "SOLICITOR": "ROBOCALL",
    "OUT_OF_AREA": "WRONG_SERVICE",
    "SERVICE_NOT_PROVIDED": "WRONG_SERVICE",
    "SPAM": "ROBOCALL",
}
_GOOD = (
    ("ORDINARY", ("new customer", "appointment booked")),
    ("ORDINARY", ("new customer",)),
    ("PRICE_SHOPPER", ("price shopper",)),
    ("ORDINARY", ("existing customer",)),
    ("ORDINARY", ("new customer", "emergency")),
)
_NOTE = "Heard in full."


@dataclass(frozen=True)
class Found:
    """What is heard on a call or lead that should not have been billed, and the reason that goes with it."""

    finding: str
    reason: str


def bad_calls(kinds: Mapping[str, Kind], leads: Mapping[str, str]) -> dict[str, Found]:
    """What is bad, by id at the source: calls by their kind, leads by the reason that is right for them."""
    calls = {name: Found(words.FINDINGS[kind], REASONS[kind]) for name, kind in kinds.items() if kind in REASONS}
    return calls | {name: Found(_LEADS[reason], reason) for name, reason in leads.items() if reason in _LEADS}


def listen(qa: Principal, bad: Mapping[str, Found], now: datetime) -> None:
    """Draw, hear most of it, and leave the rest in the queue, one of it in somebody's hands. Raises ContestRefused."""
    with clock.frozen(now - _DRAWN):
        _checked(queue_reviews(qa, programs=list(PLANS)), "drawing")
    waiting = list(reviews_visible_to(qa).filter(state=ReviewState.QUEUED).select_related("charge").order_by("pk"))
    sounds = recordings_of(qa, [one.charge_id for one in waiting])
    waiting.sort(key=lambda one: one.charge.external_id not in bad)  # what is found is heard, whatever was drawn
    heard = [one for place, one in enumerate(waiting, 1) if place % _LATER][:_MOST]
    for place, one in enumerate(heard):
        found, at = bad.get(one.charge.external_id), now - _DRAWN + (place + 1) * _APART
        sound = sounds.get(one.charge_id)
        with clock.frozen(at):
            item = _item(one.pk, place, found, sound.duration_ms if sound else 0)
            _checked(keep_review(qa, items=[item]), one.charge.external_id)
        if found:
            with clock.frozen(at + UNDO):
                commit_all()
    rest = [one.pk for one in waiting if one not in heard]
    _checked(claim_review(qa, items=rest[:1]), "listening")


def _item(pk: int, place: int, found: Found | None, length_ms: int) -> ReviewItem:
    if found is None:
        finding, tags = _GOOD[place % len(_GOOD)]
        return ReviewItem(pk, ReviewVerdict.BILLABLE, (finding,), tags=tags, note=_NOTE)
    heard = (HeardItem(found.finding, min(3_000, length_ms // 2)),) if length_ms else ()
    return ReviewItem(
        pk, ReviewVerdict.NON_BILLABLE, (found.finding,), heard, ("no service need",), _NOTE, found.reason
    )


def _checked(answers: list[Answer], what: str) -> None:
    for answer in answers:
        if not answer.ok:
            raise ContestRefused(what, "a review", answer)
