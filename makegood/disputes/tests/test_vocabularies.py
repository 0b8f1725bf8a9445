"""The words of five systems, derived from four facts: the table of the design, row by row, and no tuple speechless."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from makegood.disputes.states import GRANTED, VOCABULARIES, Facts, Outcome, ReviewState, Stage, Word, word_of

BILLED = 45_000_000
PART = 20_000_000
S, T, R = Stage, Outcome, ReviewState


def _facts(stage: Stage | None = None, outcome: Outcome | None = None, live: int = 0, **more: object) -> Facts:
    return replace(Facts(stage, outcome, live, BILLED), **more)  # type: ignore[arg-type]


ACCEPTED = _facts(S.CLOSED, T.ACCEPTED, BILLED)
PARTIAL = _facts(S.CLOSED, T.ACCEPTED_PARTIAL, PART)
REVERSED = _facts(S.RESOLVED, T.ACCEPTED, reversed=True)
REVERSED_PART = _facts(S.RESOLVED, T.ACCEPTED_PARTIAL, reversed=True)

# Facts; then what Dialics, IDI, Service Direct, billability and eLocal say; badges of Dialics in brackets.
ROWS: list[tuple[str, Facts, str]] = [
    ("no dispute, no review", _facts(), "Not disputed | no record | Not Reviewed | Billable | Billed"),
    ("draft", _facts(S.DRAFT), "Draft | no record | Not Reviewed | Billable | Billed"),
    ("proactive review queued", _facts(review=R.QUEUED), "Not disputed | no record | Not Reviewed | Billable | Billed"),
    (
        "proactive review claimed",
        _facts(review=R.CLAIMED),
        "Not disputed | no record | In Review | Undetermined | Billed",
    ),
    (
        "proactive review done, found billable",
        _facts(review=R.DONE),
        "Not disputed | no record | Review Completed | Billable | Billed",
    ),
    ("pending", _facts(S.PENDING), "Pending | open | Submitted for Review | Billable | Credit requested"),
    (
        "pending, resolution as filed",
        _facts(S.PENDING, resolution="Rate query"),
        "Pending | Rate query | Submitted for Review | Billable | Credit requested",
    ),
    ("info needed", _facts(S.INFO_NEEDED), "Pending | open | Submitted for Review | Billable | Credit requested"),
    ("in review", _facts(S.IN_REVIEW), "Pending | open | In Review | Billable | In review"),
    ("decided, undo window", _facts(S.DECIDED, T.ACCEPTED), "Pending | open | In Review | Billable | In review"),
    ("rejected, undo window", _facts(S.DECIDED, T.REJECTED), "Pending | open | In Review | Billable | In review"),
    ("accepted, credit live", ACCEPTED, "Accepted | adjustmentID set | Review Completed | Non-billable | Approved"),
    (
        "accepted, credit live, resolved",
        replace(ACCEPTED, stage=S.RESOLVED),
        "Accepted | adjustmentID set | Review Completed | Non-billable | Approved",
    ),
    (
        "accepted in part, credit live",
        PARTIAL,
        "Accepted Partial | adjustmentAmount above -amount | Review Completed | Reduced | Approved in part",
    ),
    (
        "accepted what was asked, less than the call",
        _facts(S.CLOSED, T.ACCEPTED, PART),
        "Accepted Partial | adjustmentID set | Review Completed | Reduced | Approved",
    ),
    ("rejected", _facts(S.CLOSED, T.REJECTED), "Rejected | Denied | Review Completed | Billable | Declined"),
    (
        "reversed, accepted before",
        REVERSED,
        "Accepted [reversed] | reversalAdjustmentID set | Review Completed | Billable | Re-reviewed",
    ),
    (
        "reversed, accepted in part before",
        REVERSED_PART,
        "Accepted Partial [reversed] | reversalAdjustmentID set | Review Completed | Billable | Re-reviewed",
    ),
    (
        "reversed, resolution as decided",
        replace(REVERSED, resolution="Credited"),
        "Accepted [reversed] | Credited | Review Completed | Billable | Re-reviewed",
    ),
    (
        "fee applied",
        replace(REVERSED, fee=True),
        "Accepted [reversed, fee] | reversalFeeAdjustmentID set | Review Completed | Billable | Re-reviewed",
    ),
    (
        "credited again after reversal and fee",
        _facts(S.CLOSED, T.ACCEPTED, BILLED, reversed=True, fee=True, round=2),
        "Accepted [fee] | adjustmentID set | Review Completed | Non-billable | Approved",
    ),
    (
        "closed without outcome, whole credit kept",
        _facts(S.CLOSED, None, BILLED, round=2),
        "Accepted | closeDate set | Review Completed | Non-billable | Approved",
    ),
    (
        "closed without outcome, part kept",
        _facts(S.CLOSED, None, PART, round=2),
        "Accepted Partial | closeDate set | Review Completed | Reduced | Approved",
    ),
    (
        "closed without outcome or credit",
        _facts(S.CLOSED),
        "Closed | closeDate set | Review Completed | Billable | Declined",
    ),
    (
        "closed without outcome, labeled",
        _facts(S.CLOSED, resolution="Goodwill"),
        "Goodwill | Goodwill | Review Completed | Billable | Goodwill",
    ),
    (
        "reopened",
        _facts(S.PENDING, None, PART, round=2),
        "Pending [round 2] | open | Submitted for Review | Reduced | Re-review",
    ),
    (
        "reopened, in review",
        _facts(S.IN_REVIEW, round=2),
        "Pending [round 2] | open | In Review | Billable | Re-review",
    ),
    (
        "reopened, decided, undo window",
        _facts(S.DECIDED, T.ACCEPTED, round=2),
        "Pending [round 2] | open | In Review | Billable | Re-review",
    ),
    (
        "reopened, reversed",
        _facts(S.PENDING, reversed=True, round=2),
        "Pending [reversed, round 2] | open | Submitted for Review | Billable | Re-review",
    ),
    ("withdrawn", _facts(S.WITHDRAWN), "Withdrawn | Withdrawn | Not Reviewed | Billable | Withdrawn"),
]


NAMES = ("dialics", "idi", "service_direct", "billability", "elocal")


@pytest.mark.parametrize(("facts", "line"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_each_row_of_the_table_reads_as_designed(facts: Facts, line: str) -> None:
    words = [VOCABULARIES[name](facts) for name in NAMES]
    told = [word.label + (f" [{', '.join(word.badges)}]" if word.badges else "") for word in words]
    assert " | ".join(told) == line


def _all_tuples() -> list[Facts]:
    stages, outcomes = (None, *Stage), (None, *Outcome)
    money, flags, rounds = (0, 1, PART, BILLED), (False, True), (1, 2, 3)
    labels, reviews = ("", "Goodwill"), (None, *ReviewState)
    every = product(stages, outcomes, money, [BILLED], flags, flags, rounds, labels, reviews)
    return [Facts(*values) for values in every]


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_tuple_has_a_word_with_key_and_label(name: str) -> None:
    word = VOCABULARIES[name]
    tuples = _all_tuples()
    assert len(tuples) > 10_000
    keys = set()
    for facts in tuples:
        found = word(facts)
        assert found.key == found.key.lower().replace(" ", "_") != ""
        assert found.label.strip() == found.label != ""
        assert all(found.badges) or not found.badges
        keys.add(found.key)
    assert 4 <= len(keys) <= 9


def test_one_key_never_stands_for_two_of_its_own_labels() -> None:
    for name, word in VOCABULARIES.items():
        labels: dict[str, set[str]] = {}
        for facts in _all_tuples():
            if not facts.resolution:
                labels.setdefault(word(facts).key, set()).add(word(facts).label)
        shared = {key: found for key, found in labels.items() if len(found) > 1}
        assert shared == ({"closed": {"Withdrawn", "closeDate set"}} if name == "idi" else {})


@pytest.mark.parametrize("outcome", [None, *Outcome])
@pytest.mark.parametrize("name", NAMES)
def test_nobody_reads_a_decision_out_of_the_undo_window(name: str, outcome: Outcome | None) -> None:
    before, during = _facts(S.IN_REVIEW, round=2), _facts(S.DECIDED, outcome, round=2)
    assert VOCABULARIES[name](during) == VOCABULARIES[name](before)


def test_granted_outcomes_and_only_these_read_as_granted() -> None:
    granted = {"accepted", "accepted_partial"}
    for outcome in Outcome:
        facts = _facts(S.CLOSED, outcome, PART if outcome in GRANTED else 0)
        assert (VOCABULARIES["dialics"](facts).key in granted) == (outcome in GRANTED)


def test_a_program_speaks_its_own_vocabulary() -> None:
    assert word_of(_facts(S.PENDING), {}) == Word("pending", "Pending")
    assert word_of(_facts(S.PENDING), {"vocabulary": "service_direct"}) == Word("submitted", "Submitted for Review")


def test_a_program_relabels_words_and_keeps_keys_and_badges() -> None:
    settings = {"vocabulary": "dialics", "status_words": {"pending": "Waiting", "accepted": "Granted"}}
    assert word_of(_facts(S.PENDING, round=2), settings) == Word("pending", "Waiting", ("round 2",))
    assert word_of(ACCEPTED, settings) == Word("accepted", "Granted")
    assert word_of(PARTIAL, settings) == Word("accepted_partial", "Accepted Partial")
    assert word_of(REVERSED, settings) == Word("accepted", "Granted", ("reversed",))


def test_words_of_a_program_that_are_no_table_are_left_out() -> None:
    assert word_of(_facts(S.PENDING), {"status_words": None}) == Word("pending", "Pending")
