"""Which journal events lead to messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from makegood.notifications.events import Cancellation, Notice, Party, effects_of
from makegood.notifications.states import SIGNATURES, Side, Template

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    event: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    id: int = 1
    at: datetime = AT
    object_id: int = 7
    principal: int | None = None
    program_id: int | None = 1
    customer_id: int | None = 2
    vendor_id: int | None = 3


OWN = [(Template.REVIEWED, 7, 1), (Template.LETTER, 7, 1)]


def told(event: str, **changes: Any) -> list[tuple[Template, int, int]]:
    notices = [effect for effect in effects_of([Row(event, changes)]) if isinstance(effect, Notice)]
    return [(notice.party.template, notice.subject_id, notice.delta) for notice in notices]


@pytest.mark.parametrize(
    ("origin", "template"),
    [
        ("buyer", Template.NEW),
        ("csr", Template.NEW_BY_OTHERS),
        ("api", Template.NEW_BY_OTHERS),
        ("import", Template.NEW_BY_OTHERS),
    ],
)
def test_a_submission_is_told_by_its_origin(origin: str, template: Template) -> None:
    assert told("dispute.submitted", origin=origin, charge_id=9) == [(template, 7, 1), (Template.FLAGGED, 7, 1)]


@pytest.mark.parametrize("origin", ["qa_proactive", None])
def test_a_submission_of_nobody_outside_is_not_told(origin: str | None) -> None:
    assert told("dispute.submitted", origin=origin) == []


@pytest.mark.parametrize(
    "event",
    [
        "dispute.draft_saved",
        "dispute.edited",
        "dispute.claimed",
        "dispute.released",
        "dispute.decided",
        "dispute.undone",
    ],
)
def test_what_may_still_be_undone_is_not_told(event: str) -> None:
    assert effects_of([Row(event, {"origin": "buyer", "clawback_micros": 5, "charge_id": 9})]) == []


def test_a_withdrawal_takes_back() -> None:
    assert effects_of([Row("dispute.withdrawn")]) == [Cancellation(1, AT, 7)]


def test_a_commit_is_told_to_the_submitter_and_the_vendor() -> None:
    facts = {"charge_id": 9, "clawback_micros": 13_333_333, "payout_currency": "EUR", "submitted_by": 4}
    reviewed, letter, revenue, _ = effects_of([Row("dispute.committed", facts)])
    assert isinstance(reviewed, Notice)
    assert isinstance(letter, Notice)
    assert isinstance(revenue, Notice)
    assert (letter.party.template, letter.party.submitted_by) == (Template.LETTER, 4)
    assert (reviewed.party.template, reviewed.party.submitted_by) == (Template.REVIEWED, 4)
    assert (revenue.party.template, revenue.party.submitted_by) == (Template.VENDOR_REVENUE, None)
    assert (revenue.subject_id, revenue.delta, revenue.currency) == (9, -13_333_333, "EUR")


@pytest.mark.parametrize("facts", [{"clawback_micros": 0, "charge_id": 9}, {"charge_id": 9}, {"clawback_micros": 5}])
def test_a_commit_without_clawback_is_not_told_to_the_vendor(facts: dict[str, int]) -> None:
    assert told("dispute.committed", **facts) == [*OWN, (Template.FOLLOWED, 7, 1)]


def test_a_commit_of_a_charge_without_vendor_is_told_to_no_vendor() -> None:
    row = Row("dispute.committed", {"charge_id": 9, "clawback_micros": 5}, vendor_id=None)
    assert [effect.subject_id for effect in effects_of([row])] == [7, 7, 7]


@pytest.mark.parametrize("clawback", [30, -30])
def test_a_reversal_gives_the_vendor_back(clawback: int) -> None:
    assert told("dispute.reversed", charge_id=9, clawback_micros=clawback) == [(Template.VENDOR_REVENUE, 9, 30)]


def test_an_adjustment_counts_as_a_review() -> None:
    facts = {"charge_id": 9, "clawback_micros": 5, "payout_currency": "USD", "submitted_by": 4, "outcome": "accepted"}
    assert told("dispute.adjusted", **facts) == told("dispute.committed", **facts)


def test_a_reversal_is_told_to_the_submitter_with_what_is_charged_again() -> None:
    facts = {"label": "D-10003", "charge_id": 9, "credit_micros": 45_000_000, "tax_micros": 0, "currency": "USD"}
    [notice] = effects_of([Row("dispute.reversed", {**facts, "clawback_micros": 0, "submitted_by": 4})])
    assert isinstance(notice, Notice)
    assert (notice.party.side, notice.party.submitted_by) == (Side.BUYER, 4)
    assert notice.facts == {"label": "D-10003", "micros": 45_000_000, "tax_micros": 0, "currency": "USD"}


def test_a_fee_is_told_with_its_reason() -> None:
    facts = {"label": "D-10003.2", "fee_micros": 5_000_000, "currency": "USD", "note": " Third attempt. "}
    [notice] = effects_of([Row("dispute.fee_applied", facts)])
    assert isinstance(notice, Notice)
    assert (notice.facts["label"], notice.facts["note"], notice.facts["is_fee"]) == (
        "D-10003.2",
        "Third attempt.",
        True,
    )


@pytest.mark.parametrize("event", ["dispute.reopened", "dispute.re_review_requested"])
def test_a_reopened_dispute_is_told_to_managers_and_the_submitter(event: str) -> None:
    assert told(event, label="D-1") == [(Template.REOPENED, 7, 1), (Template.REOPENED_OWN, 7, 1)]


def test_an_answer_takes_the_question_back_and_is_told_to_the_reviewer() -> None:
    answered, notice = effects_of([Row("dispute.info_provided", {"label": "D-1", "reviewer": 8})])
    assert answered == Cancellation(1, AT, 7, frozenset({Template.INFO}))
    assert isinstance(notice, Notice)
    assert (notice.party.template, notice.party.person) == (Template.ANSWERED, 8)


def test_an_answer_to_nobody_only_takes_the_question_back() -> None:
    assert effects_of([Row("dispute.info_provided", {"reviewer": None})]) == [
        Cancellation(1, AT, 7, frozenset({Template.INFO}))
    ]


@pytest.mark.parametrize(
    ("event", "assignee", "sides"),
    [
        ("dispute.sla_warned", 8, [Side.REVIEWER]),
        ("dispute.sla_warned", None, [Side.LEAD]),
        ("dispute.sla_breached", 8, [Side.REVIEWER, Side.LEAD]),
        ("dispute.sla_breached", None, [Side.LEAD]),
    ],
)
def test_what_is_late_is_told_to_the_assignee_then_to_those_who_lead(
    event: str, assignee: int | None, sides: list[Side]
) -> None:
    effects = effects_of([Row(event, {"clock": "decision", "assignee": assignee})])
    assert [effect.party.side for effect in effects if isinstance(effect, Notice)] == sides


@pytest.mark.parametrize(("told_before", "count"), [(False, 1), (True, 0), (None, 0)])
def test_closing_is_told_unless_a_decision_was(told_before: bool | None, count: int) -> None:  # noqa: FBT001
    assert len(told("dispute.closed", told=told_before, outcome=None)) == count


@pytest.mark.parametrize(("broken", "count"), [([], 0), (["a law"], 1), (["a law", "another"], 1), (None, 0)])
def test_only_a_failed_proof_is_told(broken: list[str] | None, count: int) -> None:
    assert len(told("system.verified", broken=broken, laws=30, sentence="x")) == count


def parties_of(event: str, principal: int | None = None, **changes: Any) -> list[Party]:
    effects = effects_of([Row(event, changes, principal=principal)])
    return [effect.party for effect in effects if isinstance(effect, Notice)]


def test_what_waits_for_a_signature_is_told_to_whoever_may_sign_until_it_is_answered() -> None:
    (party,) = parties_of("dispute.recommended", author=3, micros=45, currency="USD")
    assert (party.template, party.side, party.but, party.sum) == (Template.TO_SIGN, Side.SIGNER, 3, ("USD", 45))
    for event in ("dispute.approved", "dispute.recommendation_withdrawn"):
        assert effects_of([Row(event)]) == [Cancellation(1, AT, 7, SIGNATURES)]
    taken_back, told_back = effects_of([Row("dispute.declined", {"author": 3, "cause": " Again. "})])
    assert isinstance(told_back, Notice)
    assert taken_back == Cancellation(1, AT, 7, SIGNATURES)
    assert (told_back.party.template, told_back.party.person, told_back.facts["cause"]) == (
        Template.NOT_SIGNED,
        3,
        "Again.",
    )


def test_given_away_put_before_the_leads_and_followed() -> None:
    assert [party.person for party in parties_of("dispute.assigned", principal=1, assignee=4)] == [4]
    assert parties_of("dispute.assigned", principal=4, assignee=4) == parties_of("dispute.assigned") == []
    (lead,) = parties_of("dispute.escalated", principal=1, cause="A lawyer wrote.")
    assert (lead.side, lead.but) == (Side.LEAD, 1)
    (comment,), (note,) = parties_of("dispute.commented", principal=1), parties_of("dispute.noted", principal=1)
    assert [(one.side, one.but, one.inside) for one in (comment, note)] == [
        (Side.FOLLOWER, 1, False),
        (Side.FOLLOWER, 1, True),
    ]
