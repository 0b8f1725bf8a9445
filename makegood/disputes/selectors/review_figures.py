"""What reviews that nobody asked for found, in counts: by tag, by verdict, by vendor; and how much of all is invalid.

Only what was drawn at random speaks for all charges: what a rule or a person picked is counted, and never weighed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from makegood.disputes.models import Review
from makegood.disputes.selectors.reviews import reviews_visible_to
from makegood.disputes.states import ChosenBy, ReviewState, ReviewVerdict
from makegood.parties.entries import Principal

MOST_TAGS = 30
_DONE = Q(state=ReviewState.DONE)
_INVALID, _VALID = ReviewVerdict.NON_BILLABLE, ReviewVerdict.BILLABLE
_SAYS = (_INVALID, _VALID)


def tags_found(principal: Principal, *, since: datetime, program: int | None = None) -> list[tuple[str, int]]:
    """How many finished reviews since then carry each tag, the most frequent first."""
    return _by_tag(_finished(principal, since, program))[:MOST_TAGS]


def tags_in_use(program_id: int, most: int = MOST_TAGS) -> list[str]:
    """The tags that reviewers of a program wrote, the most frequent first. The caller has scoped the program."""
    return [tag for tag, _ in _by_tag(Review.objects.filter(_DONE, program=program_id))[:most]]


def _by_tag(found: QuerySet[Review]) -> list[tuple[str, int]]:
    tag = Func("tags", function="unnest", output_field=TextField())
    rows = found.annotate(tag=tag).values("tag").annotate(n=Count("pk")).values_list("tag", "n")
    return sorted(rows, key=lambda row: (-row[1], row[0]))


@dataclass(frozen=True)
class Weighed:
    """What a random sample says of all charges it was drawn from.

    ``reviewed`` of which ``invalid``; ``unclear`` ones are left out of both. ``weight`` is how many charges they stand
    for (one over their chance, added up) and ``invalid_weight`` how many of those are invalid. ``even`` is how many
    charges of a plain sample would say as much: ``reviewed`` where every chance was the same.
    """

    reviewed: int
    invalid: int
    unclear: int
    weight: Decimal
    invalid_weight: Decimal
    even: Decimal

    @property
    def share(self) -> Decimal | None:
        """The invalid share of all charges, 0 to 1, each finding weighed by its chance; None where nothing is known."""
        return self.invalid_weight / self.weight if self.weight else None


def weighed(principal: Principal, *, since: datetime, program: int | None = None) -> Weighed:
    """What the random samples reviewed since then say of undisputed charges."""
    found = _finished(principal, since, program).filter(chosen_by=ChosenBy.RANDOM)
    rows = found.values_list("chance", "verdict").annotate(n=Count("pk")).values_list("chance", "verdict", "n")
    weight = invalid_weight = squares = Decimal(0)
    counts: dict[str, int] = defaultdict(int)
    for chance, verdict, n in rows:
        counts[verdict or ""] += n
        if verdict not in _SAYS:
            continue
        weight += n / chance
        squares += n / chance / chance
        invalid_weight += n / chance if verdict == _INVALID else 0
    reviewed = counts[_INVALID] + counts[_VALID]
    even = weight * weight / squares if squares else Decimal(0)
    return Weighed(reviewed, counts[_INVALID], counts[ReviewVerdict.UNCLEAR], weight, invalid_weight, even)


@dataclass(frozen=True)
class VendorFigures:
    """What was found at one vendor: at random and by rule apart. ``tags`` are the most frequent ones."""

    vendor: str
    drawn: int
    drawn_invalid: int
    picked: int
    picked_invalid: int
    tags: tuple[tuple[str, int], ...] = ()


def by_vendor(principal: Principal, *, since: datetime, program: int | None = None) -> list[VendorFigures]:
    """What was found since then, by vendor, the most reviewed first; unclear ones are not counted."""
    found = _finished(principal, since, program)
    random, invalid = Q(chosen_by=ChosenBy.RANDOM), Q(verdict=_INVALID)
    named = found.annotate(vendor=Coalesce("charge__vendor__name", Value("No vendor"), output_field=TextField()))
    rows = named.filter(verdict__in=_SAYS).values("vendor").annotate(
        drawn=Count("pk", filter=random),
        drawn_invalid=Count("pk", filter=random & invalid),
        picked=Count("pk", filter=~random),
        picked_invalid=Count("pk", filter=~random & invalid),
    )  # fmt: skip
    tags = _tags_by_vendor(named)
    figures = [VendorFigures(**row, tags=tuple(tags.get(row["vendor"], ())[:4])) for row in rows]
    return sorted(figures, key=lambda one: (-(one.drawn + one.picked), one.vendor))


def _tags_by_vendor(named: QuerySet[Review]) -> dict[str, list[tuple[str, int]]]:
    tag = Func("tags", function="unnest", output_field=TextField())
    rows = named.annotate(tag=tag).values("vendor", "tag").annotate(n=Count("pk")).order_by("-n", "tag")
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in rows:
        found[row["vendor"]].append((row["tag"], row["n"]))
    return found


def _finished(principal: Principal, since: datetime, program: int | None) -> QuerySet[Review]:
    found = reviews_visible_to(principal).filter(_DONE, finished_at__gte=since)
    return found if program is None else found.filter(program=program)
