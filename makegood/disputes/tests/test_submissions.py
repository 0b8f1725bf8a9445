"""A submission read: its lines in scope, how each stands, and what nobody out of scope learns of it."""

from __future__ import annotations

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, SubmitItem, Together
from makegood.disputes.models import Dispute, Submission
from makegood.disputes.selectors.detail import dispute_detail
from makegood.disputes.selectors.laws import LAWS
from makegood.disputes.selectors.submissions import submission_detail, submissions_visible_to
from makegood.disputes.states import DecisionKind, Door, Outcome
from makegood.kernel.money import Money
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from tests.world import ChargeMaker, DisputeMaker


@pytest.fixture
def lines(make_charge: ChargeMaker, buyer: Principal) -> list[Dispute]:
    """Four lines of one submission."""
    items = [SubmitItem(make_charge().pk, "SPAM", "Automated voice") for _ in range(4)]
    operations.submit(buyer, items=items, together=Together("October bill"))
    return list(Dispute.objects.order_by("line"))


def test_outcome_per_line_and_counts(lines: list[Dispute], buyer: Principal, manager: Principal) -> None:
    first, second, third, _ = lines
    decisions = [
        DecisionItem(first.pk, DecisionKind.ACCEPT),
        DecisionItem(second.pk, DecisionKind.REJECT, note="An ordinary call."),
    ]
    operations.decide(manager, items=decisions, door=Door.API)
    operations.withdraw(buyer, items=[Ref(third.pk)])
    found = submission_detail(buyer, str(first.number))
    assert [line.outcome for line in found.lines] == [Outcome.ACCEPTED, Outcome.REJECTED, None, None]
    assert found.counts == {"accepted": 1, "rejected": 1, "withdrawn": 1, "waiting": 1}
    assert (found.total, found.credited) == (Money(180_000_000, "USD"), Money(45_000_000, "USD"))
    assert (found.number, found.note, found.customer) == (f"D-{first.number}", "October bill", "Acme Plumbing")


def test_decision_that_can_be_undone_is_nobodys_news(
    lines: list[Dispute], buyer: Principal, manager: Principal
) -> None:
    operations.decide(manager, items=[DecisionItem(lines[0].pk, DecisionKind.ACCEPT)], door=Door.DESK)
    for principal in (buyer, manager):
        assert submission_detail(principal, str(lines[0].number)).counts == {"waiting": 4}


def test_number_of_a_dispute_by_itself_is_no_submission(make_dispute: DisputeMaker, buyer: Principal) -> None:
    dispute = make_dispute()
    for number in (str(dispute.number), "0", "x", "1.2", "²"):
        with pytest.raises(NotFound):
            submission_detail(buyer, number)


@pytest.mark.parametrize("who", ["other_buyer", "vendor", "stranger"])
def test_submission_out_of_scope_does_not_exist(lines: list[Dispute], who: str, request: pytest.FixtureRequest) -> None:
    principal: Principal = request.getfixturevalue(who)
    assert not submissions_visible_to(principal).exists()
    with pytest.raises(NotFound) as raised:
        submission_detail(principal, str(lines[0].number))
    assert raised.value.message == "Not found, or not yours."


def test_line_names_its_siblings(lines: list[Dispute], make_dispute: DisputeMaker, buyer: Principal) -> None:
    detail = dispute_detail(buyer, f"{lines[0].number}.2")
    assert [s.number for s in detail.siblings] == [f"D-{lines[0].number}.{n}" for n in (1, 3, 4)]
    assert dispute_detail(buyer, str(make_dispute().number)).siblings == ()


def test_law_finds_a_total_that_is_off(lines: list[Dispute]) -> None:
    assert list(broken(LAWS)) == []
    Submission.objects.update(total_micros=1)
    (found,) = broken(LAWS)
    assert "a submission totals what its lines asked" in str(found)
