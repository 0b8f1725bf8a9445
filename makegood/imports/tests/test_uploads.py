"""Files sent to the page: kept, read as somebody says, tried without storing, imported with progress."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.storage import storages

from makegood.billing.models import Charge, Payment
from makegood.imports import operations
from makegood.imports.errors import EmptyFile, SightLimited, UploadBusy
from makegood.imports.models import ImportBatch, Upload
from makegood.imports.operations import uploads as module
from makegood.imports.policy.samples import SAMPLES
from makegood.imports.states import UploadState
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound, NotPermitted
from makegood.parties.models import User
from makegood.parties.operations import set_grants
from makegood.parties.selectors import principal_of
from makegood.parties.states import Dimension
from tests.refusals import unchanged
from tests.world import World

HEAD = "call_id,started_at,buyer_id,vendor_id,converted,revenue,payout,currency\n"
ODD = "Ref No,Began,Acct,Paid\nz1,2026-03-02T13:09:14Z,B1,12.50\nz2,2026-03-02T14:09:14Z,B1,7.50\n"


def log(rows: int, *, bad: int = 0) -> bytes:
    """A call log: good rows billed 10.00 each, then rows of a buyer that nobody knows."""
    lines = [f"c{n},2026-03-02T13:09:{n % 60:02d}Z,B1,V1,yes,10.00,6.00,USD\n" for n in range(rows)]
    lines += [f"x{n},2026-03-02T15:09:{n % 60:02d}Z,NOBODY,V1,yes,10.00,6.00,USD\n" for n in range(bad)]
    return (HEAD + "".join(lines)).encode()


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


def sent(admin: Principal, content: bytes, name: str = "calls.csv") -> Upload:
    return operations.take_upload(admin, name=name, content=[content], options={})


def answer_of(upload: Upload) -> dict[str, Any]:
    """What the last try or the import said."""
    found = Upload.objects.get(pk=upload.pk).answer
    assert found is not None
    return dict(found)


def refusal_of(upload: Upload) -> dict[str, Any]:
    """Why it could not be read."""
    found = Upload.objects.get(pk=upload.pk).refusal
    assert found is not None
    return dict(found)


def worked() -> None:
    """Let the worker do what waits."""
    while operations.work_on_uploads():
        pass


def test_a_long_name_in_any_letters_is_read(admin: Principal) -> None:
    upload = sent(admin, log(1), "ü" * 190 + ".csv")
    assert operations.look_at_upload(upload).code == ""
    operations.try_upload(admin, public_id=upload.public_id)
    worked()
    assert Upload.objects.get(pk=upload.pk).state == UploadState.CHECKED


def test_a_try_stores_nothing_and_says_everything(admin: Principal) -> None:
    upload = sent(admin, log(3, bad=2))
    operations.try_upload(admin, public_id=upload.public_id)
    with unchanged(but=("imports_upload",)):
        worked()
    upload.refresh_from_db()
    assert (upload.state, upload.done_bytes, upload.batch) == (UploadState.CHECKED, upload.size_bytes, None)
    assert (answer_of(upload)["imported"], answer_of(upload)["rejected"]) == (3, 2)
    assert answer_of(upload)["sums"] == {"USD": {"billed": "30.00", "payout": "18.00"}}
    rejects = operations.open_rejects(upload)
    assert rejects is not None
    rows = list(csv.DictReader(io.TextIOWrapper(rejects, encoding="utf-8")))
    assert [(row["row"], row["code"]) for row in rows] == [("5", "UNKNOWN_CUSTOMER"), ("6", "UNKNOWN_CUSTOMER")]


def test_an_import_lands_what_the_try_said_once(admin: Principal) -> None:
    upload = sent(admin, log(3, bad=1))
    with unchanged(), pytest.raises(UploadBusy) as early:
        operations.import_upload(admin, public_id=upload.public_id)
    assert early.value.message == "calls.csv is not tried yet; this cannot be done to it now."
    for begin in (operations.try_upload, operations.import_upload):
        begin(admin, public_id=upload.public_id)
        worked()
    upload.refresh_from_db()
    batch = ImportBatch.objects.get()
    assert (upload.state, upload.batch_id, batch.imported, batch.rejected) == (UploadState.DONE, batch.pk, 3, 1)
    assert batch.by_label == admin.label
    assert Charge.objects.filter(external_source="csv").count() == 3
    again = sent(admin, log(3, bad=1))
    for begin in (operations.try_upload, operations.import_upload):
        begin(admin, public_id=again.public_id)
        worked()
    assert Charge.objects.filter(external_source="csv").count() == 3
    with unchanged(), pytest.raises(UploadBusy):
        operations.discard_upload(admin, public_id=upload.public_id)


def test_columns_are_what_somebody_says_they_are(admin: Principal) -> None:
    upload = sent(admin, ODD.encode(), "odd.csv")
    look = operations.look_at_upload(upload)
    assert look.code in {"MISSING_COLUMNS", "UNKNOWN_FORMAT"}
    assert [(column.header, column.values) for column in look.columns][3] == ("Paid", ("12.50", "7.50"))
    columns = {"call_id": "Ref No", "started_at": "Began", "buyer_id": "Acct", "revenue": "Paid"}
    operations.set_reading(
        admin,
        public_id=upload.public_id,
        options={"format": "generic", "currency": "USD"},
        columns=columns,
        expected={},
    )
    upload.refresh_from_db()
    look = operations.look_at_upload(upload)
    assert (look.code, look.needs) == ("", {})
    assert [column.name for column in look.columns] == ["call_id", "started_at", "buyer_id", "revenue"]
    operations.try_upload(admin, public_id=upload.public_id)
    worked()
    upload.refresh_from_db()
    assert answer_of(upload)["imported"] == 2, upload.refusal
    assert answer_of(upload)["sums"]["USD"]["billed"] == "20.00"


def test_what_the_file_does_not_say_is_asked_for(world: World, admin: Principal) -> None:
    upload = sent(admin, b"call_id,started_at,revenue\nq1,2026-03-02 13:09:14,10.00\n")
    world.program.currency, world.program.zone = "", None
    world.program.save()
    assert set(operations.look_at_upload(upload).needs) == {"timezone", "currency", "customer"}
    operations.try_upload(admin, public_id=upload.public_id)
    worked()
    upload.refresh_from_db()
    assert upload.state == UploadState.FAILED
    assert refusal_of(upload)["code"] == "MISSING_OPTIONS"
    assert set(refusal_of(upload)["needs"]) == {"timezone", "currency", "customer"}


def test_a_file_thrown_away_is_gone(admin: Principal, django_capture_on_commit_callbacks: object) -> None:
    upload = sent(admin, log(1))
    key = upload.storage_key
    assert storages["evidence"].exists(key)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        operations.discard_upload(admin, public_id=upload.public_id)
    assert not storages["evidence"].exists(key)
    assert Upload.objects.get().state == UploadState.DISCARDED


def test_bytes_are_kept_for_a_month(admin: Principal) -> None:
    upload = sent(admin, log(1))
    with clock.shifted(timedelta(days=29)):
        assert operations.forget_uploads() == 0
    with clock.shifted(timedelta(days=31)):
        assert operations.forget_uploads() == 1
        assert operations.forget_uploads() == 0
    assert not storages["evidence"].exists(upload.storage_key)


def test_a_worker_that_died_is_followed_by_another(admin: Principal) -> None:
    upload = sent(admin, log(2))
    operations.try_upload(admin, public_id=upload.public_id)
    with patch.object(module, "_done", side_effect=RuntimeError("torn")), pytest.raises(RuntimeError, match="torn"):
        operations.work_on_uploads()
    upload.refresh_from_db()
    assert (upload.state, refusal_of(upload)["code"]) == (UploadState.FAILED, "BROKE_OFF")
    operations.try_upload(admin, public_id=upload.public_id)
    Upload.objects.update(claimed_until=clock.now() + module.LEASE)
    assert operations.work_on_uploads() == 0
    with clock.shifted(module.LEASE + timedelta(seconds=1)):
        assert operations.work_on_uploads() == 1
    upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED


def test_who_lost_the_permission_imports_nothing(admin: Principal) -> None:
    upload = sent(admin, log(2))
    operations.try_upload(admin, public_id=upload.public_id)
    User.objects.filter(pk=admin.id).update(is_active=False)
    worked()
    upload.refresh_from_db()
    assert (upload.state, refusal_of(upload)["code"]) == (UploadState.FAILED, "PERMISSION_DENIED")


def test_others_do_not_find_it(world: World, admin: Principal) -> None:
    upload = sent(admin, log(1))
    manager, limited = world.person("manager"), world.person("admin", "limited")
    set_grants(admin, user=User.objects.get(pk=limited.id), grants=[(Dimension.PROGRAM, str(world.program.pk))])
    limited = principal_of(User.objects.get(pk=limited.id))
    with unchanged():
        with pytest.raises(NotPermitted):
            operations.try_upload(manager, public_id=upload.public_id)
        with pytest.raises(NotFound):
            operations.try_upload(limited, public_id=upload.public_id)


def test_what_is_refused_at_the_door(world: World, admin: Principal) -> None:
    limited = world.person("admin", "limited")
    set_grants(
        admin, user=User.objects.get(pk=limited.id), grants=[(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk))]
    )
    limited = principal_of(User.objects.get(pk=limited.id))
    with unchanged():
        with pytest.raises(EmptyFile):
            sent(admin, b"")
        with pytest.raises(SightLimited):
            sent(limited, log(1))


PAID = (
    "Receipt,Paid on,Account,Amount,Bill\nr1,2026-03-02,B1,12.50,\nr2,2026-03-03,B1,7.50,\nr3,2026-03-04,NOBODY,1.00,\n"
)


def test_payments_are_recognized_tried_imported_and_known_again(admin: Principal) -> None:
    upload = sent(admin, PAID.encode(), "paid.csv")
    look = operations.look_at_upload(upload)
    assert (look.is_payment, look.format, look.code, dict(look.needs)) == (True, "payment_csv", "", {})
    assert {column.header: column.name for column in look.columns} == {
        "Receipt": "payment_id", "Paid on": "paid_on", "Account": "customer_id", "Amount": "amount",
        "Bill": "invoice_number",
    }  # fmt: skip
    operations.set_reading(
        admin, public_id=upload.public_id, options={"format": look.format}, columns={}, expected={"USD": 20_000_000}
    )
    operations.try_upload(admin, public_id=upload.public_id)
    assert operations.work_on_uploads() == 1
    tried = answer_of(upload)
    assert (tried["imported"], tried["rejected"], tried["sums"], tried["dry_run"]) == (2, 1, {"USD": "20.00"}, True)
    assert Payment.objects.count() == 0
    operations.import_upload(admin, public_id=upload.public_id)
    assert operations.work_on_uploads() == 1
    assert sorted(Payment.objects.values_list("external_id", "micros")) == [("r1", 12_500_000), ("r2", 7_500_000)]
    assert ImportBatch.objects.get().format == "payment_csv"
    again = sent(admin, PAID.encode(), "paid.csv")
    operations.set_reading(admin, public_id=again.public_id, options={"format": look.format}, columns={}, expected={})
    operations.try_upload(admin, public_id=again.public_id)
    operations.work_on_uploads()
    assert (answer_of(again)["imported"], answer_of(again)["unchanged"]) == (0, 2)


def test_payments_with_headers_of_their_own_are_read_by_hand(admin: Principal) -> None:
    upload = sent(admin, b"Nr,Tag,Konto,Wert\nr1,2026-03-02,B1,12.50\n", "odd.csv")
    options = {"format": "payment_csv"}
    operations.set_reading(admin, public_id=upload.public_id, options=options, columns={}, expected={})
    look = operations.look_at_upload(Upload.objects.get(pk=upload.pk))
    assert (look.code, look.required) == ("NOT_PAYMENTS", ("amount", "paid_on"))
    columns = {"paid_on": "Tag", "customer_id": "Konto", "amount": "Wert"}
    operations.set_reading(admin, public_id=upload.public_id, options=options, columns=columns, expected={})
    assert operations.look_at_upload(Upload.objects.get(pk=upload.pk)).code == ""
    operations.try_upload(admin, public_id=upload.public_id)
    operations.work_on_uploads()
    assert (answer_of(upload)["imported"], answer_of(upload)["rejected"]) == (1, 0)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_sample_is_recognized_and_its_row_would_come_in(admin: Principal, world: World, name: str) -> None:
    upload = sent(admin, SAMPLES[name].text.encode(), f"{name}.csv")
    look = operations.look_at_upload(upload)
    assert (look.code, dict(look.needs)) == ("", {})
    assert {"calls": not (look.is_bill or look.is_payment), "bills": look.is_bill, "payments": look.is_payment}[name]
    options = {"format": look.format, "program": world.program.key, "create_parties": "1"}
    operations.set_reading(admin, public_id=upload.public_id, options=options, columns={}, expected={})
    operations.try_upload(admin, public_id=upload.public_id)
    operations.work_on_uploads()
    assert (answer_of(upload)["imported"], answer_of(upload)["rejected"]) == (1, 0)
