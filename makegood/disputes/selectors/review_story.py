"""What happened to one review from the journal, in words: how it was drawn, who took it, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from makegood.disputes.models import Review
from makegood.journal.models import JournalEvent
from makegood.journal.selectors import history

_WORDS: Mapping[str, str] = {
    "review.drawn": "Drawn for its day",
    "review.claimed": "Taken",
    "review.released": "Given back to the queue",
    "review.skipped": "Skipped",
    "review.lapsed": "Left, and free again",
    "review.overtaken": "Overtaken: somebody disputed or corrected the charge",
    "review.taken_back": "Verdict taken back",
}


@dataclass(frozen=True)
class ReviewStep:
    """One line: when, who, and what in words."""

    at: datetime
    who: str
    text: str


def story_of(review: Review) -> tuple[ReviewStep, ...]:
    """The steps of a review, oldest first. The caller has scoped it."""
    return tuple(ReviewStep(event.at, event.principal_label, _text(event)) for event in events_of(review))


def events_of(review: Review) -> list[JournalEvent]:
    """What the journal holds of a review: its draw, then what became of it. The caller has scoped it."""
    return [*history("review_draw", review.draw_id or 0), *history("review", review.pk)]


def _text(event: JournalEvent) -> str:
    said = event.changes
    if event.event == "review.finished":
        return f"Found {str(said.get('verdict') or 'unclear').replace('_', '-')}"
    words = _WORDS.get(event.event, event.event.rpartition(".")[2].replace("_", " ").capitalize())
    if event.event == "review.drawn":
        drawn, of_all, picked = (said.get(name, 0) for name in ("size", "population", "picked"))
        return f"{words}: {drawn} of {of_all} at random, {picked} by rule"
    return words
