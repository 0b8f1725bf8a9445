"""TM Forum 678 bills: read letter by letter, with taxes, credits and periods; what is cut off is told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from makegood.billing.models import Charge, Invoice, InvoiceCredit
from makegood.imports.errors import FileNotReadable, MissingOptions
from makegood.imports.tests.bills import BillImporter, bill, json_text, line, money, rate, write_bills
from makegood.imports.tests.logs import only_charge, rejected, write_csv
from makegood.parties.models import Customer
from tests.world import World


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test writes its bills."""
    return tmp_path / "bills.json"


def test_a_rate_is_a_charge_on_an_invoice(load_bills: BillImporter, path: Path, world: World) -> None:
    answer = load_bills(write_bills(path, [bill()]))
    assert (answer.format, answer.recognized) == ("tmf678", "TM Forum 678 customer bills")
    assert answer.sums() == {"USD": {"net": "745.00", "tax": "61.46", "credits": "0.00", "total": "806.46"}}
    charge = only_charge()
    assert (charge.kind, charge.feature_id, charge.feature_label) == ("invoice_feature", 1, "Fiber 500M")
    assert (charge.billed_micros, charge.tax_micros) == (745_000_000, 61_460_000)
    assert (charge.tax_jurisdiction, charge.subkind) == ("state+local", "recurring")
    assert (charge.customer, charge.external_id) == (world.customer, "1984950:1")
    assert (charge.raw or {})["taxIncludedAmount"] == {"unit": "USD", "value": 806.46}
    invoice = Invoice.objects.select_related("bill_period").get()
    assert (invoice.number, invoice.total_micros, invoice.due_on) == (1984950, 806_460_000, date(2026, 6, 21))
    assert invoice.issued_at == datetime(2026, 6, 1, 4, tzinfo=UTC)
    period = invoice.bill_period
    assert (period.starts_on, period.ends_on) == (date(2026, 5, 1), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("net", "gross", "micros", "tax"),
    [
        ("1e2", "100.10", 100_000_000, 100_000),
        ("0.1", "0.3", 100_000, 200_000),
        ("4503599627.370497", "4503599627.370497", 4_503_599_627_370_497, 0),
        ("999999999999.999999", "1000000000000", 999_999_999_999_999_999, 1),
        ("12.50000000000", "12.5", 12_500_000, 0),
    ],
)
def test_numbers_never_pass_through_a_float(
    load_bills: BillImporter, path: Path, net: str, gross: str, micros: int, tax: int
) -> None:
    load_bills(write_bills(path, [bill(rate(net=net, gross=gross), total=gross, taxItem=[])]))
    charge = only_charge()
    assert (charge.billed_micros, charge.tax_micros) == (micros, tax)


def as_text(bills: list[Any], shape: str) -> str:
    """The same bills in the shapes that files have them in."""
    whole = json_text(bills)
    return {
        "list": whole,
        "single": json_text(bills[0]),
        "lines": "\n".join(json_text(one).replace("\n", "") for one in bills),
        "wrapped": f'{{"count": 1, "value": {whole}}}',
    }[shape]


@pytest.mark.parametrize("shape", ["list", "single", "lines", "wrapped"])
@pytest.mark.parametrize("is_first", [False, True])
def test_the_shapes_of_a_file(load_bills: BillImporter, path: Path, shape: str, *, is_first: bool) -> None:
    """A single bill is told from a list of bills although its first list is that of its lines."""
    one = bill()
    if is_first:
        one = {"appliedCustomerBillingRate": one.pop("appliedCustomerBillingRate"), **one}
    bills = [one, bill(number="2")] if shape != "single" else [one]
    path.write_text(as_text(bills, shape), encoding="utf-8")
    answer = load_bills(path)
    assert (answer.format, answer.tally.bills, answer.tally.off) == ("tmf678", len(bills), 0)
    assert set(Invoice.objects.values_list("number", flat=True)) == {int(one["billNo"]) for one in bills}


