"""Bills as CSV: exact charges, credits, invoices and periods; the same bill twice changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from makegood.billing.models import BillPeriod, Charge, Invoice, InvoiceCredit, Service
from makegood.billing.selectors import bill_numbered
from makegood.imports.entries import BillOptions
from makegood.imports.errors import BadIssueDay, MissingOptions, NotABill, UnknownProgram
from makegood.imports.models import Correction, ImportBatch
from makegood.imports.operations import accept_correction, import_bills
from makegood.imports.tests.bills import BillImporter, line
from makegood.imports.tests.logs import only_charge, rejected, write_csv
from makegood.journal.models import JournalEvent
from makegood.kernel.money import Money
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted, UnknownCustomer, UnknownZone
from makegood.parties.models import Customer
from tests.world import World


def stored() -> tuple[object, ...]:
    """Everything an import of bills may write."""
    tables = (Charge, InvoiceCredit, Invoice, BillPeriod, Service)
    counted = (Customer, ImportBatch, JournalEvent, Correction)
    return (
        *(list(table.objects.order_by("id").values()) for table in tables),
        *(table.objects.count() for table in counted),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test writes its bill."""
    return tmp_path / "bill.csv"


def test_a_line_is_a_charge_on_an_invoice(load_bills: BillImporter, path: Path, world: World) -> None:
    answer = load_bills(write_csv(path, [line(service_number="+12025550100", unit="line", total="806.46")]))
    assert answer.sums() == {"USD": {"net": "745.00", "tax": "61.46", "credits": "0.00", "total": "806.46"}}
    charge = only_charge()
    assert (charge.kind, charge.feature_id, charge.feature_label) == ("invoice_feature", 10986, "Fiber 500M")
    assert (charge.usage_id, charge.usage_batch_id, charge.invoice_number) == (None, None, 1984950)
    assert (charge.billed_micros, charge.tax_micros, charge.currency) == (745_000_000, 61_460_000, "USD")
    assert (charge.payout_micros, charge.payout_currency, charge.tax_jurisdiction) == (0, "USD", "TX")
    assert (charge.quantity, charge.unit, charge.unit_price) == (Decimal(5), "line", Decimal(149))
    assert (charge.subkind, charge.customer, charge.zone) == ("recurring", world.customer, world.customer.zone)
    assert charge.service is not None
    assert charge.service.number == "+12025550100"
    issued = datetime(2026, 6, 1, 4, tzinfo=UTC)  # midnight in New York
    assert charge.billed_at == charge.occurred_at == charge.received_at == issued
    assert (charge.external_source, charge.external_id) == ("bill", "1984950:10986")
    assert (charge.raw or {})["net"] == "745.00"
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.issued_at, invoice.due_on) == (1984950, issued, date(2026, 6, 21))
    assert (invoice.total_micros, invoice.status, charge.invoice) == (806_460_000, "issued", invoice)
    period = invoice.bill_period
    assert (period.number, period.starts_on, period.ends_on) == (20260501, date(2026, 5, 1), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("detail", "days"),
    [
        ("2026-05-01..2026-05-31", (date(2026, 5, 1), date(2026, 6, 1))),
        ("2026-05-07..2026-05-07", (date(2026, 5, 7), date(2026, 5, 8))),
        ("2026-05-31..2026-05-01", (None, None)),
        ("", (None, None)),
    ],
)
def test_a_line_says_which_days_it_covers(
    load_bills: BillImporter, path: Path, detail: str, days: tuple[date | None, date | None]
) -> None:
    load_bills(write_csv(path, [line(detail=detail)]))
    charge = only_charge()
    assert (charge.covers_from, charge.covers_until) == days


def test_amounts_are_exact(load_bills: BillImporter, path: Path) -> None:
    rows = [
        line(line_id="1", net="0.000001", tax="0.000002", quantity="1.234567", unit_price="0.0000000001"),
        line(line_id="2", net="$123,456,789,012.123456", tax="", quantity="3 pieces", unit_price="n/a"),
        line(line_id="3", net="0.00", tax="0"),
    ]
    answer = load_bills(write_csv(path, rows))
    assert answer.tally.rejected == 0
    figures = Charge.objects.order_by("feature_id").values_list("billed_micros", "tax_micros", "quantity", "unit_price")
    assert list(figures) == [
        (1, 2, Decimal("1.234567"), Decimal("0.0000000001")),
        (123_456_789_012_123_456, 0, None, None),
        (0, 0, Decimal(5), Decimal(149)),
    ]


