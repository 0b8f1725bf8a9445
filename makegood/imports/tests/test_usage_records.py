"""Usage records of a bill: billed, tied to invoice, period and service, whichever of them is known first."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from makegood.billing.models import BillPeriod, Charge, Invoice, Service
from makegood.imports.tests.bills import bill_importer, line
from makegood.imports.tests.logs import Importer, only_charge, rejected, write_csv
from makegood.imports.tests.pbx_logs import idi_usage
from tests.world import World

ZONE = "America/New_York"


def test_a_usage_record_is_billed_on_its_invoice(load: Importer, log: Path, world: World) -> None:
    answer = load(write_csv(log, [idi_usage()]), timezone=ZONE)
    assert (answer.recognized, answer.tally.imported, answer.sums()) == (
        "IDI CostGuard usage, 14 of 14 headers",
        1,
        {"USD": {"billed": "0.022", "payout": "0.00"}},
    )
    charge = only_charge()
    assert (charge.external_source, charge.external_id, charge.customer) == ("idi", "21180214-465000", world.customer)
    assert (charge.usage_id, charge.usage_batch_id, charge.import_batch) == (465_000, 77, answer.batch)
    assert charge.occurred_at == datetime(2026, 3, 2, 13, 9, 14, tzinfo=UTC)
    assert charge.billed_at == Invoice.objects.get().issued_at
    assert (charge.billed_micros, charge.duration_s) == (22_000, 59)
    assert (charge.quantity, charge.unit, charge.unit_price) == (Decimal(60), "s", None)
    assert (charge.caller_e164, charge.destination_e164) == ("+19045550181", "+18445550152")
    assert charge.invoice_number == 1_984_950
    assert charge.invoice == Invoice.objects.get(number=1_984_950)
    assert charge.service == Service.objects.get(customer=world.customer, number="8445550152")


def test_the_period_covers_the_days_of_its_records(load: Importer, log: Path, world: World) -> None:
    rows = [idi_usage(), idi_usage(UsageRecordID="465001", UsageDate="2026-03-21T22:00:00")]
    load(write_csv(log, rows), timezone=world.customer.zone.name)
    invoice = Invoice.objects.get()
    assert (invoice.customer, invoice.currency, invoice.total_micros, invoice.due_on) == (
        world.customer,
        "USD",
        None,
        None,
    )
    zone = ZoneInfo(world.customer.zone.name)
    assert invoice.issued_at == datetime(2026, 3, 22, tzinfo=zone)
    assert set(Charge.objects.values_list("billed_at", flat=True)) == {invoice.issued_at}
    period = BillPeriod.objects.get()
    assert invoice.bill_period == period
    assert (period.number, period.starts_on, period.ends_on) == (21_180_214, date(2026, 3, 2), date(2026, 3, 22))


def test_a_call_after_the_last_day_of_a_known_bill_is_billed_when_it_ends(load: Importer, log: Path) -> None:
    load(write_csv(log, [idi_usage()]), timezone=ZONE)
    load(write_csv(log, [idi_usage(UsageRecordID="465001", UsageDate="2026-03-05T08:09:14")]), timezone=ZONE)
    late = Charge.objects.get(usage_id=465_001)
    assert (late.billed_at, late.invoice) == (datetime(2026, 3, 5, 13, 10, 13, tzinfo=UTC), Invoice.objects.get())
    assert BillPeriod.objects.count() == 1


def test_the_same_records_again_change_nothing(load: Importer, log: Path) -> None:
    path = write_csv(log, [idi_usage(UsageRecordID=str(n), ServiceNumber=f"84455501{n % 3}") for n in range(10, 17)])
    load(path, timezone=ZONE, chunk_rows=3)
    before = [list(model.objects.order_by("id").values()) for model in (Charge, Invoice, BillPeriod, Service)]
    tally = load(path, timezone=ZONE, chunk_rows=2).tally
    assert (tally.imported, tally.updated, tally.unchanged, tally.rejected) == (0, 0, 7, 0)
    assert [list(model.objects.order_by("id").values()) for model in (Charge, Invoice, BillPeriod, Service)] == before


def test_a_usage_number_returns_in_another_period(load: Importer, log: Path) -> None:
    rows = [
        idi_usage(),
        idi_usage(BillPeriodID="21180215", InvoiceNumber="1984951", UsageDate="2026-04-02T08:09:14"),
        idi_usage(),
    ]
    answer = load(write_csv(log, rows), timezone=ZONE)
    assert (answer.tally.imported, answer.tally.rejected) == (2, 1)
    assert [row["code"] for row in rejected(log)] == ["DUPLICATE_IN_FILE"]
    assert list(Charge.objects.order_by("id").values_list("usage_id", "invoice__number")) == [
        (465_000, 1_984_950),
        (465_000, 1_984_951),
    ]


def test_new_customers_come_with_their_services_and_bills(load: Importer, log: Path) -> None:
    answer = load(write_csv(log, [idi_usage(CustomerID="1234")]), timezone=ZONE, create_parties=True)
    assert (answer.tally.imported, answer.tally.rejected) == (1, 0)
    charge = only_charge()
    assert charge.invoice is not None
    assert charge.invoice.customer.number == "1234"
    assert charge.service is not None


def test_an_invoice_of_another_customer_is_refused(load: Importer, log: Path, world: World) -> None:
    load(write_csv(log, [idi_usage()]), timezone=ZONE)
    rows = [
        idi_usage(UsageRecordID="465001", CustomerID=world.other_customer.number),
        idi_usage(UsageRecordID="465002", InvoiceNumber="77", CustomerID=world.other_customer.number),
    ]
    answer = load(write_csv(log, rows), timezone=ZONE)
    assert (answer.tally.imported, answer.tally.rejected) == (1, 1)
    assert [(row["row"], row["code"], row["column"], row["reason"]) for row in rejected(log)] == [
        (
            "2",
            "INVOICE_OF_ANOTHER",
            "CustomerID",
            f'Invoice 1984950 belongs to another customer than "{world.other_customer.number}" in column CustomerID.',
        )
    ]


def test_the_first_record_tells_whose_a_new_invoice_is(load: Importer, log: Path, world: World) -> None:
    numbers = [world.other_customer.number, world.customer.number, "1234", "0", world.customer.number]
    rows = [idi_usage(UsageRecordID=str(n), CustomerID=number) for n, number in enumerate(numbers)]
    answer = load(write_csv(log, rows), timezone=ZONE, create_parties=True)
    assert (answer.tally.imported, answer.tally.rejected) == (1, 4)
    assert {row["code"] for row in rejected(log)} == {"INVOICE_OF_ANOTHER"}
    assert (only_charge().customer, Invoice.objects.get().customer) == (world.other_customer, world.other_customer)


def test_a_record_without_an_invoice_is_not_billed(load: Importer, log: Path) -> None:
    load(write_csv(log, [idi_usage(InvoiceNumber="")]), timezone=ZONE)
    charge = only_charge()
    assert (charge.billed_at, charge.billed_micros, charge.invoice, charge.invoice_number) == (None, 0, None, None)
    load(write_csv(log, [idi_usage()]), timezone=ZONE)
    charge = only_charge()
    assert (charge.billed_micros, charge.invoice_number, charge.invoice is not None) == (22_000, 1_984_950, True)


def test_a_record_without_an_id_is_rejected(load: Importer, log: Path) -> None:
    assert load(write_csv(log, [idi_usage(UsageRecordID="")]), timezone=ZONE).tally.rejected == 1
    assert [row["code"] for row in rejected(log)] == ["NO_ID"]


def test_a_dry_run_stores_no_bill(load: Importer, log: Path) -> None:
    answer = load(write_csv(log, [idi_usage(CustomerID="1234")]), timezone=ZONE, create_parties=True, dry_run=True)
    assert answer.tally.imported == 1
    assert not any(model.objects.exists() for model in (Charge, Invoice, BillPeriod, Service))


MARCH = {"invoice_number": "1984950", "period_start": "2026-03-01", "period_end": "2026-03-31"}


def test_a_bill_that_is_known_dates_its_records(load: Importer, log: Path, world: World) -> None:
    bill = write_csv(log.with_name("bill.csv"), [line(**MARCH, issued_on="2026-04-01")])
    bill_importer(world.program.key)(bill)
    before = [list(model.objects.values()) for model in (Invoice, BillPeriod)]
    assert load(write_csv(log, [idi_usage()]), timezone=ZONE).tally.imported == 1
    charge = Charge.objects.get(external_source="idi")
    assert charge.invoice == Invoice.objects.get()
    assert charge.billed_at == Invoice.objects.get().issued_at
    assert [list(model.objects.values()) for model in (Invoice, BillPeriod)] == before


def test_a_bill_that_comes_later_tells_the_rest(load: Importer, log: Path, world: World) -> None:
    path = write_csv(log, [idi_usage()])
    load(path, timezone=ZONE)
    before = Charge.objects.values().get()
    bill = write_csv(log.with_name("bill.csv"), [line(**MARCH, issued_on="2026-04-01", due_on="2026-04-21")])
    answer = bill_importer(world.program.key)(bill)
    assert answer.tally.rejected == 0
    assert (BillPeriod.objects.count(), Invoice.objects.get().due_on) == (1, date(2026, 4, 21))
    assert Charge.objects.values().get(external_source="idi") == before
    again = load(path, timezone=ZONE).tally
    assert (again.imported, again.updated, again.unchanged, again.frozen) == (0, 0, 1, 0)
