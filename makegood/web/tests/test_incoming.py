"""Imports on a page, without a browser: payments from the file to the account, and files to begin with."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from makegood.billing.models import Payment
from makegood.imports import operations
from makegood.imports.policy.samples import SAMPLES
from makegood.parties.entries import Principal
from makegood.web.tests.conftest import SignedIn
from tests.world import World

PAID = b"Receipt,Paid on,Account,Amount\nr1,2026-03-02,B1,12.50\nr2,2026-03-03,B1,7.50\nr3,2026-03-04,NOBODY,1.00\n"


def test_payments_come_in_by_the_page(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.person("admin"))
    sent = client.post("/admin/imports/", {"file": SimpleUploadedFile("paid.csv", PAID), "program": world.program.key})
    at = sent["Location"]
    page = client.get(at).content.decode()
    assert '<option value="payment_csv" selected>Payments</option>' in page
    assert "What you expect to have come in" in page
    assert "create_parties" not in page
    client.post(at, {"format": "payment_csv", "program": world.program.key, "expected": "USD 21.00", "act": "try"})
    assert operations.work_on_uploads() == 1
    page = " ".join(re.sub(r"<[^>]+>", " ", client.get(at).content.decode()).split())
    assert "USD $20.00 $21.00 -$1.00" in page
    assert "There is no customer &quot;NOBODY&quot;" in page or "NOBODY" in page
    assert "Import 2 new" in page
    assert Payment.objects.count() == 0
    client.post(f"{at}import/")
    assert operations.work_on_uploads() == 1
    assert Payment.objects.count() == 2
    assert "Look at the accounts" in client.get(at).content.decode()
    listed = " ".join(re.sub(r"<[^>]+>", " ", client.get("/admin/imports/").content.decode()).split())
    assert "paid.csv payment_csv" in listed
    assert "$20.00 USD" in listed


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_files_to_begin_with(world: World, buyer: Principal, signed_in: SignedIn, name: str) -> None:
    client = signed_in(world.person("admin"))
    assert f'href="/admin/imports/samples/{name}.csv"' in client.get("/admin/imports/").content.decode()
    found = client.get(f"/admin/imports/samples/{name}.csv")
    assert found["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert found.getvalue().decode() == SAMPLES[name].text
    assert client.get("/admin/imports/samples/none.csv").status_code == 404
    assert signed_in(buyer).get(f"/admin/imports/samples/{name}.csv").status_code == 403
