"""The page of what is not billed: what is new, told once by who may, batches as files, and what was billed anyway."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.models import Dispute, DoNotBillBatch
from makegood.disputes.selectors.do_not_bill import told_in
from makegood.disputes.tests.settlement import bill, close, credited
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM
from makegood.parties.models import Program
from makegood.web.tests.conftest import SignedIn
from makegood.web.tests.test_leads import PHONE, words
from tests.refusals import unchanged
from tests.world import World, standing_world

LEAD = {"subkind": "lead", "lead_channel": "form", "billed_at": None}


@pytest.fixture
def leads(db: None) -> World:
    """A program that reviews leads; nothing is in it."""
    return standing_world("lead_review")


@pytest.fixture
def dropped(leads: World) -> Dispute:
    """A lead of 45.00 that was found non-billable before it was invoiced."""
    (dispute,) = credited(leads, 45_000_000, **LEAD)
    return dispute


def test_what_is_new_is_told_once_and_can_be_read_again(leads: World, dropped: Dispute, signed_in: SignedIn) -> None:
    client = signed_in(leads.person("manager"))
    page = words(client.get("/do-not-bill/").content.decode())
    assert "1 item , -$45.00" in page
    assert "Nothing was told yet." in page
    key = {"program": leads.program.key}
    assert client.post("/do-not-bill/tell/", key).status_code == 303
    batch = DoNotBillBatch.objects.get()
    page = words(client.get("/do-not-bill/").content.decode())
    assert f"X-{batch.number} says what not to bill." in page
    assert "There is nothing new to tell." in page
    answer = client.get(f"/do-not-bill/X-{batch.number}.csv")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer).decode()))
    (line,) = told_in(SYSTEM, program=leads.program.key, batch=batch.number)
    assert row == {name: str(value) for name, value in line.as_json().items()}
    assert (row["instruction"], row["change"], row["left_to_bill"]) == ("do not bill", "-45.00", "0.00")
    assert JournalEvent.objects.filter(event="list.exported").exists()
    assert client.post("/do-not-bill/tell/", key).status_code == 303
    assert DoNotBillBatch.objects.count() == 1
    assert client.get("/do-not-bill/X-999999.csv").status_code == 404


def test_what_was_billed_nevertheless_is_named_until_it_is_given_back(
    leads: World, dropped: Dispute, signed_in: SignedIn
) -> None:
    client = signed_in(leads.person("manager"))
    operations.tell_not_to_bill(SYSTEM, program=leads.program.key)
    assert "Billed nevertheless" not in client.get("/do-not-bill/").content.decode()
    bill(dropped.charge_id)
    assert "Billed nevertheless" in client.get("/do-not-bill/").content.decode()
    close("B1")
    assert "Billed nevertheless" not in client.get("/do-not-bill/").content.decode()


def test_who_may_not_tell_sees_why_and_who_may_not_see_nothing(
    leads: World, dropped: Dispute, signed_in: SignedIn
) -> None:
    biller = signed_in(leads.person("billing"))
    page = biller.get("/do-not-bill/").content.decode()
    assert "Telling asks for the permission to close statements" in page
    assert "Tell what is new" not in page
    for client in (biller, signed_in(leads.person("buyer", customer_number="B1"))):
        with unchanged():
            assert client.post("/do-not-bill/tell/", {"program": leads.program.key}).status_code == 403
    assert signed_in(leads.person("csr")).get("/do-not-bill/").status_code == 403


def test_programs_that_bill_everything_are_not_offered(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.person("manager"))
    assert "No program keeps credited items off the bill." in client.get("/do-not-bill/").content.decode()
    with unchanged():
        assert client.post("/do-not-bill/tell/", {"program": "nowhere"}).status_code == 404


def test_the_record_says_what_the_outcome_means_for_the_bill(leads: World, signed_in: SignedIn) -> None:
    kept, credited_after = credited(leads, 45_000_000, **LEAD)[0], credited(leads, 36_000_000, **PHONE)[0]
    client = signed_in(leads.person("buyer", customer_number="B1"))

    def said(dispute: Dispute) -> str:
        return words(client.get(f"/leads/{dispute.charge_id}/").content.decode())

    assert "Will not be on your bill." in said(kept)
    assert "Credit of $36.00 on your next bill." in said(credited_after)
    (statement,) = close("B1")
    number = statement.data["statements"][0]["number"]
    assert f"Credit of $36.00 on statement {number}." in said(credited_after).replace("S-S-", "S-")
    assert "Will not be on your bill." in said(kept)
    assert Program.objects.get(pk=leads.program.pk).settings["settlement"] == "drop_or_credit"
    with clock.shifted(timedelta(minutes=1)):
        bill(kept.charge_id)
    assert "Credit of $45.00 on your next bill." in said(kept)
