"""What the exports of each platform become: facts, when a call counts as billed, and what is odd about each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from makegood.billing.models import Charge
from makegood.imports.entries import ImportAnswer
from makegood.imports.tests import platform_logs as made
from makegood.imports.tests.logs import Importer, only_charge, rejected, write_csv, write_json

AT = datetime(2026, 3, 2, 13, 9, 14, tzinfo=UTC)
NEW_YORK = {"timezone": "America/New_York"}
TO_B1 = {"customer": "B1"}

Facts = Mapping[str, Any]
BASE: Facts = {
    "subkind": "call",
    "occurred_at": AT,
    "billed_at": AT,
    "currency": "USD",
    "billed_micros": 120_250_000,
    "payout_micros": 70_000_000,
    "answered": True,
    "connect_s": 43,
    "duration_s": 59,
    "caller_e164": "+19045550181",
    "tracking_e164": "+18445550152",
    "platform_tags": [],
}
REPEATED = ["repeat_for_buyer", "repeat_for_vendor"]

FULL: list[tuple[str, str, made.Maker, Any, dict[str, str], Facts]] = [
    (
        "Ringba", "ringba", made.ringba, made.ringba_json, {},
        {"billed_at": AT + timedelta(seconds=59), "hangup_by": "callee", "ring_s": 16,
         "destination_e164": "+18005550100", "recording_enabled": True,
         "platform_tags": [*REPEATED, "InboundNumber:State=FL"]},
    ),
    (
        "Ringba report", "ringba", made.ringba_report, None, NEW_YORK,
        {"billed_micros": 1_120_250_000, "hangup_by": "caller", "ring_s": 16, "recording_enabled": False,
         "platform_tags": [*REPEATED, "State=FL"]},
    ),
    (
        "CallRail", "callrail", made.callrail, made.listed, {},
        {"billed_micros": 80_000_000, "payout_micros": 0, "connect_s": None, "direction": "inbound",
         "recording_enabled": True, "platform_tags": ["repeat_for_buyer", "Sales", "Roof"]},
    ),
    (
        "Invoca", "invoca", made.invoca, lambda call: [call], {},
        {"hangup_by": "callee", "vendor_ref": "AAAA-9001", "converted": True, "recording_enabled": False},
    ),
    (
        "Dialics", "dialics", made.dialics, None, {"timezone": "UTC"},
        {"duration_s": None, "tracking_e164": None, "hangup_by": "callee",
         "disposition": "completed_with_conversion"},
    ),
    (
        "Lead-seller feed", "lead_feed", made.lead_feed, made.listed, TO_B1,
        {"subkind": "lead", "lead_channel": "phone", "contact_e164": "+19045550181", "duration_s": None,
         "occurred_at": AT + timedelta(microseconds=123_400), "billed_at": AT + timedelta(microseconds=123_400),
         "vendor_ref": "CL1", "platform_tags": ["REPEAT_CALLER", "SERVICEABLE_INTENT"]},
    ),
]  # fmt: skip


def loaded(load: Importer, folder: Path, call: Any, wrap: Any, **options: str) -> ImportAnswer:
    """What came of a file with this call, as JSON where ``wrap`` puts it into one, else as CSV."""
    path = write_json(folder / "calls.json", wrap(call)) if wrap else write_csv(folder / "calls.csv", [call])
    return load(path, create_parties=True, **options)


def expect_facts(charge: Charge, facts: Facts) -> None:
    """The charge has these facts."""
    assert {name: getattr(charge, name) for name in facts} == facts


@pytest.mark.parametrize(("title", "source", "make", "wrap", "options", "facts"), FULL, ids=[one[0] for one in FULL])
def test_a_call_and_all_its_facts(
    load: Importer, tmp_path: Path, title: str, source: str, make: made.Maker, wrap: Any, options: dict[str, str],
    facts: Facts,
) -> None:  # fmt: skip
    answer = loaded(load, tmp_path, make(), wrap, **options)
    headers = len(make())
    assert (answer.recognized, answer.tally.imported, answer.tally.rejected) == (
        f"{title}, {headers} of {headers} headers",
        1,
        0,
    )
    assert answer.as_json()["recognized"] == answer.recognized
    charge = only_charge()
    assert (charge.external_source, charge.customer.number) == (source, "B1")
    expect_facts(charge, {**BASE, **facts})
    before = list(Charge.objects.values())
    again = loaded(load, tmp_path, make(), wrap, **options).tally
    assert (again.imported, again.updated, again.unchanged, again.corrections, again.rejected) == (0, 0, 1, 0, 0)
    assert list(Charge.objects.values()) == before


BILLED: list[tuple[made.Maker, Any, dict[str, str], Facts, int | None, int]] = [
    (made.ringba, made.ringba_json, {}, {"hasConverted": False}, None, 70_000_000),
    (made.ringba, made.ringba_json, {}, {"conversionAmount": 0}, None, 70_000_000),
    (made.ringba, made.ringba_json, {}, {"hasPayout": False}, 120_250_000, 0),
    (made.ringba_report, None, NEW_YORK, {"Converted": "No", "Revenue": "$0.00"}, None, 70_000_000),
    (made.callrail, made.listed, {}, {"value": None}, None, 0),
    (made.callrail, made.listed, {}, {"value": "$0.00"}, 0, 0),
    (made.callrail, None, {}, {"value": "", "tags": "a;b"}, None, 0),
    (made.invoca, None, {}, {"advertiser_payin_localized": "0.00"}, None, 70_000_000),
    (made.invoca, None, {}, {"call_result_description_detail": "Repeat"}, 120_250_000, 70_000_000),
    (made.dialics, None, {"timezone": "UTC"}, {"Status": "Completed - No Conversion"}, None, 70_000_000),
    (
        made.dialics, None, {"timezone": "UTC"}, {"Status": "Call Not Connected - With Conversion"}, 120_250_000,
        70_000_000,
    ),
    (made.lead_feed, made.listed, TO_B1, {"payable_status": "UNPAYABLE"}, None, 0),
    (made.lead_feed, made.listed, TO_B1, {"final_payout": None}, 120_250_000, 75_000_000),
    (made.twilio, made.listed, TO_B1, {"price": None}, None, 0),
    (made.twilio, None, TO_B1, {"price": ""}, None, 0),
    (made.twilio, made.listed, TO_B1, {"price": "-0.0085"}, 8_500, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "wrap", "options", "facts", "billed", "payout"),
    BILLED,
    ids=[f"{one[0].__name__}-{one[3]}" for one in BILLED],
)
def test_when_a_call_is_billed(
    load: Importer, tmp_path: Path, make: made.Maker, wrap: Any, options: dict[str, str], facts: Facts,
    billed: int | None, payout: int,
) -> None:  # fmt: skip
    assert loaded(load, tmp_path, make(**facts), wrap, **options).tally.rejected == 0
    charge = only_charge()
    assert (charge.billed_at is not None, charge.billed_micros, charge.payout_micros) == (
        billed is not None,
        billed or 0,
        payout,
    )


def test_a_not_connected_conversion_of_dialics_is_told_apart(load: Importer, tmp_path: Path) -> None:
    loaded(load, tmp_path, made.dialics(Status="Call Not Connected - With Conversion"), None, timezone="UTC")
    expect_facts(only_charge(), {"answered": False, "converted": True, "disposition": "not_connected_with_conversion"})


def test_a_dialics_call_has_no_id_and_is_known_by_what_never_changes(load: Importer, tmp_path: Path) -> None:
    first = made.dialics(Status="Completed - No Conversion", Revenue="0.00", Recording="")
    loaded(load, tmp_path, first, None, timezone="UTC")
    later = made.dialics(Recording="https://recordings.example.com/1.mp3")
    other = made.dialics(**{"Caller ID": "+19045550182"})
    answer = load(write_csv(tmp_path / "later.csv", [later, other]), timezone="UTC")
    assert (answer.tally.updated, answer.tally.imported) == (1, 1)
    assert Charge.objects.filter(billed_micros=120_250_000).count() == 2


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("chunk_rows", [100, 1])
@pytest.mark.parametrize("child_first", [True, False])
def test_the_two_records_of_a_twilio_call_are_one_call(
    load: Importer, tmp_path: Path, *, as_json: bool, chunk_rows: int, child_first: bool
) -> None:
    records = [made.twilio(), made.twilio_child(sid="CA3", status="busy", duration="0"), made.twilio_child()]
    rows = records[::-1] if child_first else records
    path = (
        write_json(tmp_path / "calls.json", made.listed(*rows)) if as_json else write_csv(tmp_path / "calls.csv", rows)
    )
    answer = load(path, customer="B1", chunk_rows=chunk_rows)
    assert (answer.tally.imported, answer.tally.children, answer.tally.rejected) == (1, 2, 0)
    assert answer.messages == (
        "2 rows tell of a part of another call and were read with it; their own price is not part of that call's.",
    )
    expect_facts(
        only_charge(),
        {**BASE, "billed_at": AT + timedelta(seconds=59), "billed_micros": 22_000, "payout_micros": 0,
         "destination_e164": "+18005550100", "external_id": "CA1"},
    )  # fmt: skip
    again = load(path, customer="B1", chunk_rows=chunk_rows).tally
    assert (again.imported, again.updated, again.unchanged) == (0, 0, 1)


def test_what_a_lone_twilio_record_says(load: Importer, tmp_path: Path) -> None:
    rows = [
        made.twilio(**{"from": "+266696687"}),
        made.twilio(sid="CA5", direction="outbound-api", answered_by="machine_start", parent_call_sid="CA0"),
        made.twilio(sid="CA6", direction="outbound-api", status="no-answer", duration="", price=""),
        made.twilio_child(sid="CA7", parent_call_sid="CA404"),
    ]
    answer = load(write_csv(tmp_path / "calls.csv", rows), customer="B1")
    assert (answer.tally.imported, answer.tally.orphans, answer.tally.children) == (3, 1, 0)
    assert answer.messages == (
        "1 rows tell of a part of a call that is not in this file; they were left out. Export whole days, so that both"
        " are in one file.",
    )
    expect_facts(Charge.objects.get(external_id="CA1"), {"answered": None, "caller_e164": None, "connect_s": None})
    expect_facts(
        Charge.objects.get(external_id="CA5"),
        {"answered": True, "direction": "outbound", "platform_tags": ["answered_by_machine"]},
    )
    expect_facts(Charge.objects.get(external_id="CA6"), {"answered": False, "billed_at": None, "duration_s": None})


def test_a_dry_run_of_twilio_answers_the_same(load: Importer, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "calls.csv", [made.twilio_child(), made.twilio()])
    tried = load(path, customer="B1", dry_run=True)
    assert not Charge.objects.exists()
    assert load(path, customer="B1").tally == tried.tally


def test_a_local_services_lead_lands_unbilled_with_its_contact(load: Importer, tmp_path: Path) -> None:
    rows = [
        made.local_services(),
        made.local_services(
            id="91", lead_type="MESSAGE", call_duration_millis="", credit_state="", lead_charged="false",
            lead_status="NEW", phone_number="",
        ),
    ]  # fmt: skip
    answer = load(write_csv(tmp_path / "leads.csv", rows), customer="B1", create_parties=True, **NEW_YORK)
    assert (answer.recognized, answer.tally.billed_calls) == ("Google Local Services, 13 of 13 headers", 0)
    called = Charge.objects.select_related("category").get(external_id="90")
    assert called.category is not None
    assert called.category.code == "xcat:service_area_business_roofing"
    expect_facts(
        called,
        {"subkind": "lead", "lead_channel": "phone", "contact_name": "Jo Doe", "contact_e164": "+19045550181",
         "contact_email": "jo@example.com", "occurred_at": AT, "billed_at": None, "billed_micros": 0, "duration_s": 59,
         "answered": None, "converted": True, "platform_tags": ["credited", "booked"]},
    )  # fmt: skip
    expect_facts(
        Charge.objects.get(external_id="91"),
        {"lead_channel": "chat", "contact_e164": None, "duration_s": None, "converted": False, "platform_tags": []},
    )


def test_a_rate_bills_the_local_services_leads_that_were_charged(load: Importer, tmp_path: Path) -> None:
    rows = [made.local_services(), made.local_services(id="91", lead_charged="false")]
    path = write_csv(tmp_path / "leads.csv", rows)
    for _ in range(2):
        answer = load(path, customer="B1", create_parties=True, rate="42.50/lead", **NEW_YORK)
        assert (answer.tally.billed_calls, answer.sums()) == (1, {"USD": {"billed": "42.50", "payout": "0.00"}})
    assert answer.tally.unchanged == 2
    assert load(path, customer="B1", **NEW_YORK).tally.unchanged == 2
    assert dict(Charge.objects.values_list("external_id", "billed_micros")) == {"90": 42_500_000, "91": 0}


def test_signals_of_invoca_are_no_calls(load: Importer, tmp_path: Path) -> None:
    rows = [made.invoca(), made.invoca(transaction_id="AAAA-0002", transaction_type="Signal")]
    answer = load(write_csv(tmp_path / "calls.csv", rows))
    assert (answer.tally.imported, answer.tally.left_out) == (1, 1)
    assert answer.messages == ("1 rows are no calls and were left out.",)


def test_a_clock_change_in_a_report_of_ringba(load: Importer, tmp_path: Path) -> None:
    rows = [
        made.ringba_report(**{"Inbound Call ID": name, "Call Date": text})
        for name, text in (
            ("before", "03/08/2026 01:59:59 AM"),
            ("gap", "03/08/2026 02:30:00 AM"),
            ("noon", "03/08/2026 12:00:00 PM"),
            ("midnight", "03/08/2026 12:00:00 AM"),
        )
    ]
    assert load(write_csv(tmp_path / "calls.csv", rows), create_parties=True, **NEW_YORK).tally.imported == 3
    assert [row["code"] for row in rejected(tmp_path / "calls.csv")] == ["NONEXISTENT_TIME"]
    assert dict(Charge.objects.values_list("external_id", "occurred_at")) == {
        "before": datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC),
        "noon": datetime(2026, 3, 8, 16, 0, tzinfo=UTC),
        "midnight": datetime(2026, 3, 8, 5, 0, tzinfo=UTC),
    }


def test_a_file_with_one_callrail_call_is_that_call(load: Importer, tmp_path: Path) -> None:
    call = made.callrail(tags=[{"id": 2, "name": "Customer"}, {"id": 3, "name": "VIP"}])
    assert load(write_json(tmp_path / "call.json", call)).tally.imported == 1
    assert only_charge().platform_tags == ["repeat_for_buyer", "Customer", "VIP"]


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ("a; b|c,d", ["a", "b", "c", "d"]),
        ('["a, b", "c"]', ["a, b", "c"]),
        ("[not json", ["[not json"]),
        ('{"geo": "us,us-fl", "spam": true, "ok": false, "none": null, "empty": ""}', ["geo:us,us-fl", "spam"]),
        ("{}", []),
        ("[]", []),
    ],
)
def test_tags_however_they_are_written(load: Importer, tmp_path: Path, written: str, tags: list[str]) -> None:
    load(write_csv(tmp_path / "calls.csv", [made.callrail(tags=written, first_call="true")]))
    assert sorted(only_charge().platform_tags) == tags
