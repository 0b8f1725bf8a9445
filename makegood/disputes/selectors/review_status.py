"""The review status of charges as programs word it: what a list can be narrowed to, and which charges it names.

Nothing here knows a vocabulary: its function is asked what it says of every state, and a status is the states of which
it says the same. A charge that nobody disputed may be reviewed all the same; what its review says counts then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from makegood.billing.selectors import Keep
from makegood.disputes.models import Dispute, Review
from makegood.disputes.selectors.reviews import review_of_charges
from makegood.disputes.selectors.rows import Live, live_credits
from makegood.disputes.selectors.visible import disputes_visible_to, is_outside
from makegood.disputes.states import VOCABULARIES, Facts, Outcome, ReviewState, Stage, Word, word_of
from makegood.parties.entries import Principal

COMMON = "dialics"
"""The vocabulary of a list whose programs have several."""
_STAGES = (Stage.IN_REVIEW, Stage.PENDING, Stage.INFO_NEEDED, Stage.DECIDED, Stage.RESOLVED, Stage.CLOSED)
_BILLED, _BOTH = 2, (False, True)
_SETTLED = frozenset({Stage.DECIDED, Stage.RESOLVED, Stage.CLOSED})

_REVIEWS = (None, ReviewState.QUEUED, ReviewState.CLAIMED, ReviewState.DONE)
"""How far a review of a charge may be that nobody disputed; a canceled one is none."""

State = tuple[Stage | None, Outcome | None, ReviewState | None]


@dataclass(frozen=True)
class StatusOption:
    """A status that a list can be narrowed to: its key in addresses, and what the program calls it.

    ``keys`` are the words of its vocabulary that read so.
    """

    key: str
    label: str
    keys: frozenset[str]
    vocabulary: str


def _every_facts() -> list[tuple[State, Facts]]:
    """Every state a charge can be in as far as words go: undisputed, disputed, withdrawn, reviewed unasked."""
    found: list[tuple[State, Facts]] = [((None, None, None), Facts())]
    for stage in _STAGES:
        outcomes: tuple[Outcome | None, ...] = (*Outcome, None) if stage in _SETTLED else (None,)
        for outcome, live, turned, fee, number in product(outcomes, (_BILLED, 1, 0), _BOTH, _BOTH, (1, 2)):
            facts = Facts(stage, outcome, live, _BILLED, reversed=turned, fee=fee, round=number)
            found.append(((stage, outcome, None), facts))
    reviewed = [((None, None, review), Facts(review=review)) for review in _REVIEWS if review]
    return [*found, ((Stage.WITHDRAWN, None, None), Facts(Stage.WITHDRAWN)), *reviewed]


@cache
def _states(vocabulary: str) -> Mapping[State, frozenset[str]]:
    """What a vocabulary may say of each state."""
    found: dict[State, set[str]] = {}
    for state, facts in _every_facts():
        found.setdefault(state, set()).add(VOCABULARIES[vocabulary](facts).key)
    return {state: frozenset(keys) for state, keys in found.items()}


def vocabulary_of(settings: Sequence[Mapping[str, Any]]) -> str:
    """The vocabulary of programs with these settings; the common one where they have several."""
    named = {str(one.get("vocabulary", COMMON)) for one in settings}
    return named.pop() if len(named) == 1 else COMMON


def status_options(settings: Sequence[Mapping[str, Any]], vocabulary: str = "") -> tuple[StatusOption, ...]:
    """The statuses that a list over programs with these settings can be narrowed to, each label once."""
    vocabulary = vocabulary or vocabulary_of(settings)
    own = {json.dumps(one.get("status_words"), sort_keys=True) for one in settings}
    return _options(own.pop() if len(own) == 1 else "null", vocabulary)


@lru_cache(maxsize=64)
def _options(status_words: str, vocabulary: str) -> tuple[StatusOption, ...]:
    """The same of a vocabulary, with what a program calls its words (JSON); neither changes what it says."""
    words = {"status_words": json.loads(status_words) or {}, "vocabulary": vocabulary}
    keys: dict[str, list[str]] = {}
    for _, facts in _every_facts():
        word = word_of(facts, words)
        keys.setdefault(plain_label(word), []).append(word.key)
    return tuple(StatusOption(said[0], label, frozenset(said), vocabulary) for label, said in keys.items())


def status_named(settings: Sequence[Mapping[str, Any]], key: str) -> StatusOption | None:
    """The status that an address names, in the programs' own words or in the common ones; None for another text."""
    for options in (status_options(settings), status_options(settings, COMMON)):
        for option in options:
            if key in option.keys:
                return option
    return None


def plain_label(word: Word) -> str:
    """What people read of a word; a charge that nobody disputed may have none in its program."""
    return "Not disputed" if word.key == "none" else word.label


def _own(principal: Principal) -> QuerySet[Dispute]:
    return disputes_visible_to(principal).exclude(stage=Stage.DRAFT)


