"""What each rule says when it speaks, and what would have made the difference."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.disputes.policy import RULE_TYPES, Rule, parse_rules
from makegood.disputes.policy.base import Moment

NOW = datetime(2026, 11, 20, 15, 2, 11, tzinfo=UTC)
MOMENT = Moment(NOW, {1: "America/New_York", 2: "Asia/Kolkata"})


def _rule(data: Mapping[str, Any]) -> Rule:
    severity = "warn" if RULE_TYPES[data["type"]].is_hint else "block"
    (rule,) = parse_rules([{"severity": severity, **data}])
    return rule


RECEIVED = NOW - timedelta(days=8, hours=5)
FACTS: dict[str, Any] = {
    "received_at": RECEIVED.isoformat(),
    "billed_at": RECEIVED.isoformat(),
    "issued_at": RECEIVED.isoformat(),
    "zone": "Asia/Kolkata",
    "open_label": "D-10003.2",
    "closed_at": "2026-11-05T10:00:00+00:00",
    "closed_label": "D-10001",
    "disposition": "no_answer",
    "billed_micros": 45_000_000,
    "held_micros": 0,
    "remaining_micros": 45_000_000,
    "currency": "USD",
    "reason": "NOT_QUALIFIED",
}
NO_MORE = "The open dispute can be followed, edited or withdrawn instead."
CLOSED_WAY = "A representative can file it again with a written cause."
SENTENCES: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    (
        {"type": "permission"},
        {},
        "Disputes are off for this account.",
        "An administrator can switch disputes on for the account.",
    ),
    (
        {"type": "billed"},
        {},
        "Only billed items can be disputed.",
        "Nothing was charged for it so far; once it is billed, it can be disputed.",
    ),
    ({"type": "no_open_dispute"}, {}, "Dispute D-10003.2 is already open.", NO_MORE),
    (
        {"type": "no_open_dispute", "scope": "lead_contact"},
        {"open_label": None, "contact_label": "D-7"},
        "Dispute D-7 is already open for the same contact.",
        NO_MORE,
    ),
    ({"type": "no_open_dispute"}, {"open_label": None}, "A dispute on this item is already open.", NO_MORE),
    ({"type": "never_disputed"}, {}, "Already decided on 5 Nov 2026 (D-10001); the decision is final.", CLOSED_WAY),
    (
        {"type": "never_disputed"},
        {"closed_at": None, "closed_label": None},
        "Already decided; the decision is final.",
        CLOSED_WAY,
    ),
    (
        {"type": "remaining_amount"},
        {},
        "This charge is already fully credited.",
        "A credit of this charge is reversed first.",
    ),
    ({"type": "remaining_amount"}, {"billed_micros": 0}, "Nothing was charged for it.", ""),
    (
        {"type": "disposition", "allow": ["completed_with_conversion", "busy"], "severity": "warn"},
        {},
        'Calls with status "no answer" are usually not disputed.',
        "Status is one of: completed with conversion, busy.",
    ),
    (
        {"type": "disposition", "deny": ["no_answer"]},
        {},
        'Calls with status "no answer" cannot be disputed.',
        "Status is none of: no answer.",
    ),
    (
        {"type": "disposition", "allow": ["ok"]},
        {"disposition": ""},
        'Calls with status "unknown" cannot be disputed.',
        "Status is one of: ok.",
    ),
    (
        {"type": "kind", "allow": ["call", "one_time"]},
        {"subkind": "recurring"},
        "Recurring charges are handled elsewhere.",
        "The charge is one of: call, one time.",
    ),
    (
        {"type": "answered"},
        {"answered": False},
        "The call was not answered; missed calls are billable.",
        "The call was answered.",
    ),
    (
        {"type": "answered", "min_connect_s": 20},
        {"answered": True, "connect_s": 7},
        "The call was connected for 7 s; it takes at least 20 s.",
        "Answered, and connected for at least 20 s.",
    ),
    ({"type": "answered"}, {}, "It is not known whether the call was answered.", "The call was answered."),
    (
        {"type": "recording_enabled"},
        {"recording_enabled": False},
        "Recording was off when this call arrived, so it cannot be reviewed.",
        "Recording was on when the call arrived.",
    ),
    (
        {"type": "recording_enabled", "must_exist": True},
        {"recording_enabled": True, "recording_exists": False},
        "There is no recording of this call, so it cannot be reviewed.",
        "Recording was on when the call arrived.",
    ),
    (
        {"type": "recording_enabled", "min_ms": 30_000},
        {"recording_enabled": True, "recording_ms": 4_200},
        "The recording is only 4 s long, so it cannot be reviewed.",
        "There is a recording of at least 30 s.",
    ),
    (
        {"type": "recording_enabled"},
        {},
        "It is not known whether recording was on when this call arrived.",
        "Recording was on when the call arrived.",
    ),
    (
        {"type": "duration", "min_s": 20},
        {"duration_s": 12},
        "The call lasted 12 s; the rule is at least 20 s.",
        "The call lasted at least 20 s.",
    ),
    (
        {"type": "duration", "min_s": 60, "max_s": 300, "mode": "ineligible_if"},
        {"duration_s": 200},
        "The call lasted 3 min 20 s; the rule is not from 60 s to 5 min.",
        "The call lasted not from 60 s to 5 min.",
    ),
    (
        {"type": "duration", "max_s": 5},
        {},
        "How long the call lasted is not known; the rule is at most 5 s.",
        "The call lasted at most 5 s.",
    ),
    (
        {"type": "invoice_status"},
        {"invoice_number": 1984950, "status": "written_off"},
        "Invoice 1984950 is written off.",
        "Its invoice is one of: issued, paid.",
    ),
    (
        {"type": "invoice_status", "max_age_periods": 1},
        {"invoice_number": 1984950, "status": "paid", "age_periods": 3},
        "Invoice 1984950 is 3 bill periods old; the limit is 1 bill period.",
        "Its invoice is one of: issued, paid.",
    ),
    ({"type": "invoice_status"}, {}, "It is on no invoice so far.", "Its invoice is one of: issued, paid."),
    (
        {"type": "account_standing", "overdue_days": 30},
        {"due_on": "2026-10-01"},
        "Invoices are overdue by 50 days.",
        "No invoice of the account is overdue for more than 30 days.",
    ),
    (
        {"type": "amount_cap", "pct_of_billed": 50},
        {"asked_micros": 45_000_000, "most_micros": 22_500_000, "running_micros": 45_000_000},
        "You asked $45.00; at most $22.50 can be disputed.",
        "Asked for $22.50 or less.",
    ),
    (
        {"type": "amount_cap"},
        {"asked_micros": 0, "most_micros": 45_000_000},
        "The amount has to be above zero.",
        "Asked for $45.00 or less.",
    ),
    (
        {"type": "amount_cap", "per_submission": 50_000_000},
        {"asked_micros": 45_000_000, "most_micros": 45_000_000, "running_micros": 90_000_000},
        "With it you ask for $90.00 at once; at most $50.00 can be disputed.",
        "Asked for $45.00 or less.",
    ),
    ({"type": "amount_cap"}, {}, "The amount is too high.", ""),
    (
        {"type": "amount_min", "micros": 5_000_000},
        {},
        "The smallest dispute is $5.00.",
        "Asked for at least $5.00.",
    ),
    (
        {"type": "amount_full"},
        {},
        "This program takes the whole item; the reviewer decides whether part of it is credited.",
        "Asked for $45.00.",
    ),
    ({"type": "reason_required"}, {}, "Please choose a reason.", "A reason is chosen."),
    (
        {"type": "reason_allowed"},
        {"reason_label": "Mobile home", "category": "Legal services"},
        '"Mobile home" is not offered for Legal services.',
        "A reason is chosen that is offered for it.",
    ),
    (
        {"type": "reason_allowed", "by": "subkind"},
        {"subkind": "one_time"},
        '"not qualified" is not offered for one time.',
        "A reason is chosen that is offered for it.",
    ),
    (
        {"type": "explanation", "min_chars": 3},
        {},
        "Please add a few words.",
        "The explanation has at least 3 characters.",
    ),
    (
        {"type": "evidence", "min_files": 1},
        {"reason_label": "Wrong price"},
        '"Wrong price" needs a supporting file.',
        "A supporting file is attached.",
    ),
    (
        {"type": "evidence", "min_files": 2, "mime": ["image/"], "max_bytes": 10_485_760},
        {"reason": None},
        "This reason needs 2 supporting files.",
        "2 supporting files of type image of at most 10,240 KB are attached.",
    ),
    (
        {"type": "cap_count", "limit": 25, "period": "day"},
        {"used": 25},
        "25 of 25 used; resets 20 Nov 2026 18:30 UTC.",
        "Submitted at 20 Nov 2026 18:30 UTC or later.",
    ),
    (
        {"type": "cap_count", "limit": 25, "period": "week"},
        {"used": 29},
        "25 of 25 used; resets 22 Nov 2026 18:30 UTC.",
        "Submitted at 22 Nov 2026 18:30 UTC or later.",
    ),
    (
        {"type": "cap_count", "limit": 0, "period": "month"},
        {},
        "0 of 0 used; resets 30 Nov 2026 18:30 UTC.",
        "Submitted at 30 Nov 2026 18:30 UTC or later.",
    ),
    (
        {"type": "cap_percent", "pct": 5, "window_days": 30},
        {"billed_n": 200, "disputed_n": 11},
        "With this one 5.5% of your calls in 30 days are disputed; the limit is 5%.",
        "Fewer of the 30 days before are disputed.",
    ),
    (
        {"type": "cap_percent", "of": "amount", "pct": 5, "window_days": 1},
        {"billed_n": 0, "disputed_n": 11},
        "Nothing was billed in 1 day, so nothing more can be disputed.",
        "Fewer of the 1 day before are disputed.",
    ),
    (
        {"type": "window", "amount": 168},
        {},
        "Received 8 days 5 hours ago; the limit is 7 days.",
        "Submitted before 19 Nov 2026 10:02 UTC.",
    ),
    (
        {"type": "window", "amount": 96, "inclusive": True},
        {},
        "Received 8 days 5 hours ago; the limit is 4 days.",
        "Submitted by 16 Nov 2026 10:02 UTC.",
    ),
    (
        {"type": "window", "anchor": "billed", "amount": 30},
        {},
        "Billed 8 days 5 hours ago; the limit is 30 hours.",
        "Submitted before 13 Nov 2026 16:02 UTC.",
    ),
    (
        {"type": "window", "amount": 3, "unit": "business_days"},
        {},
        "Received 8 days 5 hours ago; the limit is 3 business days.",
        "Submitted before 17 Nov 2026 18:30 UTC.",
    ),
    (
        {"type": "window", "amount": 3, "unit": "business_days", "calendar": "desk"},
        {"open_days": {"weekdays": [0, 1, 2, 3, 4], "holidays": ["2026-11-16"]}},
        "Received 8 days 5 hours ago; the limit is 3 business days.",
        "Submitted before 18 Nov 2026 18:30 UTC.",
    ),
    (
        {"type": "window", "amount": 1, "unit": "days", "anchor": "invoiced"},
        {},
        "Invoiced 8 days 5 hours ago; the limit is 1 day.",
        "Submitted before 13 Nov 2026 18:30 UTC.",
    ),
    (
        {"type": "window", "anchor": "due", "amount": 24},
        {"due_on": "2026-11-11"},
        "Due 8 days 20 hours ago; the limit is 1 day.",
        "Submitted before 12 Nov 2026 18:30 UTC.",
    ),
    (
        {"type": "window", "anchor": "period_end", "amount": 2, "unit": "days"},
        {"period_ends_on": "2026-10-31"},
        "Its bill period ended 19 days 20 hours ago; the limit is 2 days.",
        "Submitted before 2 Nov 2026 18:30 UTC.",
    ),
    (
        {"type": "window", "anchor": "billed", "amount": 48},
        {"billed_at": None},
        "When it was billed is not known, so its window of 2 days cannot be checked.",
        "",
    ),
    (
        {"type": "window", "anchor": "period_end", "amount": 48},
        {},
        "When its bill period ended is not known, so its window of 2 days cannot be checked.",
        "",
    ),
    (
        {"type": "window_opens", "hours": 240},
        {},
        "Can be disputed from 22 Nov 2026 10:02 UTC.",
        "Submitted at 22 Nov 2026 10:02 UTC or later.",
    ),
    (
        {"type": "billable_guideline", "findings": ["price_shopper"]},
        {"finding": "price_shopper"},
        "By this program's rules a price shopper is a valid, billable call.",
        "",
    ),
    (
        {"type": "duplicate_hint", "hours": 720},
        {"calls": 2, "first_call": "RGB-1"},
        "Same caller 2 times in the 30 days before; the first was RGB-1.",
        "",
    ),
    (
        {"type": "duplicate_hint", "hours": 5},
        {"calls": 1, "first_call": "RGB-1"},
        "Same caller once in the 5 hours before; the first was RGB-1.",
        "",
    ),
    (
        {"type": "duplicate_auto"},
        {"first_call": "RGB-1"},
        "Repeat call from the same number; the first was RGB-1.",
        "",
    ),
    ({"type": "short_call_auto"}, {}, "Under 20 s with no speech.", ""),
    ({"type": "short_call_auto", "speech_s_max": 2}, {}, "Under 20 s with at most 2 s of speech.", ""),
    (
        {"type": "small_amount_auto", "micros": 1_000_000},
        {"asked_micros": 900_000},
        "Below the write-off threshold of $1.00.",
        "",
    ),
]


@pytest.mark.parametrize(("data", "facts", "message", "way_out"), SENTENCES)
def test_each_rule_says_what_it_found_and_what_would_pass(
    data: Mapping[str, Any], facts: dict[str, Any], message: str, way_out: str
) -> None:
    rule = _rule(data)
    assert rule.message({**FACTS, **facts}, NOW) == message
    assert rule.would_pass_if({**FACTS, **facts}, NOW) == way_out


def test_every_rule_type_has_its_sentence_tried() -> None:
    assert {data["type"] for data, *_ in SENTENCES} == set(RULE_TYPES)


@pytest.mark.parametrize("name", sorted(RULE_TYPES))
def test_a_sentence_stays_whole_when_nothing_is_known(name: str) -> None:
    rule = _rule({"type": name})
    said = rule.message({}, NOW)
    assert said.endswith(".")
    assert "None" not in said + rule.would_pass_if({}, NOW)


def test_a_window_that_is_off_never_closes() -> None:
    rule = _rule({"type": "window", "anchor": "billed", "amount": None})
    assert rule.closes_at(FACTS) is None
    assert rule.sql(0, MOMENT).sql == "true"
