"""The log's pages: the filter read and said, saved views, what is selected, the switch, the file."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from makegood.billing.models import BillPeriod, Charge, Invoice, Service
from makegood.billing.states import ChargeKind, Subkind
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import Customer, SavedView
from makegood.parties.operations import save_view
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import World, standing_world

HTMX = {"HX-Request": "true"}


def rows(page: str) -> list[int]:
    """The charges that a page lists."""
    return [int(pk) for pk in re.findall(r'<tbody id="call-(\d+)"', page)]


def words(page: str) -> str:
    """The text of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def read(answer: Any) -> str:
    """A streamed file."""
    return b"".join(answer.streaming_content).decode()


def bill(world: World) -> dict[str, Charge]:
    """One charge of each kind."""
    period = BillPeriod.objects.create(
        customer=world.customer, number=1, starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 1)
    )
    invoice = Invoice.objects.create(
        number=1984950, customer=world.customer, bill_period=period, currency="USD", issued_at=clock.now()
    )
    service = Service.objects.create(customer=world.customer, number="+12125550100")
    return {
        "calls": world.charge(),
        "leads": world.charge(subkind=Subkind.LEAD, lead_channel="form", contact_name="Pat Doe"),
        "usage": world.charge(
            subkind=Subkind.MESSAGE, quantity=Decimal(2), unit="messages", unit_price=Decimal("0.0044"),
            billed_micros=8_800, service=service,
        ),
        "lines": world.charge(
            kind=ChargeKind.INVOICE_FEATURE, usage_id=None, feature_id=10986, invoice=invoice, invoice_number=1984950,
            feature_label="Business line", subkind=Subkind.RECURRING, billed_micros=4_950_000, caller_e164=None,
        ),
    }  # fmt: skip


KINDS = {
    "calls": ("1 billed", "Caller", "Duration", "0:31"),
    "leads": ("Contact", "Pat Doe", "Channel", "Form"),
    "usage": ("usage record", "2 messages", "$0.0044", "sub-cent"),
    "lines": ("Invoice 1984950", "Business line", "1 to 31 Oct 2026", "$4.95"),
    "all": ("4 ", "Pat Doe", "Business line", "Everything"),
}


