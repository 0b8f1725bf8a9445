"""What disputes forbids of numbers, lines, words and counters: each test breaks one law and reads its name."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.disputes.models import Comment, Dispute, Resolution, Submission, UsageCounter
from makegood.disputes.states import CommentKind, Origin, Visibility
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM
from makegood.parties.operations import create_program
from tests.refusals import refused_by
from tests.world import DisputeMaker, World


def change(dispute: Dispute, **columns: Any) -> None:
    Dispute.objects.filter(pk=dispute.pk).update(**columns)


def submission_of(world: World, **columns: Any) -> Submission:
    wanted = {
        "number": 900_001,
        "public_id": "sub_1",
        "program": world.program,
        "customer": world.customer,
        "currency": "USD",
        "total_micros": 1,
        "origin": Origin.BUYER,
    }
    return Submission.objects.create(**{**wanted, **columns})


def test_two_disputes_with_one_label(make_dispute: DisputeMaker) -> None:
    first, second = make_dispute(), make_dispute()
    with refused_by("dispute_label_once"):
        change(second, number=first.number)


def test_a_line_belongs_to_a_submission(make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    with refused_by("dispute_line_of_submission"):
        change(dispute, line=1)


def test_a_dispute_of_a_submission_is_a_line(make_dispute: DisputeMaker, world: World) -> None:
    dispute = make_dispute()
    submission = submission_of(world, number=dispute.number)
    with refused_by("dispute_line_of_submission"):
        change(dispute, submission=submission)


@pytest.mark.parametrize("other", ["number", "customer", "currency", "program"])
def test_a_line_shares_number_customer_currency_and_program_with_its_submission(
    make_dispute: DisputeMaker, world: World, other: str
) -> None:
    dispute = make_dispute()
    columns: dict[str, Any] = {"number": dispute.number}
    others: dict[str, dict[str, Any]] = {
        "number": {"number": dispute.number + 1},
        "customer": {"customer": world.other_customer},
        "currency": {"currency": "EUR"},
        "program": {
            "program": create_program(SYSTEM, key="elsewhere", name="Elsewhere", preset="call_marketplace", settings={})
        },
    }
    submission = submission_of(world, **{**columns, **others[other]})
    with refused_by("dispute_submission_fk"):
        change(dispute, submission=submission, line=1)


def test_a_submission_asks_for_something(world: World) -> None:
    with refused_by("submission_asks_for_money"):
        submission_of(world, total_micros=0)


def test_two_resolutions_with_one_code(world: World) -> None:
    Resolution.objects.create(program=world.program, code="GOODWILL", label="Goodwill")
    with refused_by("resolution_once"):
        Resolution.objects.create(program=world.program, code="GOODWILL", label="Again")


def test_a_resolution_that_does_not_exist(make_dispute: DisputeMaker) -> None:
    dispute = make_dispute()
    with refused_by("dispute_resolution_fk"):
        change(dispute, resolution_id=999_999)


def test_a_comment_says_something(make_dispute: DisputeMaker) -> None:
    with refused_by("comment_says_something"):
        Comment.objects.create(dispute=make_dispute(), kind=CommentKind.NOTE, visibility=Visibility.INTERNAL, body="")


@pytest.mark.parametrize("kind", [CommentKind.QUESTION, CommentKind.ANSWER])
def test_a_question_is_for_both_sides(make_dispute: DisputeMaker, kind: CommentKind) -> None:
    with refused_by("comment_question_is_for_parties"):
        Comment.objects.create(dispute=make_dispute(), kind=kind, visibility=Visibility.INTERNAL, body="Which number?")


@pytest.mark.parametrize("of", ["a customer", "the program"])
def test_one_counter_per_limit_and_period(world: World, of: str) -> None:
    customer = world.customer if of == "a customer" else None
    columns = {"program": world.program, "customer": customer, "key": "cap:day", "period_start": clock.now()}
    UsageCounter.objects.create(**columns)
    with refused_by("usage_counter_once"):
        UsageCounter.objects.create(**columns)
