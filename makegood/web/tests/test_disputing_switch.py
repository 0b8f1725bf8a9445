"""The switch "Dispute Calls": off, an account finds neither action nor pages, and nothing is filed by any door."""

from __future__ import annotations

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.policy import presets
from makegood.disputes.selectors.verdicts import verdicts
from makegood.journal.models import JournalEvent
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.operations import switch_disputing
from makegood.web.tests.conftest import SignedIn
from tests.refusals import refused, unchanged
from tests.world import DisputeMaker, World

OFF = "Disputing is switched off for this account."


def switch(world: World, *, on: bool) -> None:
    (answer,) = switch_disputing(SYSTEM, customer_ids=[world.customer.pk], on=on)
    assert answer.ok


def test_off_hides_action_and_pages_and_on_brings_them_back(
    world: World, buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    client, charge, number = signed_in(buyer), world.charge(), make_dispute().number
    pages = (f"/calls/{charge.pk}/dispute/", "/disputes/new/", "/disputes/returns/", "/disputes/returns/template/")
    assert f"/calls/{charge.pk}/dispute/" in client.get("/calls/").content.decode()
    switch(world, on=False)
    with unchanged():
        for address in pages:
            answer = client.get(address)
            assert (answer.status_code, OFF in answer.content.decode()) == (403, True)
            assert "DISPUTES_DISABLED" in answer.content.decode()
        sent = client.post(pages[0], {"reason": "SPAM", "description": "A recorded voice"})
        assert sent.status_code == 403
    log = client.get("/calls/").content.decode()
    assert f"/calls/{charge.pk}/dispute/" not in log
    assert "/disputes/returns/" not in log
    assert client.get(f"/disputes/D-{number}/").status_code == 200
    switch(world, on=True)
    assert client.get(pages[0]).status_code == 200


@pytest.mark.parametrize("preset", presets.keys())
def test_off_refuses_under_every_preset(preset: str, world: World, buyer: Principal, csr: Principal) -> None:
    program = operations.install_preset(SYSTEM, preset_key=preset, key="another", currency="USD")
    charge = world.charge(program=program, recording_enabled=True)
    switch(world, on=False)
    reason = {"lead_credit": "WRONG_NUMBER", "lead_review": "WRONG_NUMBER", "telecom_billing": "WRONG_PRICE"}
    item = SubmitItem(charge.pk, reason.get(preset, "SPAM"), "It was not for us.")
    with unchanged():
        for principal in (buyer, csr):
            (answer,) = operations.submit(principal, items=[item])
            assert answer.code == "DISPUTES_DISABLED"
    headline = verdicts([charge.pk])[charge.pk].headline
    assert headline is not None
    assert (headline.code, headline.message) == ("DISPUTES_DISABLED", answer.message)


def test_only_who_manages_people_switches_and_the_journal_says_who(
    world: World, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    admin = world.person("admin")
    with unchanged(), pytest.raises(NotPermitted):
        switch_disputing(manager, customer_ids=[world.customer.pk], on=False)
    assert signed_in(buyer).get("/admin/customers/").status_code == 403
    client = signed_in(admin)
    page = client.get("/admin/customers/?q=acme").content.decode()
    assert "Acme Plumbing" in page
    assert "Bolt Roofing" not in page
    address = f"/admin/customers/{world.customer.pk}/disputing/"
    client.post(address, {"on": "0"})
    event = JournalEvent.objects.get(event="customer.disputing_switched")
    assert (event.object_id, event.principal, event.changes["after"]) == (world.customer.pk, admin.id, False)
    assert "Acme Plumbing" in client.get("/admin/customers/?off=1").content.decode()
    with unchanged():
        client.post(address, {"on": "0"})
        assert client.post("/admin/customers/999999/disputing/", {"on": "0"}).status_code == 404
    (absent,) = switch_disputing(SYSTEM, customer_ids=[999_999], on=True)
    refused(absent, "NOT_FOUND", "Not found, or not yours.")
