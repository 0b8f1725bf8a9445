"""TM Forum 635 usage records: charges of their own, on the bill they name when it is there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from makegood.billing.models import Charge
from makegood.imports.models import Correction
from makegood.imports.tests.bills import BillImporter, bill, money, usage, write_bills
from makegood.imports.tests.logs import only_charge, rejected
from tests.world import World


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test writes its usage."""
    return tmp_path / "usage.json"


def unbilled(**facts: Any) -> dict[str, Any]:
    """A rated record that stands on no bill yet."""
    record = usage(status="rated", **facts)
    record["ratedProductUsage"][0]["isBilled"] = False
    record["usageCharacteristic"] = record["usageCharacteristic"][:3]
    return record


def test_a_record_is_a_charge_on_its_invoice(load_bills: BillImporter, path: Path, world: World) -> None:
    load_bills(write_bills(path.with_name("bills.json"), [bill()]))
    answer = load_bills(write_bills(path, [usage()]))
    assert (answer.format, answer.tally.imported, answer.tally.unlinked) == ("tmf635", 1, 0)
    assert answer.sums() == {"USD": {"net": "0.25", "tax": "0.02", "credits": "0.00", "total": "0.27"}}
    charge = Charge.objects.select_related("invoice").get(kind="usage")
    assert (charge.usage_id, charge.feature_id, charge.usage_batch_id) == (465320, None, answer.batch)
    assert charge.invoice is not None
    assert (charge.invoice_number, charge.invoice.number) == (1984950, 1984950)
    assert charge.billed_at == charge.invoice.issued_at
    assert (charge.billed_micros, charge.tax_micros, charge.feature_label) == (250_000, 20_000, "LD")
    assert (charge.subkind, charge.duration_s, charge.customer) == ("call", 274, world.customer)
    assert (charge.caller_e164, charge.destination_e164) == ("+12025550104", "+12025550148")
    assert charge.occurred_at == datetime(2026, 5, 15, 13, 56, 23, tzinfo=UTC)
    assert (charge.external_source, charge.external_id) == ("tmf635", "465320")


def test_a_record_whose_invoice_is_not_here_keeps_its_number(load_bills: BillImporter, path: Path) -> None:
    answer = load_bills(write_bills(path, [usage()]))
    charge = only_charge()
    assert (charge.invoice, charge.invoice_number) == (None, 1984950)
    assert charge.billed_at == datetime(2026, 5, 16, tzinfo=UTC)
    assert answer.messages == ("1 usage record names a bill that is not here; bills come before their usage.",)


def test_the_second_import_changes_nothing(load_bills: BillImporter, path: Path) -> None:
    write_bills(path, [usage(), usage("465321"), unbilled(ident="465322")])
    first = load_bills(path, chunk_lines=2)
    before = list(Charge.objects.order_by("id").values())
    again = load_bills(path)
    assert (first.tally.imported, again.tally.unchanged, again.tally.imported, again.tally.updated) == (3, 3, 0, 0)
    assert list(Charge.objects.order_by("id").values()) == before


def test_an_unbilled_record_is_billed_by_a_later_file(load_bills: BillImporter, path: Path) -> None:
    load_bills(write_bills(path, [unbilled()]))
    assert only_charge().billed_at is None
    tally = load_bills(write_bills(path, [usage(net="0.30")])).tally
    assert (tally.imported, tally.updated, tally.unchanged) == (0, 1, 0)
    charge = only_charge()
    assert (charge.billed_at, charge.billed_micros) == (datetime(2026, 5, 16, tzinfo=UTC), 300_000)


def test_a_billed_record_with_another_amount_is_proposed(load_bills: BillImporter, path: Path) -> None:
    load_bills(write_bills(path, [usage()]))
    tally = load_bills(write_bills(path, [usage(net="0.30")])).tally
    assert (tally.updated, tally.corrections, tally.rejected) == (0, 1, 0)
    assert only_charge().billed_micros == 250_000
    assert Correction.objects.get().new_billed_micros == 300_000