@pytest.mark.parametrize(
    ("columns", "net", "tax"),
    [
        ({"net": "10.00", "tax": "0.83"}, 10_000_000, 830_000),
        ({"net": "10.00", "gross": "10.83"}, 10_000_000, 830_000),
        ({"gross": "10.83", "tax": "0.83"}, 10_000_000, 830_000),
        ({"net": "10.00", "tax": "0.83", "gross": "10.83"}, 10_000_000, 830_000),
        ({"gross": "10.83"}, 10_830_000, 0),
        ({"Monthly Charges": "10.00"}, 10_000_000, 0),
    ],
)
def test_two_of_net_tax_and_gross_tell_the_third(
    load_bills: BillImporter, path: Path, columns: dict[str, str], net: int, tax: int
) -> None:
    plain = {name: text for name, text in line().items() if name not in ("net", "tax", "type")}
    load_bills(write_csv(path, [{**plain, **columns}]))
    charge = only_charge()
    assert (charge.billed_micros, charge.tax_micros) == (net, tax)


@pytest.mark.parametrize("amount", ["-10.00", "(10.00)", "10.00-", "10.00 CR", "-$10.00"])
def test_a_negative_line_is_a_credit_that_adds_up(
    load_bills: BillImporter, path: Path, manager: Principal, amount: str
) -> None:
    rows = [line(total="795.63"), line(line_id="7", type="fee", description="Promo", net=amount, tax="-0.83")]
    answer = load_bills(write_csv(path, rows))
    assert (answer.tally.imported, answer.tally.credits, answer.tally.off) == (2, 1, 0)
    assert answer.sums() == {"USD": {"net": "745.00", "tax": "61.46", "credits": "10.83", "total": "795.63"}}
    credit = InvoiceCredit.objects.get()
    assert (credit.feature_id, credit.label) == (7, "Promo")
    assert (credit.amount_micros, credit.tax_micros) == (10_000_000, 830_000)
    assert only_charge().feature_id == 10986
    shown = bill_numbered(manager, 1984950)
    assert [entry.total for entry in shown.lines] == [Money(-10_830_000, "USD"), Money(806_460_000, "USD")]
    assert shown.unexplained == Money(0, "USD")


def test_a_line_called_a_credit_gives_back_whatever_its_sign(load_bills: BillImporter, path: Path) -> None:
    rows = [line(line_id=f"{n}", type="Credit", net=net, tax="0") for n, net in enumerate(("5.00", "-5.00"), 1)]
    load_bills(write_csv(path, rows))
    assert list(InvoiceCredit.objects.values_list("amount_micros", flat=True)) == [5_000_000, 5_000_000]
    assert not Charge.objects.exists()


@pytest.mark.parametrize("chunk_lines", [100, 2])
def test_the_second_import_changes_nothing(load_bills: BillImporter, path: Path, chunk_lines: int) -> None:
    rows = [line(invoice_number=f"{70 + n // 3}", line_id=f"{n}", due_on="") for n in range(9)]
    rows.append(line(invoice_number="72", line_id="c", net="-1.00", tax="0", description="Promo"))
    first = load_bills(write_csv(path, rows), chunk_lines=chunk_lines)
    assert (first.tally.bills, first.tally.imported, first.tally.credits) == (3, 10, 1)
    before = stored()[:5]
    again = load_bills(path, chunk_lines=3)
    assert stored()[:5] == before
    tally = again.tally
    assert (tally.bills, tally.imported, tally.unchanged, tally.updated, tally.rejected) == (0, 0, 10, 0, 0)
    assert again.sums() == first.sums()
    assert again.messages[0].endswith(": 0 changes.")


def test_lines_of_one_bill_may_stand_apart(load_bills: BillImporter, path: Path) -> None:
    rows = [line(invoice_number=f"{1 + n % 3}", line_id=f"{n}", total="2419.38") for n in range(9)]
    answer = load_bills(write_csv(path, rows), chunk_lines=1)
    assert (answer.tally.bills, answer.tally.imported, answer.tally.off) == (3, 9, 0)
    assert JournalEvent.objects.filter(event="bills.imported").count() == 3


