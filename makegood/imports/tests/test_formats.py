"""What each format's columns become."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from makegood.billing.models import Campaign, Charge
from makegood.imports.tests.logs import (
    Importer,
    call,
    only_charge,
    raw_of,
    retreaver_v1,
    retreaver_v2,
    trackdrive,
    write_csv,
    write_json,
)
from makegood.parties.models import Customer
from tests.world import World


def test_a_generic_call(load: Importer, log: Path) -> None:
    answer = load(write_csv(log, [call(campaign_id="K1", destination="(202) 555-0123")]), create_parties=True)
    assert (answer.tally.imported, answer.tally.rejected, answer.sums()) == (
        1,
        0,
        {"USD": {"billed": "99.50", "payout": "60.00"}},
    )
    charge = only_charge()
    assert charge.external_source == "csv"
    assert charge.external_id == "c1"
    assert charge.occurred_at == charge.received_at == datetime(2026, 3, 2, 13, 9, 14, tzinfo=UTC)
    assert charge.billed_at == datetime(2026, 3, 2, 13, 10, 13, tzinfo=UTC)
    assert (charge.billed_micros, charge.payout_micros, charge.currency) == (99_500_000, 60_000_000, "USD")
    assert (charge.caller_e164, charge.destination_e164) == ("+19045550181", "+12025550123")
    assert (charge.answered, charge.connect_s, charge.duration_s) == (True, 43, 59)
    assert charge.disposition == "completed_with_conversion"
    assert charge.import_batch == charge.usage_batch_id == answer.batch
    assert raw_of(charge)["revenue"] == "99.50"


@pytest.mark.parametrize("as_json", [False, True])
def test_a_trackdrive_call(load: Importer, tmp_path: Path, world: World, *, as_json: bool) -> None:
    rows = [trackdrive(), trackdrive(uuid="u2", buyer_converted=False, caller_number=None)]
    if as_json:
        path = write_json(tmp_path / "calls.json", {"status": 200, "calls": rows, "metadata": {"next_cursor": 0}})
    else:
        path = write_csv(tmp_path / "calls.csv", rows)
    answer = load(path, create_parties=True)
    assert answer.format == "trackdrive"
    assert answer.sums() == {"USD": {"billed": "120.25", "payout": "140.00"}}
    assert answer.tally.billed_calls == 1
    charge = Charge.objects.get(external_id="a519ba17-0000-4000-8000-000000000001")
    assert charge.external_source == "trackdrive"
    assert charge.billed_at == datetime(2026, 3, 2, 14, 26, 2, tzinfo=UTC)
    assert (charge.customer, charge.vendor) == (world.customer, world.vendor)
    assert (charge.hangup_by, charge.ring_s, charge.connect_s, charge.duration_s) == ("callee", 7, 40, 47)
    assert charge.recording_enabled is False
    assert charge.platform_tags == ["repeat_for_buyer"]
    unbilled = Charge.objects.get(external_id="u2")
    assert (unbilled.billed_at, unbilled.billed_micros, unbilled.caller_e164) == (None, 0, None)


def test_a_retreaver_v2_call(load: Importer, tmp_path: Path) -> None:
    answer = load(write_json(tmp_path / "calls.json", [{"call": retreaver_v2()}]), create_parties=True)
    assert answer.sums() == {"USD": {"billed": "170.50", "payout": "99.25"}}
    charge = only_charge()
    assert charge.external_source == "retreaver"
    assert charge.occurred_at == datetime(2026, 3, 2, 13, 9, 14, 34_000, tzinfo=UTC)
    assert charge.billed_at == datetime(2026, 3, 2, 13, 10, 35, tzinfo=UTC)
    assert (charge.hangup_by, charge.tracking_e164, charge.destination_e164) == (
        "callee",
        "+18445550152",
        "+18005550100",
    )
    assert charge.platform_tags == ["repeat_for_vendor"]
    assert raw_of(charge)["keys_pressed"] == ["1"]
    assert Decimal(str(raw_of(charge)["revenue"])) == Decimal("170.5")
    assert Campaign.objects.get(number="C1").criteria == {"billable_after_s": 120}


def test_the_two_sides_of_a_retreaver_call_are_decided_apart(load: Importer, tmp_path: Path) -> None:
    calls = [
        {"call": retreaver_v2(uuid="u1", receivable=False, revenue=None)},
        {"call": retreaver_v2(uuid="u2", payable=False, payout=None)},
    ]
    answer = load(write_json(tmp_path / "calls.json", calls), create_parties=True)
    assert answer.sums() == {"USD": {"billed": "170.50", "payout": "99.25"}}
    assert Charge.objects.get(external_id="u1").billed_at is None
    assert Charge.objects.get(external_id="u2").payout_micros == 0


def test_a_retreaver_v1_call_lands_unbilled_on_the_named_customer(load: Importer, tmp_path: Path, world: World) -> None:
    path = write_json(tmp_path / "calls.json", [{"call": retreaver_v1()}])
    answer = load(path, customer="B1", create_parties=True)
    assert (answer.recognized, answer.tally.imported) == ("Retreaver v1, 12 of 12 headers", 1)
    charge = only_charge()
    assert (charge.customer, charge.billed_at, charge.billed_micros) == (world.customer, None, 0)
    assert (charge.answered, charge.connect_s, charge.tracking_e164) == (True, 193, "+18665550107")


def test_json_lines(load: Importer, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    one, two = write_json(path, trackdrive()).read_text(), trackdrive(uuid="u2")
    path.write_text("".join(f"{' '.join(text.split())}\n" for text in (one, write_json(path, two).read_text())))
    assert load(path, create_parties=True).tally.imported == 2


@pytest.mark.parametrize(
    ("facts", "billed"),
    [
        ({}, True),
        ({"converted": "no"}, False),
        ({"converted": ""}, False),
        ({"revenue": "0.00"}, False),
        ({"revenue": ""}, False),
    ],
)
def test_a_generic_call_is_billed_when_it_converted_and_cost_something(
    load: Importer, log: Path, facts: dict[str, str], *, billed: bool
) -> None:
    load(write_csv(log, [call(**facts)]))
    charge = only_charge()
    assert (charge.billed_at is not None) == billed
    assert (charge.billed_micros > 0) == billed


def test_an_amount_alone_bills_where_the_file_has_no_flag(load: Importer, log: Path) -> None:
    row = call()
    del row["converted"]
    load(write_csv(log, [row]))
    assert only_charge().billed_micros == 99_500_000


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("$1,234.50", 1_234_500_000),
        ("-$0", 0),
        ("12", 12_000_000),
        ("0.004400000", 4_400),
        (".5", 500_000),
        ("€ 7.25", 7_250_000),
        (" 3.10 ", 3_100_000),
    ],
)
def test_amounts_as_people_write_them(load: Importer, log: Path, text: str, micros: int) -> None:
    load(write_csv(log, [call(revenue=text)]))
    assert only_charge().billed_micros == micros


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T13:09:14Z", "2026-03-02 13:09:14Z", "2026-03-02T08:09:14-05:00", "2026-03-02 08:09:14.000 -0500",
        "1772456954", "1772456954000", "2026-03-02T18:39:14+05:30", "2026-03-02 13:09:14 UTC",
        "2026-03-02T13:09:14.0000000Z",
    ],
)  # fmt: skip
def test_times_that_say_where_they_stand(load: Importer, log: Path, text: str) -> None:
    load(write_csv(log, [call(started_at=text)]))
    assert only_charge().occurred_at == datetime(2026, 3, 2, 13, 9, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-03-02 08:09:14", "2026-03-02T08:09:14", "03/02/2026 8:09:14 AM", "3/2/2026 08:09:14"]
)
def test_local_times_take_the_zone_of_the_import(load: Importer, log: Path, text: str) -> None:
    load(write_csv(log, [call(started_at=text, ended_at="")]), timezone="America/New_York")
    assert only_charge().occurred_at == datetime(2026, 3, 2, 13, 9, 14, tzinfo=UTC)


def test_durations_as_clocks(load: Importer, log: Path) -> None:
    load(write_csv(log, [call(duration_s="01:00:59", connected_s="43.0")]))
    assert (only_charge().duration_s, only_charge().connect_s) == (3_659, 43)


def test_calls_that_reached_nobody_go_to_a_house_customer(load: Importer, log: Path) -> None:
    load(write_csv(log, [call(), call(call_id="c2", buyer_id="", converted="no")]), create_parties=True)
    unrouted = Customer.objects.get(number="unrouted")
    assert (unrouted.name, unrouted.dispute_permission) == ("Not routed to a buyer", False)
    assert Charge.objects.get(external_id="c2").customer == unrouted


def test_missing_parties_are_created_when_asked_to(load: Importer, log: Path) -> None:
    rows = [
        call(call_id=f"c{n}", buyer_id=f"N{n % 2}", vendor_id="V9", campaign_id="K9", category="roofing")
        for n in range(4)
    ]
    answer = load(write_csv(log, rows), create_parties=True)
    assert (answer.tally.imported, answer.tally.rejected) == (4, 0)
    assert Customer.objects.filter(number__in=["N0", "N1"]).count() == 2
    campaign = Campaign.objects.select_related("category").get(number="K9")
    assert campaign.category is not None
    assert campaign.category.code == "roofing"
