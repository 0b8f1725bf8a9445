"""The review status of charges as programs word it: what a list can be narrowed to, and which charges it names.

Nothing here knows a vocabulary: its function is asked what it says of every state, and a status is the states of which
it says the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from makegood.billing.selectors import Keep
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.rows import Live, live_credits
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import VOCABULARIES, Facts, Outcome, Stage, Word, word_of
from makegood.parties.entries import Principal

COMMON = "dialics"
"""The vocabulary of a list whose programs have several."""
_STAGES = (Stage.IN_REVIEW, Stage.PENDING, Stage.INFO_NEEDED, Stage.DECIDED, Stage.RESOLVED, Stage.CLOSED)
_BILLED, _BOTH = 2, (False, True)
_SETTLED = frozenset({Stage.DECIDED, Stage.RESOLVED, Stage.CLOSED})

State = tuple[Stage | None, Outcome | None]


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
    """Every state a charge can be in as far as words go: undisputed, then under way, decided, withdrawn."""
    found: list[tuple[State, Facts]] = [((None, None), Facts())]
    for stage in _STAGES:
        outcomes: tuple[Outcome | None, ...] = (*Outcome, None) if stage in _SETTLED else (None,)
        for outcome, live, turned, fee, number in product(outcomes, (_BILLED, 1, 0), _BOTH, _BOTH, (1, 2)):
            facts = Facts(stage, outcome, live, _BILLED, reversed=turned, fee=fee, round=number)
            found.append(((stage, outcome), facts))
    return [*found, ((Stage.WITHDRAWN, None), Facts(Stage.WITHDRAWN))]


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


def with_status(principal: Principal, status: StatusOption) -> tuple[Q, Keep | None]:
    """The charges of a status: a condition on charges, and what remains to be asked of those that meet it.

    Words that follow the ledger (how much of a credit stands) are asked of the charges found.
    """
    states = {state: said for state, said in _states(status.vocabulary).items() if said & status.keys}
    of_charge = _own(principal).filter(charge_id=OuterRef("pk"))
    standing = of_charge.exclude(stage=Stage.WITHDRAWN)
    named, told = Q(pk__in=[]), Q(pk__in=[])
    for stage, outcome in states:
        if stage is None:
            named |= ~Q(Exists(of_charge))
        elif stage is Stage.WITHDRAWN:
            named |= Q(Exists(of_charge.filter(stage=stage))) & ~Q(Exists(standing))
        else:
            told |= Q(stage=stage, outcome=outcome) if stage in _SETTLED else Q(stage=stage)
    newer = (
        _own(principal).exclude(stage=Stage.WITHDRAWN).filter(charge_id=OuterRef("charge_id"), pk__gt=OuterRef("pk"))
    )
    named |= Q(Exists(standing.filter(told, ~Exists(newer))))
    exact = all(said <= status.keys for said in states.values())
    return named, None if exact else _worded(principal, status.keys, VOCABULARIES[status.vocabulary])


def _worded(principal: Principal, keys: frozenset[str], words: Callable[[Facts], Word]) -> Keep:
    """Those of some charges whose word has one of these keys."""
    columns = ("charge_id", "pk", "stage", "outcome", "round", "charge__billed_micros")

    def keep(ids: Sequence[int]) -> set[int]:
        found = latest_last(_own(principal).filter(charge_id__in=ids)).values_list(*columns)
        latest = {row[0]: row[1:] for row in found}
        live = live_credits([row[0] for row in latest.values()])
        undisputed = set(ids) - latest.keys() if words(Facts()).key in keys else set()
        return undisputed | {pk for pk, row in latest.items() if words(_facts(row, live)).key in keys}

    return keep


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