def test_each_chunk_leaves_one_journal_row(load_bills: BillImporter, path: Path, world: World) -> None:
    rows = [line(invoice_number=f"{n}") for n in range(4)]
    answer = load_bills(write_csv(path, rows), chunk_lines=2)
    events = JournalEvent.objects.filter(event="bills.imported").order_by("id")
    assert [(event.changes["bills"], event.changes["imported"]) for event in events] == [(2, 2), (2, 2)]
    assert {(event.object_id, event.program_id) for event in events} == {(answer.batch, world.program.pk)}
    assert events[0].changes["days"] == ["2026-06-01"]
    batch = ImportBatch.objects.get()
    assert (batch.imported, batch.format, batch.sums["USD"]["net"]) == (4, "bill_csv", 2_980_000_000)


@pytest.mark.parametrize("chunk_lines", [100, 1])
def test_a_dry_run_answers_the_same_and_stores_nothing(load_bills: BillImporter, path: Path, chunk_lines: int) -> None:
    rows = [line(customer_id="N1"), line(invoice_number="2", total="1.00"), line(invoice_number="3", net="x")]
    write_csv(path, rows)
    before = stored()
    tried = load_bills(path, chunk_lines=chunk_lines, create_parties=True, dry_run=True)
    assert stored() == before
    tried_rejects = rejected(path)
    done = load_bills(path, chunk_lines=chunk_lines, create_parties=True)
    assert tried.tally == done.tally
    assert (tried.messages, tried_rejects) == (done.messages, rejected(path))
    assert (tried.batch, done.tally.imported, done.tally.rejected) == (None, 2, 1)


def test_a_bill_that_does_not_add_up_lands_and_is_counted(
    load_bills: BillImporter, path: Path, manager: Principal
) -> None:
    answer = load_bills(write_csv(path, [line(total="806.47"), line(invoice_number="2", total="806.46")]))
    assert (answer.tally.imported, answer.tally.off, answer.as_json()["bills_off"]) == (2, 1, 1)
    assert answer.messages == (
        "1 bill does not add up and came in as it is; the first is 1984950: its total is $806.47, its lines make"
        " $806.46.",
    )
    assert bill_numbered(manager, 1984950).unexplained == Money(10_000, "USD")


def test_a_mended_line_makes_the_bill_add_up(load_bills: BillImporter, path: Path) -> None:
    rows = [line(total="1612.92"), line(total="1612.92", line_id="2", net="x")]
    assert load_bills(write_csv(path, rows)).tally.off == 1
    rows[1]["net"] = "745.00"
    answer = load_bills(write_csv(path, rows))
    assert (answer.tally.bills, answer.tally.imported, answer.tally.unchanged, answer.tally.off) == (0, 1, 1, 0)


def test_a_changed_amount_is_proposed_and_the_charge_stays(
    load_bills: BillImporter, path: Path, manager: Principal
) -> None:
    load_bills(write_csv(path, [line(total="806.46")]))
    reissued = write_csv(path, [line(net="700.00", tax="57.75", total="757.75")])
    for _ in range(2):
        answer = load_bills(reissued)
        tally = answer.tally
        assert (tally.imported, tally.unchanged, tally.rejected) == (0, 0, 0)
        assert (tally.corrections, tally.total_changed) == (1, 1)
    assert only_charge().billed_micros == 745_000_000
    correction = Correction.objects.get()
    assert (correction.new_billed_micros, correction.new_tax_micros) == (700_000_000, 57_750_000)
    (accepted,) = accept_correction(SYSTEM, ids=[correction.pk])
    assert accepted.ok, accepted
    assert [entry.amount for entry in bill_numbered(manager, 1984950).lines] == [Money(700_000_000, "USD")]
    assert Invoice.objects.get().total_micros == 806_460_000


def test_a_proposed_correction_needs_no_new_line(load_bills: BillImporter, path: Path) -> None:
    load_bills(write_csv(path, [line()]))
    answer = load_bills(write_csv(path, [line(net="1.00"), line(line_id="2")]))
    assert (answer.tally.imported, answer.tally.corrections) == (1, 1)
    event = JournalEvent.objects.filter(event="bills.imported").latest("id")
    assert (event.changes["imported"], event.changes["corrections"]) == (1, 1)


