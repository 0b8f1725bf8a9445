"""The search of the top bar: every kind of thing, one hit, many, none, and nothing out of scope."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from makegood.billing.models import BillPeriod, Invoice
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, DraftItem, ReverseItem, SubmitItem, Together
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from makegood.web.tests.conftest import SignedIn
from tests.world import DisputeMaker, World

NOTHING = "Nothing was found for"
INJECTED = ("' OR 1=1 --", "%", "_", "D-1%", "\\", "<script>alert(1)</script>", "٣٤٥٦", "9" * 40, "D-" + "9" * 15)


@pytest.fixture
def dispute(world: World, make_dispute: DisputeMaker) -> Dispute:
    return make_dispute(caller_e164="+12125557788", external_id="CALL-A1", vendor_sub_id="sub-9")


def invoice(world: World, number: int = 1984950) -> Invoice:
    period = BillPeriod.objects.create(
        customer=world.customer, number=1, starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 1)
    )
    facts = {"currency": "USD", "issued_at": clock.now(), "due_on": date(2026, 12, 1), "total_micros": 90_000_000}
    return Invoice.objects.create(number=number, customer=world.customer, bill_period=period, **facts)


def settle(dispute: Dispute, manager: Principal) -> None:
    """Credit the whole dispute, and let its window end."""
    operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT)])
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()


@pytest.mark.parametrize("form", ["D-{}", "{}", " d{} ", "D #{}", "d\u2013{}"])
def test_a_number_goes_straight_to_its_dispute(
    form: str, dispute: Dispute, buyer: Principal, signed_in: SignedIn
) -> None:
    answer = signed_in(buyer).get("/search/", {"q": form.format(dispute.number)})
    assert (answer.status_code, answer["Location"]) == (303, f"/disputes/D-{dispute.number}/")


def test_a_case_lists_its_lines_and_one_line_is_found(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    items = [SubmitItem(world.charge().pk, "SPAM", "Automated voice") for _ in range(2)]
    operations.submit(buyer, items=items, together=Together("Wrong plan"))
    number, client = Dispute.objects.values_list("number", flat=True)[0], signed_in(buyer)
    page = client.get("/search/", {"q": str(number)}).content.decode()
    assert page.count("data-row>") == 2
    assert "2 disputes" in page
    assert client.get("/search/", {"q": f"{number}.2"})["Location"] == f"/disputes/D-{number}.2/"


@pytest.mark.parametrize("text", ["CALL-A1", "+1 (212) 555-7788", "212.555.7788", "2125557788"])
def test_an_id_or_a_whole_number_goes_straight_to_the_call(
    text: str, dispute: Dispute, buyer: Principal, signed_in: SignedIn
) -> None:
    answer = signed_in(buyer).get("/search/", {"q": text})
    assert answer["Location"] == f"/calls/{dispute.charge_id}/"


def test_the_end_of_a_number_lists_the_latest_calls(
    world: World, dispute: Dispute, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    for number in range(22):
        world.charge(caller_e164=f"+1312555{number:02}99"[:12])
    page = signed_in(buyer).get("/search/", {"q": "7788"}).content.decode()
    assert f"/calls/{dispute.charge_id}/" in page
    assert "among the latest 20,000 calls" in page
    # Five digits would let people feel their way to a number that is shown to them masked.
    assert NOTHING in signed_in(buyer).get("/search/", {"q": "57788"}).content.decode()
    assert f"/calls/{dispute.charge_id}/" in signed_in(manager).get("/search/", {"q": "57788"}).content.decode()


def test_more_than_twenty_say_so_and_lead_to_the_log(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    for _ in range(21):
        world.charge(caller_e164="+12125550142")
    page = signed_in(buyer).get("/search/", {"q": "(212) 555 0142"}).content.decode()
    assert page.count("data-row>") == 20
    assert "20 or more calls" in page
    assert "More in the log of calls" in page


def test_an_invoice_leads_to_its_lines(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    number = invoice(world).number
    answer = signed_in(buyer).get("/search/", {"q": str(number)})
    assert answer["Location"] == f"/calls/?q={number}&range=all&billed=all"


def test_what_shares_a_number_is_listed_by_kind(
    world: World, dispute: Dispute, buyer: Principal, signed_in: SignedIn
) -> None:
    invoice(world, dispute.number)
    world.charge(external_id=str(dispute.number))
    page = signed_in(buyer).get("/search/", {"q": str(dispute.number)}).content.decode()
    for heading in ("Disputes</h2>", "Calls and leads</h2>", "Invoices</h2>"):
        assert heading in page


@pytest.mark.parametrize("who", ["other_buyer", "stranger"])
def test_nothing_out_of_scope_is_found_or_suggested(
    who: str, world: World, dispute: Dispute, request: pytest.FixtureRequest, signed_in: SignedIn
) -> None:
    client = signed_in(request.getfixturevalue(who))
    number = invoice(world).number
    for text in (f"D-{dispute.number}", dispute.charge.external_id, "212-555-7788", "7788", str(number), "no-such-id"):
        page = client.get("/search/", {"q": text}).content.decode()
        assert NOTHING in page, text
        assert client.get("/search/suggest/", {"q": text}).content.decode().strip() == "", text


def test_a_vendor_finds_its_adjusted_calls_and_nothing_else(
    world: World, dispute: Dispute, vendor: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"auto_close": False})
    client = signed_in(vendor)
    asked = ("sub-9", "CALL-A1", f"D-{dispute.number}", "212-555-7788")
    assert all(NOTHING in client.get("/search/", {"q": text}).content.decode() for text in asked)
    settle(dispute, manager)
    pages = {text: client.get("/search/", {"q": text}).content.decode() for text in asked}
    assert [NOTHING in page for page in pages.values()] == [False, False, True, True]
    assert "$" not in pages["sub-9"]
    assert world.customer.name not in pages["sub-9"]
    # What was given back whole is no change, and is not listed.
    assert operations.reverse(manager, items=[ReverseItem(dispute.pk, note="It was a customer")])[0].ok
    assert NOTHING in client.get("/search/", {"q": "sub-9"}).content.decode()
    other = signed_in(world.person("vendor", "v-two", vendor_number="V2"))
    assert NOTHING in other.get("/search/", {"q": "sub-9"}).content.decode()


@pytest.mark.parametrize("text", INJECTED)
def test_whatever_is_typed_is_text(text: str, dispute: Dispute, manager: Principal, signed_in: SignedIn) -> None:
    page = signed_in(manager).get("/search/", {"q": text})
    assert page.status_code == 200
    assert NOTHING in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_suggestions_are_options_and_a_letter_is_too_little(
    dispute: Dispute, buyer: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(buyer)
    page = client.get("/search/suggest/", {"q": str(dispute.number)}).content.decode()
    assert f'data-href="/disputes/D-{dispute.number}/"' in page
    assert "<!doctype" not in page
    assert client.get("/search/suggest/", {"q": "1"}).content.decode().strip() == ""


def test_drafts_are_not_found_by_their_number(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    operations.save_draft(buyer, items=[DraftItem(world.charge().pk, "SPAM", "Begun")])
    number = Dispute.objects.values_list("number", flat=True).get()
    assert NOTHING in signed_in(buyer).get("/search/", {"q": f"D-{number}"}).content.decode()
