"""How a batch meets a law of the database: alone, by name, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.db import IntegrityError, transaction

from makegood.disputes import errors
from makegood.disputes.operations import batch
from makegood.kernel.answers import Answer
from makegood.parties.models import Zone
from tests.refusals import refused, run

CONFLICT = "Somebody else changed this at the same moment. Look at it again, then repeat the step."


def violation() -> IntegrityError:
    """A real violation of a constraint without a rule of its own."""
    Zone.objects.get_or_create(name="UTC")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        run("INSERT INTO parties_zone (name) VALUES ('UTC')")
    return caught.value


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        ("no_over_credit", "Only less than asked of this charge is left."),
        ("one_open_dispute_per_charge", "A dispute on this item is already open."),
        ("one_decision_per_round", "This dispute was already decided."),
        ("one_credit_per_round", "This dispute was already decided."),
        ("adjustment_once", "This dispute was already decided."),
        ("dispute_closed", "This dispute is closed and cannot be changed."),
        (
            "one_recommendation_waits",
            "This dispute waits for a second signature; go on when somebody answered, or its author took it back.",
        ),
        ("any_other", CONFLICT),
    ],
)
def test_law_reads_like_a_rule(monkeypatch: pytest.MonkeyPatch, constraint: str, message: str) -> None:
    assert set(errors.CONSTRAINTS) <= {
        "no_over_credit",
        "one_open_dispute_per_charge",
        "one_decision_per_round",
        "one_credit_per_round",
        "adjustment_once",
        "dispute_closed",
        "one_recommendation_waits",
    }
    monkeypatch.setattr(batch, "constraint_of", lambda error: constraint)
    refusal = batch.refusal_for(violation())
    assert (refusal.code, refusal.message) == (errors.CONSTRAINTS.get(constraint, errors.Conflict).code, message)


def torn_by(bad: str) -> Callable[[Sequence[str]], list[Answer]]:
    """A statement that adds the items as zones, and breaks on one that is there already."""

    def statement(items: Sequence[str]) -> list[Answer]:
        for name in items:
            run("INSERT INTO parties_zone (name) VALUES (%(name)s)", name=name)
        return [Answer(ordinal, ok=True) for ordinal in range(len(items))]

    Zone.objects.create(name=bad)
    return statement


@pytest.mark.django_db
def test_one_bad_item_stands_alone() -> None:
    answers = batch.run_batch(["a", "b", "c", "d"], torn_by("c"))
    assert [(answer.ordinal, answer.ok) for answer in answers] == [(0, True), (1, True), (2, False), (3, True)]
    refused(answers[2], "CONFLICT", CONFLICT)
    assert sorted(Zone.objects.values_list("name", flat=True)) == ["a", "b", "c", "d"]


@pytest.mark.django_db
@pytest.mark.parametrize("items", [["a"], ["a", "b"]])
def test_item_that_lost_the_race_to_open_a_row_is_judged_again(
    monkeypatch: pytest.MonkeyPatch, items: list[str]
) -> None:
    monkeypatch.setattr(errors, "TRIED_AGAIN", frozenset({"parties_zone_name_key"}))
    lost = ["a"]

    def statement(part: Sequence[str]) -> list[Answer]:
        if lost and part == ["a"]:
            lost.pop()
            raise violation()
        return [Answer(ordinal, ok=True, data={"item": item}) for ordinal, item in enumerate(part)]

    answers = batch.run_batch(items, statement)
    assert [(answer.ordinal, answer.ok, answer.data["item"]) for answer in answers] == [
        (ordinal, True, item) for ordinal, item in enumerate(items)
    ]