def test_lines_without_id_are_known_by_their_place(load_bills: BillImporter, path: Path) -> None:
    rows = [{name: text for name, text in line(net=f"{n}.00").items() if name != "line_id"} for n in range(3)]
    load_bills(write_csv(path, rows))
    assert list(Charge.objects.order_by("id").values_list("feature_id", "external_id")) == [
        (1, "1984950:1"),
        (2, "1984950:2"),
        (3, "1984950:3"),
    ]
    assert load_bills(path).tally.unchanged == 3


def test_a_line_id_that_is_no_number_gets_a_feature_number(load_bills: BillImporter, path: Path) -> None:
    load_bills(write_csv(path, [line(line_id="abr-1"), line(line_id="007")]))
    features = dict(Charge.objects.values_list("external_id", "feature_id"))
    assert features["1984950:7"] == 7
    assert (features["1984950:abr-1"] or 0) > 1_000_000_000


def test_bills_without_number_are_one_per_customer_and_day(load_bills: BillImporter, path: Path) -> None:
    header = {"customerID": "B1", "MonthlyCharges": "29.85", "TotalCharges": "1889.50", "Contract": "One year"}
    rows = [header, {**header, "customerID": "B2", "MonthlyCharges": "56.95"}]
    with pytest.raises(MissingOptions) as refused:
        load_bills(write_csv(path, rows))
    assert refused.value.message == (
        "This file needs --issued-on (it does not say when its bills were issued, for example 2026-06-01)."
        " Nothing was imported."
    )
    answer = load_bills(path, issued_on="2026-06-01")
    assert (answer.tally.bills, answer.tally.imported) == (2, 2)
    charges = Charge.objects.order_by("id")
    assert list(charges.values_list("billed_micros", "subkind", "feature_label", "external_id")) == [
        (29_850_000, "recurring", "Monthly charges", "B1 2026-06-01:1"),
        (56_950_000, "recurring", "Monthly charges", "B2 2026-06-01:1"),
    ]
    numbers = list(Invoice.objects.order_by("id").values_list("number", flat=True))
    assert numbers[1] == numbers[0] + 1
    assert (load_bills(path, issued_on="2026-06-01").tally.unchanged, Invoice.objects.count()) == (2, 2)
    assert load_bills(path, issued_on="2026-07-01").tally.imported == 2


@pytest.mark.parametrize(
    ("facts", "starts_on", "ends_on"),
    [
        ({"period_start": "2026-05-01", "period_end": "2026-05-31"}, date(2026, 5, 1), date(2026, 6, 1)),
        ({"period_start": "5/15/2026", "period_end": "6/14/2026"}, date(2026, 5, 15), date(2026, 6, 15)),
        ({"period_start": "2026-05-01T00:00", "period_end": "2026-06-01T00:00:00"}, date(2026, 5, 1), date(2026, 6, 1)),
        ({"period_start": "2026-02-01", "period_end": ""}, date(2026, 2, 1), date(2026, 3, 1)),
        ({"period": "2026-02"}, date(2026, 2, 1), date(2026, 3, 1)),
        ({"period": "2026-05-10 to 2026-06-09"}, date(2026, 5, 10), date(2026, 6, 10)),
        ({"detail": "2026-05-01..2026-05-31"}, date(2026, 5, 1), date(2026, 6, 1)),
        ({"issued_on": "2026-06-01"}, date(2026, 5, 1), date(2026, 6, 1)),
        ({"issued_on": "2026-05-31"}, date(2026, 5, 1), date(2026, 6, 1)),
        ({"issued_on": "2026-05-30"}, date(2026, 4, 1), date(2026, 5, 1)),
    ],
)
def test_the_period_is_told_or_is_the_last_whole_month(
    load_bills: BillImporter, path: Path, facts: dict[str, str], starts_on: date, ends_on: date
) -> None:
    load_bills(write_csv(path, [{**line(period_start="", period_end=""), **facts}]))
    period = BillPeriod.objects.get()
    assert (period.starts_on, period.ends_on, period.status) == (starts_on, ends_on, "closed")


