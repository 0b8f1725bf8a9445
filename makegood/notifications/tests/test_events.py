"""Which journal events lead to messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from makegood.notifications.events import Cancellation, Notice, effects_of
from makegood.notifications.states import Template

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    event: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    id: int = 1
    at: datetime = AT
    object_id: int = 7
    program_id: int | None = 1
    customer_id: int | None = 2
    vendor_id: int | None = 3


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
    assert told("dispute.submitted", origin=origin, charge_id=9) == [(template, 7, 1)]


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
    reviewed, revenue = effects_of([Row("dispute.committed", facts)])
    assert isinstance(reviewed, Notice)
    assert isinstance(revenue, Notice)
    assert (reviewed.party.template, reviewed.party.submitted_by) == (Template.REVIEWED, 4)
    assert (revenue.party.template, revenue.party.submitted_by) == (Template.VENDOR_REVENUE, None)
    assert (revenue.subject_id, revenue.delta, revenue.currency) == (9, -13_333_333, "EUR")


@pytest.mark.parametrize("facts", [{"clawback_micros": 0, "charge_id": 9}, {"charge_id": 9}, {"clawback_micros": 5}])
def test_a_commit_without_clawback_is_not_told_to_the_vendor(facts: dict[str, int]) -> None:
    assert told("dispute.committed", **facts) == [(Template.REVIEWED, 7, 1)]


def test_a_commit_of_a_charge_without_vendor_is_told_to_no_vendor() -> None:
    row = Row("dispute.committed", {"charge_id": 9, "clawback_micros": 5}, vendor_id=None)
    assert [effect.subject_id for effect in effects_of([row])] == [7]


@pytest.mark.parametrize("clawback", [30, -30])
def test_a_reversal_gives_the_vendor_back(clawback: int) -> None:
    assert told("dispute.reversed", charge_id=9, clawback_micros=clawback) == [(Template.VENDOR_REVENUE, 9, 30)]