def latest_last(disputes: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """Disputes so that the one that speaks for its charge comes last: the latest, a withdrawn one only alone."""
    standing = Case(When(stage=Stage.WITHDRAWN, then=Value(0)), default=Value(1))
    return disputes.order_by(standing, "id")


def with_status(
    principal: Principal, status: StatusOption, programs: Collection[int] | None = None
) -> tuple[Q, Keep | None]:
    """The charges of a status: a condition on charges, and what remains to be asked of those that meet it.
    ``programs`` are those that the charges are of, where that is known.

    Words that follow the ledger (how much of a credit stands) are asked of the charges found.
    """
    states = {state: said for state, said in _states(status.vocabulary).items() if said & status.keys}
    own = _own(principal) if programs is None else _own(principal).filter(program__in=programs)
    # Lists of ids, so that a status of few charges is found from its disputes and not by looking at every charge.
    found: list[QuerySet[Any]] = []
    told = Q(pk__in=[])
    for stage, outcome, _ in states:
        if stage is Stage.WITHDRAWN:
            standing = own.exclude(stage=stage).filter(charge_id=OuterRef("charge_id"))
            found.append(own.filter(~Exists(standing), stage=stage))
        elif stage is not None:
            told |= Q(stage=stage, outcome=outcome) if stage in _SETTLED else Q(stage=stage)
    if told != Q(pk__in=[]):
        found.append(_speaking(own, told))
    reviews = {review for stage, _, review in states if stage is None}
    undisputed = ~Exists(own.filter(charge_id=OuterRef("charge_id")))
    if reviews and None not in reviews:
        known = _latest_reviews(in_states(principal, {review for review in reviews if review}))
        known = known if programs is None else known.filter(program__in=programs)
        found.append(known.filter(undisputed))
    lists = [rows.order_by().values("charge_id") for rows in found]
    named = Q(pk__in=lists[0].union(*lists[1:], all=True)) if lists else Q(pk__in=[])
    if None in reviews:
        named |= ~Q(Exists(own.filter(charge_id=OuterRef("pk")))) & _as_reviewed(principal, reviews)
    exact = all(said <= status.keys for said in states.values())
    return named, None if exact else _worded(principal, status.keys, VOCABULARIES[status.vocabulary])


def _speaking(own: QuerySet[Dispute], told: Q) -> QuerySet[Dispute]:
    """Those of some disputes that were not withdrawn, are the latest of their charge, and meet a condition."""
    standing = own.exclude(stage=Stage.WITHDRAWN)
    newer = standing.filter(charge_id=OuterRef("charge_id"), pk__gt=OuterRef("pk"))
    return standing.filter(told, ~Exists(newer))


def disputed_as(principal: Principal, told: Q) -> Q:
    """The charges whose latest dispute that was not withdrawn meets a condition on disputes."""
    return Q(Exists(_speaking(_own(principal), told).filter(charge_id=OuterRef("pk"))))


def _latest_reviews(told: Q) -> QuerySet[Review]:
    """The reviews that were not canceled, are the latest of their charge, and meet a condition."""
    known = Review.objects.exclude(state=ReviewState.CANCELED)
    newer = known.filter(charge_id=OuterRef("charge_id"), pk__gt=OuterRef("pk"))
    return known.filter(told, ~Exists(newer))


def reviewed_as(told: Q) -> Q:
    """The charges whose latest review that was not canceled meets a condition on reviews."""
    return Q(Exists(_latest_reviews(told).filter(charge_id=OuterRef("pk"))))


def in_states(principal: Principal, states: Collection[ReviewState]) -> Q:
    """The reviews that are in one of these states as the principal may know it: for a customer's people one whose
    dispute they do not see yet is still under way."""
    named = Q(state__in=list(states))
    if not is_outside(principal) or (ReviewState.DONE in states) == (ReviewState.CLAIMED in states):
        return named
    seen = Q(dispute__isnull=True) | Q(dispute__in=disputes_visible_to(principal))
    return named & seen if ReviewState.DONE in states else named | (Q(state=ReviewState.DONE) & ~seen)


def _as_reviewed(principal: Principal, reviews: set[ReviewState | None]) -> Q:
    """The charges without a review, and those whose review is as far as one of these."""
    if reviews == set(_REVIEWS):
        return Q()
    other = [state for state in ReviewState if state in set(_REVIEWS) - reviews]
    return ~reviewed_as(in_states(principal, other))


def _worded(principal: Principal, keys: frozenset[str], words: Callable[[Facts], Word]) -> Keep:
    """Those of some charges whose word has one of these keys."""

    def keep(ids: Sequence[int]) -> set[int]:
        return {pk for pk, facts in facts_of_charges(principal, ids).items() if words(facts).key in keys}

    return keep


def facts_of_charges(principal: Principal, ids: Sequence[int]) -> dict[int, Facts]:
    """What words of each charge are derived from: its dispute, the ledger, else its review. The caller has scoped the
    ids."""
    columns = ("charge_id", "pk", "stage", "outcome", "round", "charge__billed_micros")
    found = latest_last(_own(principal).filter(charge_id__in=ids)).values_list(*columns)
    latest = {row[0]: row[1:] for row in found}
    live = live_credits([row[0] for row in latest.values()])
    undisputed = [pk for pk in ids if pk not in latest]
    reviews = review_of_charges(undisputed, principal)
    facts = {pk: Facts(review=reviews[pk].state if pk in reviews else None) for pk in undisputed}
    return facts | {pk: _facts(row, live) for pk, row in latest.items()}


def _facts(row: tuple[Any, ...], live: Mapping[int, Live]) -> Facts:
    pk, stage, outcome, number, billed = row
    said = live.get(pk, Live())
    return Facts(
        Stage(stage),
        Outcome(outcome) if outcome else None,
        said.credit,
        billed,
        reversed=said.reversed,
        fee=said.fee,
        round=number,
        non_billable=said.non_billable,
    )


def follows_reviews(settings: Mapping[str, Any]) -> bool:
    """Whether a program's word for a charge that nobody disputed follows its review."""
    return len({word_of(Facts(review=review), settings) for review in _REVIEWS}) > 1