def test_each_kind_has_its_tab_and_words(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    client = signed_in(buyer)
    assert "Kinds and saved views" not in client.get("/calls/").content.decode()
    kinds = bill(world)
    every = sorted((charge.pk for charge in kinds.values()), reverse=True)
    for kind, said in KINDS.items():
        page = client.get("/calls/", {"kind": kind}).content.decode()
        assert sorted(rows(page), reverse=True) == ([kinds[kind].pk] if kind in kinds else every)
        assert [word for word in said if word not in words(page)] == []
    assert rows(client.get("/calls/").content.decode()) == [kinds["calls"].pk]
    assert rows(client.get("/calls/", {"q": "1984950"}).content.decode()) == [kinds["lines"].pk]
    for charge in kinds.values():
        assert charge.external_id in client.get(f"/calls/{charge.pk}/").content.decode()


def test_the_sentence_names_every_filter_and_each_can_be_removed(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    charge = world.charge()
    asked = {"range": "4d", "status": "none", "can": "yes", "min": "10", "answered": "yes", "caller": "0142"}
    page = signed_in(buyer).get("/calls/", asked).content.decode()
    said = words(page.split('id="said"')[1].split("</p>")[0])
    assert rows(page) == [charge.pk]
    for part in ("Showing 1", "billed", "call with", "in the last 4 days", "for Acme Plumbing", "that were answered",
                 "that can still be disputed", "charged $10.00 or more", "from 0142"):  # fmt: skip
        assert part in said, part
    without = dict(re.findall(r'id="drop-(\w+)" href="([^"]*)"', page))
    assert without.keys() == asked.keys()
    for key, address in without.items():
        assert f"{key}=" not in address
        assert address.count("=") == len(asked) - 1


@pytest.mark.parametrize(
    ("asked", "key", "said"),
    [
        ({"from": "2026-02-31"}, "from", "“2026-02-31” is not a day of the calendar."),
        ({"from": "2026-02-03", "to": "2026-02-01"}, "to", "The last day is before the first."),
        ({"min": "abc"}, "min", "&quot;abc&quot; is not an amount of money."),
        ({"min": "5", "max": "1"}, "max", "The highest amount is below the lowest."),
        ({"caller": "me"}, "caller", "“me” is no phone number."),
        ({"status": "lost"}, "status", "“lost” is no review status here."),
        ({"range": "soon"}, "range", "“soon” is no range of time."),
        ({"answered": "maybe"}, "answered", "“maybe” is none of the choices."),
        ({"campaign": "9" * 30}, "campaign", "is none of the choices."),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(
    asked: dict[str, str], key: str, said: str, world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    charge, client = world.charge(), signed_in(buyer)
    answer = client.get("/calls/", {**asked, "q": charge.external_id})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'<a href="#f-{key}">' in page
    assert said in page
    assert rows(page) == [charge.pk]
    kept = {name: text for name, text in asked.items() if name in {"from", "to", "min", "max", "caller"}}
    assert [name for name, text in kept.items() if f'name="{name}"' not in page or f'value="{text}"' not in page] == []
    assert client.get("/calls/export.csv", asked)["Location"].startswith("/calls/?")


def test_buyers_are_named_by_staff_alone(
    world: World, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    mine, theirs = world.charge(), world.charge(customer=world.other_customer)
    desk = signed_in(manager)
    for name, found in (("Bolt Roofing", theirs), ("B2", theirs), ("acme", mine)):
        assert rows(desk.get("/calls/", {"buyer": name}).content.decode()) == [found.pk]
    refused = desk.get("/calls/", {"buyer": "Nobody"})
    assert (refused.status_code, "No buyer in sight is called" in refused.content.decode()) == (422, True)
    assert rows(signed_in(buyer).get("/calls/", {"buyer": "B2"}).content.decode()) == [mine.pk]


def test_parts_carry_the_shortest_address_and_the_title(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    world.charge()
    typed = {"range": "7d", "billed": "", "status": "", "q": "", "more": "1", "kind": ""}
    answer = signed_in(buyer).get("/calls/", typed, headers=HTMX)
    assert answer["HX-Push-Url"] == "/calls/?range=7d&more=1"
    assert "<title>Calls · makegood</title>" in answer.content.decode()


def view_of(buyer: Principal) -> SavedView:
    return SavedView.objects.get(user=buyer.id)


def test_views_are_saved_opened_first_renamed_and_deleted(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    short, client = world.charge(billed_micros=1_000_000), signed_in(buyer)
    world.charge()
    form = {"query": "max=2&range=4d&after=x&more=1", "name": "Cheap", "default": "1"}
    assert client.post("/calls/views/", form)["Location"] == "/calls/?range=4d&max=2"
    opened = client.get("/calls/", follow=True)
    assert opened.redirect_chain == [("/calls/?range=4d&max=2", 303)]
    assert rows(opened.content.decode()) == [short.pk]
    assert len(rows(client.get("/calls/?view=none").content.decode())) == 2

    twice = client.post("/calls/views/", form)
    assert (twice.status_code, "called &quot;Cheap&quot; already" in twice.content.decode()) == (409, True)
    assert rows(twice.content.decode()) == [short.pk]
    assert client.get("/calls/views/?range=4d&after=x")["Location"] == "/calls/?range=4d&after=x"
    at = f"/calls/views/{view_of(buyer).pk}/"
    client.post(at, {"verb": "rename", "name": "Cheapest"})
    client.post(at, {"verb": "no_default"})
    assert (view_of(buyer).name, view_of(buyer).is_default) == ("Cheapest", False)
    client.post(at, {"verb": "delete"})
    assert not SavedView.objects.exists()


def test_views_of_others_answer_as_absent(buyer: Principal, manager: Principal, signed_in: SignedIn) -> None:
    theirs = save_view(manager, page="calls", name="Theirs", query="")
    client = signed_in(buyer)
    with unchanged(but=("django_session",)):
        for verb in ("rename", "default", "delete", "nonsense"):
            for number in (theirs.pk, 999_999):
                answer = client.post(f"/calls/views/{number}/", {"verb": verb, "name": "Mine"})
                assert answer.status_code == 404
    assert "Theirs" not in client.get("/calls/").content.decode()


def test_only_what_can_be_disputed_is_selected_and_summed_by_the_server(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    can, euro = world.charge(), world.charge(currency="EUR", billed_micros=9_000_000)
    cannot, foreign = world.charge(billed_at=None), world.charge(customer=world.other_customer)
    client = signed_in(buyer)
    page = client.get("/calls/?billed=all").content.decode()
    assert sorted(re.findall(r'name="charge" value="(\d+)"', page)) == sorted([str(can.pk), str(euro.pk)])
    assert 'action="/disputes/new/"' in page
    picked = {"charge": [f"{can.pk}", f"{euro.pk}", f"{cannot.pk}", f"{foreign.pk}", "x"]}
    assert words(client.get("/calls/selected/", picked).content.decode()) == "€9.00 , $90.00"
    opened = client.get(f"/calls/{can.pk}/?open=1&charge={can.pk}", headers=HTMX).content.decode()
    assert " checked>" in opened


def test_switch_off_hides_what_files_and_says_who_can_switch_it_on(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    charge, client = world.charge(), signed_in(buyer)
    assert "Dispute call" in client.get("/calls/").content.decode()
    Customer.objects.filter(pk=world.customer.pk).update(dispute_permission=False)
    for path in ("/calls/", f"/calls/{charge.pk}/", "/calls/?more=1"):
        page = client.get(path).content.decode().split("<main")[1]
        assert [hint for hint in ("/dispute/", "/disputes/new/", "data-row-pick", "data-left") if hint in page] == []
    assert "An administrator of your call provider can switch" in client.get("/calls/").content.decode()


def export(client: Client, form: str, **asked: str) -> list[dict[str, Any]]:
    """The rows of a file."""
    text = read(client.get(f"/calls/export.{form}", asked))
    return (
        list(csv.DictReader(io.StringIO(text))) if form == "csv" else [json.loads(line) for line in text.splitlines()]
    )


def test_the_file_holds_what_the_page_lists(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    charges = [world.charge(billed_micros=10_000_000 + n) for n in range(3)]
    world.charge(billed_micros=5_000_000)
    world.charge(customer=world.other_customer)
    world.charge(billed_at=None)
    operations.submit(buyer, items=[SubmitItem(charges[0].pk, "SPAM", "Automated voice")])
    client, asked = signed_in(buyer), {"min": "6", "range": "4d"}
    shown = rows(client.get("/calls/", asked).content.decode())
    by_id = {charge.external_id: charge for charge in charges}
    found = export(client, "csv", **asked)
    assert [by_id[row["id"]].pk for row in found] == shown
    last = found[-1]
    assert (last["charged"], last["charged_currency"], last["charged_micros"]) == ("10.00", "USD", "10000000")
    assert (last["zone"], last["review_status"], last["can_dispute"]) == ("America/New_York", "Pending", "no")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+-0[45]:00", last["when"])
    assert found[0]["charged"] == "10.000002"
    assert last["caller"] == "'+1 *** *** 0142"
    lines = export(client, "jsonl", **asked)
    assert [line["id"] for line in lines] == [row["id"] for row in found]
    assert (lines[-1]["charged_micros"], lines[-1]["caller"]) == (10_000_000, "+1 *** *** 0142")
    told = JournalEvent.objects.filter(event="list.exported", object_id=buyer.id).order_by("id")
    assert [event.changes for event in told] == [
        {"list": "calls", "query": "range=4d&min=6", "form": form, "rows": 3, "whole": True}
        for form in ("csv", "jsonl")
    ]
    assert client.get("/calls/export.exe").status_code == 404


def test_a_reader_who_leaves_is_told_of_too(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    world.charge()
    world.charge()
    answer: Any = signed_in(buyer).get("/calls/export.csv")
    parts = iter(answer.streaming_content)
    next(parts), next(parts)
    for close in answer._resource_closers:
        close()
    told = JournalEvent.objects.get(event="list.exported").changes
    assert (told["rows"], told["whole"]) == (1, False)


def test_formulas_are_guarded(world: World, manager: Principal, signed_in: SignedIn) -> None:
    world.charge(subkind=Subkind.LEAD, lead_channel="form", contact_name="=HYPERLINK(1)", external_id="-1+2")
    (row,) = export(signed_in(manager), "csv")
    assert (row["contact"], row["id"]) == ("'=HYPERLINK(1)", "'-1+2")


@pytest.mark.django_db
def test_lead_review_has_its_four_names_and_the_window_as_range(signed_in: SignedIn) -> None:
    world = standing_world("lead_review")
    buyer = world.person("buyer", customer_number="B1")
    world.charge(recording_enabled=True)
    page = signed_in(buyer).get("/calls/").content.decode()
    options = re.findall(r"<option[^>]*>([^<]*)</option>", page.split('id="f-status"')[1].split("</select>")[0])
    assert options == ["any review status", "Not Reviewed", "In Review", "Submitted for Review", "Review Completed"]
    assert '<option value="7d" selected>in the last 7 days</option>' in page
    assert "Submit for review" in page
    assert re.search(r"data-left>6 d 2[23] h", page)
