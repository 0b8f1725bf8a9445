"""Payments from files: kept once, told their bill later, rejected with a reason; a try stores nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from makegood.billing.models import Invoice, Payment
from makegood.imports.entries import Options, PaymentAnswer
from makegood.imports.errors import NotPayments
from makegood.imports.models import ImportBatch
from makegood.imports.operations import import_payments
from makegood.imports.tests.logs import rejected, write_csv
from makegood.journal.models import JournalEvent
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted, UnknownCustomer, UnknownZone
from tests.billed import billed
from tests.world import World

Importer = Callable[..., PaymentAnswer]
ROW = {
    "Payment ID": "P-1", "Account": "B1", "Date": "2026-06-03", "Amount": "$1,234.50", "Currency": "usd",
    "Method": "Card", "Reference": "", "Memo": "by telephone",
}  # fmt: skip


def row(**facts: str) -> dict[str, str]:
    return {**ROW, **{name.replace("_", " "): text for name, text in facts.items()}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "payments.csv"


@pytest.fixture
def load(world: World) -> Importer:
    def run(path: Path, **options: str | bool) -> PaymentAnswer:
        return import_payments(SYSTEM, path=path, options=Options(program=world.program.key, **options))  # type: ignore[arg-type]

    return run


def test_a_row_is_a_payment(load: Importer, path: Path, world: World) -> None:
    answer = load(write_csv(path, [row()]))
    payment = Payment.objects.get()
    assert (payment.customer, payment.micros, payment.currency) == (world.customer, 1_234_500_000, "USD")
    assert payment.paid_at == datetime(2026, 6, 3, 4, tzinfo=UTC)  # midnight in New York
    assert (payment.external_source, payment.external_id, payment.invoice) == ("payment", "P-1", None)
    assert (payment.method, payment.note, payment.import_batch) == ("Card", "by telephone", answer.batch)
    assert answer.as_json()["sums"] == {"USD": "1234.50"}
    batch = ImportBatch.objects.get()
    assert (batch.format, batch.imported, batch.sums) == ("payment_csv", 1, {"USD": {"paid": 1_234_500_000}})
    assert JournalEvent.objects.filter(event="payments.imported").count() == 1


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("6/3/2026", datetime(2026, 6, 3, 4, tzinfo=UTC)),
        ("2026-06-03T10:15:00Z", datetime(2026, 6, 3, 10, 15, tzinfo=UTC)),
        ("2026-06-03 10:15", datetime(2026, 6, 3, 14, 15, tzinfo=UTC)),
    ],
)
def test_days_and_times_are_read(load: Importer, path: Path, text: str, at: datetime) -> None:
    load(write_csv(path, [row(Date=text)]))
    assert Payment.objects.get().paid_at == at


def test_the_same_file_again_changes_nothing(load: Importer, path: Path) -> None:
    rows = [row(), row(Payment_ID="P-2")]
    load(write_csv(path, rows))
    before = list(Payment.objects.order_by("pk").values())
    answer = load(path)
    assert (answer.tally.imported, answer.tally.unchanged) == (0, 2)
    assert "0 changes" in answer.messages[0]
    assert list(Payment.objects.order_by("pk").values()) == before


def test_rows_without_an_id_are_known_by_what_they_say(load: Importer, path: Path) -> None:
    bare = {name: text for name, text in ROW.items() if name != "Payment ID"}
    load(write_csv(path, [bare, bare]))
    assert Payment.objects.count() == 2
    assert load(path).tally.unchanged == 2
    assert Payment.objects.count() == 2


def test_a_payment_learns_its_bill_when_that_came(load: Importer, path: Path, world: World) -> None:
    answer = load(write_csv(path, [row(Reference="1984951")]))
    assert (answer.tally.imported, answer.tally.unlinked) == (1, 1)
    assert "a bill that is not here" in answer.messages[0]
    bill = billed(world, months=1).latest
    assert load(path).tally.updated == 1
    assert Payment.objects.get().invoice == bill
    assert load(path).tally.unchanged == 1


@pytest.mark.parametrize(
    ("facts", "code", "column"),
    [
        ({"Account": "NOBODY"}, "UNKNOWN_PAYER", "Account"),
        ({"Account": ""}, "NO_PAYER", "Account"),
        ({"Amount": "0.00"}, "PAYMENT_NOT_ABOVE_ZERO", "Amount"),
        ({"Amount": "-5"}, "PAYMENT_NOT_ABOVE_ZERO", "Amount"),
        ({"Amount": "1.0000001"}, "AMOUNT_TOO_FINE", "Amount"),
        ({"Amount": "lots"}, "BAD_AMOUNT", "Amount"),
        ({"Amount": "€100.00"}, "BAD_AMOUNT", "Amount"),
        ({"Amount": ""}, "NO_AMOUNT", "Amount"),
        ({"Date": "3 June"}, "BAD_TIME", "Date"),
        ({"Date": ""}, "NO_PAYMENT_DAY", "Date"),
        ({"Currency": "EUR"}, "CURRENCY_MISMATCH", "Currency"),
        ({"Method": "x" * 201}, "TOO_LONG", "Method"),
        ({"Reference": "9" * 19}, "BAD_BILL_NUMBER", "Reference"),
    ],
)
def test_what_cannot_be_kept_is_rejected(
    load: Importer, path: Path, facts: dict[str, str], code: str, column: str
) -> None:
    answer = load(write_csv(path, [row(**facts), row(Payment_ID="P-2")]))
    assert (answer.tally.imported, answer.tally.rejected) == (1, 1)
    assert [(one["code"], one["column"], one["row"]) for one in rejected(path)] == [(code, column, "2")]
    assert Payment.objects.get().external_id == "P-2"


def test_a_bill_of_another_customer_and_an_id_twice(load: Importer, path: Path, world: World) -> None:
    bill = billed(world, months=1).latest
    rows = [row(Account="B2", Reference=str(bill.number)), row(Payment_ID="P-2"), row(Payment_ID="P-2", Amount="7")]
    load(write_csv(path, rows))
    assert [one["code"] for one in rejected(path)] == ["INVOICE_OF_ANOTHER", "DUPLICATE_IN_FILE"]
    assert Payment.objects.get().micros == 1_234_500_000


@pytest.mark.parametrize("facts", [{"Amount": "7.00"}, {"Date": "2026-06-04"}, {"Account": "B2"}])
def test_a_payment_that_changed_stays_as_it_is(load: Importer, path: Path, facts: dict[str, str]) -> None:
    load(write_csv(path, [row()]))
    before = list(Payment.objects.values())
    load(write_csv(path, [row(**facts)]))
    assert [one["code"] for one in rejected(path)] == ["PAYMENT_CHANGED"]
    assert list(Payment.objects.values()) == before


def test_a_try_stores_nothing(load: Importer, path: Path) -> None:
    answer = load(write_csv(path, [row()]), dry_run=True)
    assert (answer.tally.imported, answer.batch, answer.dry_run) == (1, None, True)
    assert not Payment.objects.exists()
    assert not ImportBatch.objects.exists()


def test_a_file_without_payments_is_refused(load: Importer, path: Path) -> None:
    write_csv(path, [{"Account": "B1", "Color": "red"}])
    with pytest.raises(NotPayments, match="no column is the amount or the day") as refusal:
        load(path)
    assert refusal.value.code == "NOT_PAYMENTS"
    assert not ImportBatch.objects.exists()


def test_options_that_name_nothing_are_refused(load: Importer, path: Path) -> None:
    write_csv(path, [row()])
    with pytest.raises(UnknownZone):
        load(path, timezone="Mars/Olympus")
    with pytest.raises(UnknownCustomer):
        load(path, customer="NOBODY")
    assert not Payment.objects.exists()


def test_who_may_not_import_is_refused(path: Path, world: World, csr: Principal) -> None:
    write_csv(path, [row()])
    with pytest.raises(NotPermitted):
        import_payments(csr, path=path, options=Options(program=world.program.key))
    assert not Payment.objects.exists()
    assert not Invoice.objects.exists()
