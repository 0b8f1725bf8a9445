"""How a program reviews charges that nobody disputed: how many a day, which besides, and with which tags. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from makegood.disputes.errors.reviews import BadTag
from makegood.disputes.states import ChosenBy

KEY = "proactive_review"
SAMPLE_PER_DAY = 60
PER_RULE = 20
FIRST = 50
SHORT_S = 20
REPEAT_HOURS = 72
LOOK_BACK_DAYS = 7
"""How far a draw reaches back that did not run in time."""
MOST_TAGS, LONGEST_TAG = 12, 40
TAGS = (
    "new customer",
    "existing customer",
    "appointment booked",
    "price shopper",
    "voicemail",
    "hung up",
    "emergency",
    "no service need",
)
"""What is offered where a program names no tags of its own."""


@dataclass(frozen=True)
class ReviewPlan:
    """What is drawn of a day: ``sample_per_day`` at random, and up to ``per_rule`` for each rule.

    A rule that is None or False picks nothing: the first charges of a vendor, calls shorter than some seconds, calls
    without speech, callers who called the same customer within some hours before.
    """

    sample_per_day: int
    per_rule: int
    new_vendor_first: int | None
    short_s: int | None
    no_speech: bool
    repeat_hours: int | None
    tags: tuple[str, ...]

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> ReviewPlan | None:
        """Read a program's settings; None where nothing is reviewed unasked. Plain ``true`` means the usual plan."""
        said = settings.get(KEY)
        if not said:
            return None
        if said is True:
            return USUAL
        rules = said.get("rules") or {}
        return cls(
            sample_per_day=int(said.get("sample_per_day", SAMPLE_PER_DAY)),
            per_rule=int(said.get("per_rule", PER_RULE)),
            new_vendor_first=(rules.get("new_vendor") or {}).get("first"),
            short_s=(rules.get("short") or {}).get("seconds"),
            no_speech=bool(rules.get("no_speech")),
            repeat_hours=(rules.get("repeat_caller") or {}).get("hours"),
            tags=tuple(said.get("tags") or TAGS),
        )

    @property
    def rules(self) -> tuple[ChosenBy, ...]:
        """The rules that pick, in the order in which they are asked."""
        found = {
            ChosenBy.NEW_VENDOR: self.new_vendor_first is not None,
            ChosenBy.SHORT: self.short_s is not None,
            ChosenBy.NO_SPEECH: self.no_speech,
            ChosenBy.REPEAT_CALLER: self.repeat_hours is not None,
        }
        return tuple(rule for rule, on in found.items() if on)


USUAL = ReviewPlan(SAMPLE_PER_DAY, PER_RULE, FIRST, SHORT_S, no_speech=True, repeat_hours=REPEAT_HOURS, tags=TAGS)


def normalized_tags(said: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: lower case, single spaces, each once, in the order they were given. Raises BadTag."""
    found = dict.fromkeys(" ".join(tag.lower().strip().lstrip("#").split()) for tag in said)
    tags = tuple(tag for tag in found if tag)
    unfit = [tag for place, tag in enumerate(tags) if len(tag) > LONGEST_TAG or place >= MOST_TAGS]
    if unfit:
        raise BadTag(most=MOST_TAGS, longest=LONGEST_TAG, tag=unfit[0][:LONGEST_TAG])
    return tags


def days_due(last: date | None, today: date) -> tuple[date, ...]:
    """The days that are over and not drawn yet, the first first; ``last`` is the latest day that was drawn.

    Where nothing was ever drawn it is yesterday alone, so that nobody starts with a backlog.
    """
    yesterday = today - timedelta(days=1)
    first = yesterday if last is None else max(last + timedelta(days=1), today - timedelta(days=LOOK_BACK_DAYS))
    return tuple(first + timedelta(days=n) for n in range((yesterday - first).days + 1))