def test_each_rated_use_of_a_record_is_a_charge(load_bills: BillImporter, path: Path) -> None:
    record = usage()
    record["ratedProductUsage"].append({**record["ratedProductUsage"][0], "taxExcludedRatingAmount": money("0.01")})
    load_bills(write_bills(path, [record]))
    assert list(Charge.objects.order_by("id").values_list("external_id", "billed_micros", "tax_micros")) == [
        ("465320", 250_000, 20_000),
        ("465320/2", 10_000, 260_000),
    ]


@pytest.mark.parametrize(("usage_type", "subkind"), [("voice", "call"), ("data", "data"), ("SMS", "message")])
def test_what_a_record_is_for(load_bills: BillImporter, path: Path, usage_type: str, subkind: str) -> None:
    load_bills(write_bills(path, [usage(usageType=usage_type)]))
    assert only_charge().subkind == subkind


def negative() -> dict[str, Any]:
    """A record that gives money back."""
    record = usage(net="-1.00")
    record["ratedProductUsage"][0]["taxIncludedRatingAmount"] = money("-1.00")
    return record


@pytest.mark.parametrize(
    ("record", "code", "column", "reason"),
    [
        (usage(""), "NO_USAGE_ID", "id", "The usage record has no id, so it could not be told from others."),
        (
            {**usage(), "status": "rejected"},
            "USAGE_REFUSED",
            "status",
            "The usage record was rejected, as status says, so nobody was billed.",
        ),
        (
            {**usage(), "usageDate": None, "ratedProductUsage": [{"taxExcludedRatingAmount": money("1.00")}]},
            "NO_USAGE_TIME",
            "usageDate",
            "Column usageDate is empty; a usage record needs its time.",
        ),
        (
            negative(),
            "NEGATIVE_AMOUNT",
            "ratedProductUsage[0].taxExcludedRatingAmount.value",
            '"-1.00" in column ratedProductUsage[0].taxExcludedRatingAmount.value is below zero; a charge is not.',
        ),
        (
            {**usage(), "relatedParty": [{"role": "customer", "id": "B9"}]},
            "UNKNOWN_CUSTOMER",
            "relatedParty",
            'There is no customer "B9". --create-parties creates the ones that are missing.',
        ),
        (
            {**usage(), "usageDate": "yesterday"},
            "BAD_TIME",
            "usageDate",
            '"yesterday" in column usageDate is not a time between 1990 and 2100.',
        ),
    ],
)
def test_a_bad_record_is_rejected_and_the_good_one_lands(
    load_bills: BillImporter, path: Path, record: dict[str, Any], code: str, column: str, reason: str
) -> None:
    answer = load_bills(write_bills(path, [usage("good"), record]))
    assert (answer.tally.imported, answer.tally.rejected) == (1, 1)
    (row,) = rejected(path)
    assert (row["row"], row["code"], row["column"], row["reason"]) == ("2", code, column, reason)
    assert only_charge().external_id == "good"


def test_a_record_twice_in_one_file(load_bills: BillImporter, path: Path) -> None:
    answer = load_bills(write_bills(path, [usage(), usage("2"), usage(net="9.00")]), chunk_lines=1)
    assert (answer.tally.imported, answer.tally.rejected) == (2, 1)
    (row,) = rejected(path)
    assert row["reason"] == 'An earlier row of this file has the id "465320" too; that one was taken.'


def test_a_record_of_another_customer_is_not_overwritten(load_bills: BillImporter, path: Path) -> None:
    load_bills(write_bills(path, [usage()]))
    answer = load_bills(write_bills(path, [usage(relatedParty=[{"role": "customer", "id": "B2"}])]))
    assert (answer.tally.rejected, answer.tally.corrections) == (1, 0)
    (row,) = rejected(path)
    assert (row["code"], row["reason"]) == (
        "USAGE_CHANGED",
        'Usage record "465320" was billed as $0.25 and now says $0.25. What was billed is never overwritten.',
    )