def test_the_same_bill_as_csv_changes_nothing(load_bills: BillImporter, tmp_path: Path) -> None:
    load_bills(write_bills(tmp_path / "a.json", [bill(rate("10986"))]))
    tally = load_bills(write_csv(tmp_path / "b.csv", [line()])).tally
    assert (tally.bills, tally.imported, tally.unchanged, tally.corrections) == (0, 0, 1, 0)


def test_credits_are_magnitudes_whatever_their_sign(load_bills: BillImporter, path: Path) -> None:
    credit = {"type": "appliedBillingCredit", "name": "PROMO 12 months"}
    rates = [rate(), rate("2", "-10.0", "-10.0", **credit), rate("3", "5.0", "5.41", **credit)]
    answer = load_bills(write_bills(path, [bill(*rates, total="791.05")]))
    assert (answer.tally.imported, answer.tally.credits, answer.tally.off) == (3, 2, 0)
    assert list(InvoiceCredit.objects.order_by("id").values_list("label", "amount_micros", "tax_micros")) == [
        ("PROMO 12 months", 10_000_000, 0),
        ("PROMO 12 months", 5_000_000, 410_000),
    ]


def test_a_credit_note_is_a_bill_below_zero(load_bills: BillImporter, path: Path) -> None:
    answer = load_bills(write_bills(path, [bill(category="creditNote")]))
    assert (answer.tally.credits, answer.tally.off) == (1, 0)
    assert Invoice.objects.get().total_micros == -806_460_000


def test_taxes_that_no_line_carries_become_lines(load_bills: BillImporter, path: Path) -> None:
    items = [{"taxCategory": name, "taxAmount": money(tax)} for name, tax in (("state", "50.00"), ("911", "1.5"))]
    one = bill(rate(gross="745.0"), total="796.50", taxItem=items)
    answer = load_bills(write_bills(path, [one]))
    assert (answer.tally.imported, answer.tally.off) == (3, 0)
    taxes = Charge.objects.filter(subkind="tax").order_by("id")
    assert list(taxes.values_list("feature_label", "billed_micros", "tax_micros", "tax_jurisdiction")) == [
        ("state", 50_000_000, 0, "state"),
        ("911", 1_500_000, 0, "911"),
    ]
    assert load_bills(path).tally.unchanged == 3


def test_taxes_are_not_counted_twice_where_lines_are_gross(load_bills: BillImporter, path: Path) -> None:
    one = rate()
    del one["taxExcludedAmount"]
    answer = load_bills(write_bills(path, [bill(one)]))
    assert (answer.tally.imported, answer.tally.off, only_charge().billed_micros) == (1, 0, 806_460_000)


def test_applied_taxes_of_a_line_are_its_tax(load_bills: BillImporter, path: Path) -> None:
    taxes = [{"taxCategory": name, "taxAmount": money(tax)} for name, tax in (("state", "60"), ("city", "1.46"))]
    one = rate(appliedTax=taxes)
    del one["taxIncludedAmount"]
    answer = load_bills(write_bills(path, [bill(one)]))
    charge = only_charge()
    assert (charge.tax_micros, charge.tax_jurisdiction, answer.tally.off) == (61_460_000, "state, city", 0)


@pytest.mark.parametrize(
    ("facts", "subkind"),
    [
        ({"type": "recurringCharge"}, "recurring"),
        ({"type": "oneTimeCharge", "name": "Installation"}, "one_time"),
        ({"type": "oneTimeCharge", "name": "Administrative Fee"}, "fee"),
        ({"type": "appliedPenaltyCharge", "name": "Late payment"}, "fee"),
        ({"type": "usageCharge", "name": "LD"}, "call"),
        ({"type": "usageCharge", "name": "DATA overage"}, "data"),
        ({"type": "usageCharge", "name": "SMS international"}, "message"),
        ({"type": "somethingElse"}, "one_time"),
    ],
)
def test_what_a_charge_is_for(load_bills: BillImporter, path: Path, facts: dict[str, Any], subkind: str) -> None:
    load_bills(write_bills(path, [bill(rate(**facts))]))
    assert only_charge().subkind == subkind