@pytest.mark.parametrize(
    ("issued_on", "options", "issued_at"),
    [
        ("2026-03-08", {}, datetime(2026, 3, 8, 5, tzinfo=UTC)),
        ("2026-03-09", {}, datetime(2026, 3, 9, 4, tzinfo=UTC)),
        ("2026-06-01", {"timezone": "Asia/Kolkata"}, datetime(2026, 5, 31, 18, 30, tzinfo=UTC)),
        ("2026-06-01T00:30:00-07:00", {}, datetime(2026, 6, 1, 7, 30, tzinfo=UTC)),
        ("6/1/2026", {}, datetime(2026, 6, 1, 4, tzinfo=UTC)),
        ("2026-06-01 09:15", {}, datetime(2026, 6, 1, 13, 15, tzinfo=UTC)),
        ("2026-04-26", {"timezone": "Africa/Cairo"}, datetime(2026, 4, 25, 21, tzinfo=UTC)),
        ("2026-04-24", {"timezone": "Africa/Cairo"}, datetime(2026, 4, 23, 22, tzinfo=UTC)),  # has no midnight
    ],
)
def test_a_day_of_issue_begins_where_the_bill_is_read(
    load_bills: BillImporter, path: Path, issued_on: str, options: dict[str, str], issued_at: datetime
) -> None:
    load_bills(write_csv(path, [line(issued_on=issued_on)]), **options)
    assert only_charge().billed_at == issued_at


def test_what_a_line_tells_of_a_call(load_bills: BillImporter, path: Path) -> None:
    row = line(type="usage", description="LD", detail="2026-05-15T09:56:23 274s +12025550104")
    load_bills(write_csv(path, [row]))
    charge = only_charge()
    assert (charge.subkind, charge.duration_s, charge.destination_e164) == ("call", 274, "+12025550104")
    assert charge.occurred_at == datetime(2026, 5, 15, 13, 56, 23, tzinfo=UTC)


def test_a_paid_bill_is_marked_once_it_says_so(load_bills: BillImporter, path: Path) -> None:
    load_bills(write_csv(path, [line(status="open")]))
    assert Invoice.objects.get().status == "issued"
    load_bills(write_csv(path, [line(status="Paid")]))
    assert Invoice.objects.get().status == "paid"
    load_bills(write_csv(path, [line(status="open")]))
    assert Invoice.objects.get().status == "paid"


def test_customers_are_created_when_told_to(load_bills: BillImporter, path: Path) -> None:
    named = {"customer_id": "N1", "customer_name": "Newton", "currency": "EUR"}
    rows = [line(**named), line(**named, line_id="2")]
    answer = load_bills(write_csv(path, rows), create_parties=True, timezone="Europe/Paris")
    assert answer.tally.imported == 2
    customer = Customer.objects.get(number="N1")
    assert (customer.name, customer.currency, customer.zone.name) == ("Newton", "EUR", "Europe/Paris")


def test_options_that_name_nothing_are_refused(load_bills: BillImporter, path: Path) -> None:
    write_csv(path, [line()])
    for options, error in (
        ({"timezone": "America/Gotham"}, UnknownZone),
        ({"customer": "B9"}, UnknownCustomer),
        ({"issued_on": "June"}, BadIssueDay),
        ({"issued_on": "1066-10-14"}, BadIssueDay),
    ):
        with pytest.raises(error):
            load_bills(path, **options)
    with pytest.raises(UnknownProgram):
        import_bills(SYSTEM, path=path, options=BillOptions(program="leads"))
    assert not Charge.objects.exists()


def test_what_is_no_bill_is_refused(load_bills: BillImporter, path: Path) -> None:
    with pytest.raises(NotABill) as refused:
        load_bills(write_csv(path, [{"name": "Ada", "age": "7"}]))
    assert refused.value.message == (
        "bill.csv is no bill: none of its columns is an amount charged. Bills are TM Forum 678 or 635 JSON, or CSV with"
        " one line per charge. Nothing was imported."
    )


def test_importing_needs_the_permission(path: Path, buyer: Principal) -> None:
    with pytest.raises(NotPermitted):
        import_bills(buyer, path=write_csv(path, [line()]), options=BillOptions())


def test_ten_thousand_lines_in_chunks(load_bills: BillImporter, path: Path) -> None:
    rows = [line(invoice_number=f"{n // 40}", line_id=f"{n}", issued_on="", due_on="") for n in range(10_000)]
    answer = load_bills(write_csv(path, rows), chunk_lines=2_500, issued_on="2026-06-01")
    assert (answer.tally.bills, answer.tally.imported, Charge.objects.count()) == (250, 10_000, 10_000)
    assert load_bills(path, issued_on="2026-06-01").tally.unchanged == 10_000