def test_what_characteristics_and_coverage_tell(load_bills: BillImporter, path: Path) -> None:
    facts: dict[str, Any] = {
        "characteristic": [
            {"name": "serviceNumber", "value": "+12025550100"},
            {"name": "quantity", "value": 5},
            {"name": "unitPrice", "value": "149.00"},
        ],
        "date": "2026-05-07T10:00:00Z",
        "periodCoverage": {"startDateTime": "2026-05-07T00:00:00Z", "endDateTime": "2026-05-31T23:59:59Z"},
    }
    one = bill(rate(**facts))
    del one["billingPeriod"]
    load_bills(write_bills(path, [one]))
    charge = Charge.objects.select_related("service", "invoice__bill_period").get()
    assert charge.service is not None
    assert charge.invoice is not None
    assert (charge.service.number, charge.quantity, charge.unit_price) == ("+12025550100", Decimal(5), Decimal(149))
    assert charge.occurred_at == datetime(2026, 5, 7, 10, tzinfo=UTC)
    assert (charge.covers_from, charge.covers_until) == (date(2026, 5, 7), date(2026, 6, 1))
    assert charge.invoice.bill_period.starts_on == date(2026, 5, 7)


def test_the_payer_is_found_among_the_parties(load_bills: BillImporter, path: Path) -> None:
    parties = [{"role": "seller", "id": "S"}, {"role": "Customer", "id": "N7", "name": "Newton"}]
    load_bills(write_bills(path, [bill(relatedParty=parties, billingAccount=None)]), create_parties=True)
    assert Customer.objects.get(number="N7").name == "Newton"


@pytest.mark.parametrize("cut", [0.55, 0.9, 0.995])
def test_a_file_that_ends_too_early_keeps_its_whole_bills(load_bills: BillImporter, path: Path, cut: float) -> None:
    whole = json_text([bill(), bill(number="2")])
    path.write_text(whole[: int(len(whole) * cut)], encoding="utf-8")
    answer = load_bills(path)
    assert (answer.tally.bills, answer.tally.imported, answer.tally.rejected) == (1, 1, 1)
    (row,) = rejected(path)
    assert (row["row"], row["code"]) == ("2", "TRUNCATED")
    assert row["reason"] == "The file ends in the middle of this row. Was it copied completely?"
    tally = load_bills(write_bills(path, [bill(), bill(number="2")])).tally
    assert (tally.bills, tally.unchanged, tally.rejected) == (1, 1, 0)


@pytest.mark.parametrize("shape", ["single", "list"])
def test_one_bill_that_ends_too_early_is_refused(load_bills: BillImporter, path: Path, shape: str) -> None:
    whole = as_text([bill()], shape)
    path.write_text(whole[: len(whole) - 30], encoding="utf-8")
    with pytest.raises(FileNotReadable) as refused:
        load_bills(path)
    assert "was it copied completely?" in refused.value.message
    assert not Invoice.objects.exists()


def test_a_bill_without_lines_lands_and_does_not_add_up(load_bills: BillImporter, path: Path) -> None:
    answer = load_bills(write_bills(path, [bill(taxItem=[], appliedCustomerBillingRate=[])]))
    assert (answer.tally.bills, answer.tally.imported, answer.tally.off) == (1, 0, 1)
    assert answer.messages[0].endswith("the first is 1984950: its total is $806.46, its lines make $0.00.")


def test_bills_without_a_date_ask_for_one(load_bills: BillImporter, path: Path) -> None:
    one = bill()
    del one["billDate"]
    with pytest.raises(MissingOptions) as refused:
        load_bills(write_bills(path, [one]))
    assert set(refused.value.fields["needs"]) == {"issued-on"}
    assert load_bills(path, issued_on="2026-06-02").tally.imported == 1


def test_a_settled_bill_is_paid(load_bills: BillImporter, path: Path) -> None:
    load_bills(write_bills(path, [bill(state="settled"), bill(number="2", state="partiallyPaid")]))
    assert dict(Invoice.objects.values_list("number", "status")) == {1984950: "paid", 2: "issued"}
