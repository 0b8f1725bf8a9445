"""The lead manager's pages: which charges are leads, the four statuses, the record, the popup as a page, the file."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from makegood.billing.models import Campaign, Charge
from makegood.billing.states import Subkind
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, SubmitItem
from makegood.disputes.models import Dispute, Review
from makegood.disputes.states import DecisionKind, Door, ReviewState
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import SavedView
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import World, standing_world

HTMX = {"HX-Request": "true"}
FORM = {"subkind": Subkind.LEAD, "lead_channel": "form", "answered": None, "duration_s": None}
PHONE = {"answered": True, "recording_enabled": True}
EXPLAINED = {"reason": "SOLICITOR", "description": "Wanted to sell us tools; called twice before."}


@pytest.fixture
def leads(db: None) -> World:
    """A program that reviews leads; nothing is in it."""
    return standing_world("lead_review")


@pytest.fixture
def buyer(leads: World) -> Principal:
    return leads.person("buyer", customer_number="B1")


@pytest.fixture
def manager(leads: World) -> Principal:
    return leads.person("manager")


def shown(page: str) -> list[int]:
    """The leads that a page lists."""
    return [int(pk) for pk in re.findall(r'<tbody id="lead-(\d+)"', page)]


def words(page: str) -> str:
    """The text of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def listed(client: Client, **asked: str) -> list[int]:
    return shown(client.get("/leads/", asked).content.decode())


def read(answer: Any) -> list[dict[str, str]]:
    """The rows of a file."""
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def decided(
    buyer: Principal, manager: Principal, charge: Charge, kind: DecisionKind, reason: str = "SOLICITOR"
) -> Dispute:
    """A lead that was submitted for review and decided."""
    (filed,) = operations.submit(buyer, items=[SubmitItem(charge.pk, reason, "Wanted to sell us tools.")])
    assert filed.ok, filed
    item = DecisionItem(filed.id or 0, kind, note="As heard.")
    (answer,) = operations.decide(manager, items=[item], door=Door.API)
    assert answer.ok, answer
    return Dispute.objects.get(pk=filed.id)


def reviewed(charge: Charge, state: ReviewState, reviewer: Principal, **facts: Any) -> Review:
    """A review that nobody asked for, as far as a state."""
    now = clock.now()
    more: dict[str, Any] = {}
    if state is ReviewState.CLAIMED:
        more = {"reviewer_id": reviewer.id, "claimed_until": now + timedelta(minutes=5), "started_at": now}
    if state is ReviewState.DONE:
        more = {"reviewer_id": reviewer.id, "started_at": now, "finished_at": now, "verdict": "billable"}
    return Review.objects.create(
        charge=charge, program_id=charge.program_id, customer_id=charge.customer_id, chosen_by="random", chance=1,
        state=state, **{**more, **facts},
    )  # fmt: skip


def every_state(world: World, buyer: Principal, manager: Principal) -> dict[str, list[Charge]]:
    """Leads by the status that they have; every way to have it once. One is of a campaign, one two months old."""
    campaign = Campaign.objects.create(program=world.program, number="K7", name="Drains")
    facts: list[dict[str, Any]] = [{}] * 6
    facts[0], facts[2] = {"campaign": campaign}, {"occurred_at": clock.now() - timedelta(days=60)}
    made = [world.charge(**PHONE, **more) for more in facts]
    made += [world.charge(**FORM, contact_name=f"Contact {place}") for place in range(5)]
    for charge, state in zip(made[6:9], (ReviewState.QUEUED, ReviewState.CLAIMED, ReviewState.DONE), strict=True):
        reviewed(charge, state, manager)
    canceled = made[9]
    reviewed(canceled, ReviewState.CANCELED, manager)
    items = [SubmitItem(charge.pk, "SOLICITOR", "Wanted to sell us tools.") for charge in made[:5]]
    ids = [answer.id or 0 for answer in operations.submit(buyer, items=items)]
    operations.claim(manager, items=[Ref(ids[1])])
    kinds = (DecisionKind.ACCEPT, DecisionKind.REJECT)
    choices = [DecisionItem(pk, kind, note="As heard.") for pk, kind in zip(ids[2:4], kinds, strict=True)]
    assert all(answer.ok for answer in operations.decide(manager, items=choices, door=Door.API))
    operations.withdraw(buyer, items=[Ref(ids[4])])
    return {
        "not_reviewed": [made[4], made[5], made[6], canceled, made[10]],
        "in_review": [made[1], made[7]],
        "submitted": [made[0]],
        "completed": [made[2], made[3], made[8]],
    }


def test_each_status_lists_and_counts_exactly_its_leads(
    leads: World, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    states, client = every_state(leads, buyer, manager), signed_in(buyer)
    page = client.get("/leads/?mark=all").content.decode()
    tabs = dict(re.findall(r'href="\?[^"]*status=(\w+)[^"]*"[^>]*>[^<]*<span class="mg-lead-count">(\d+)<', page))
    assert {key: int(count) for key, count in tabs.items()} == {key: len(made) for key, made in states.items()}
    for key, made in states.items():
        assert sorted(listed(client, status=key)) == sorted(one.pk for one in made), key
        assert len({row["review_status"] for row in read(client.get("/leads/export.csv", {"status": key}))}) == 1
    assert len(listed(client, mark="all")) == sum(map(len, states.values()))
    # The word beside each row is the one that its status names.
    words_of = {row["id"]: row["review_status"] for row in read(client.get("/leads/export.csv", {"mark": "all"}))}
    names = {"not_reviewed": "Not Reviewed", "in_review": "In Review", "submitted": "Submitted for Review",
             "completed": "Review Completed"}  # fmt: skip
    assert words_of == {one.external_id: names[key] for key, made in states.items() for one in made}
    # So is the outcome: a claimed review leaves it open, an accepted one takes the lead off the bill.
    rows = read(client.get("/leads/export.csv", {"mark": "all"}))
    for mark, word, count in (("billable", "Billable", 9), ("non_billable", "Non-Billable", 1), ("reduced", "", 0),
                              ("undetermined", "Undetermined", 1)):  # fmt: skip
        found = [row["id"] for row in read(client.get("/leads/export.csv", {"mark": mark}))]
        assert found == [row["id"] for row in rows if row["outcome"] == word], mark
        assert len(found) == len(listed(client, mark=mark)) == count


def test_it_opens_with_what_is_billable_and_a_status_asks_for_any_outcome(
    leads: World, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    old = clock.now() - timedelta(days=100)
    billable, non_billable, rejected = (leads.charge(**PHONE) for _ in range(3))
    leads.charge(**PHONE, occurred_at=old, received_at=old)
    decided(buyer, manager, non_billable, DecisionKind.ACCEPT)
    decided(buyer, manager, rejected, DecisionKind.REJECT)
    client = signed_in(buyer)
    page = client.get("/leads/").content.decode()
    assert sorted(shown(page)) == sorted([billable.pk, rejected.pk])
    said = words(page.split('id="said"')[1].split("</p>")[0])
    assert "Showing 2" in said
    assert '<option value="90d" selected>in the last 90 days</option>' in page
    assert sorted(listed(client, status="completed")) == sorted([non_billable.pk, rejected.pk])
    assert listed(client, mark="non_billable") == [non_billable.pk]
    assert listed(client, status="completed", mark="billable") == [rejected.pk]
    row = next(one for one in read(client.get("/leads/export.csv?mark=all")) if one["id"] == non_billable.external_id)
    assert (row["outcome"], row["credited"], row["channel"]) == ("Non-Billable", "45.00", "Phone")


def test_calls_and_leads_of_programs_that_review_them_are_leads(
    leads: World, buyer: Principal, signed_in: SignedIn
) -> None:
    other = operations.install_preset(SYSTEM, preset_key="lead_credit", key="credits", currency="USD")
    call, form = leads.charge(**PHONE), leads.charge(**FORM, contact_name="Pat Doe")
    chat = leads.charge(**{**FORM, "lead_channel": "chat"})
    usage, foreign = leads.charge(subkind=Subkind.MESSAGE), leads.charge(**FORM, program=other)
    client = signed_in(buyer)
    assert sorted(listed(client)) == sorted([call.pk, form.pk, chat.pk])
    assert listed(client, channel="phone") == [call.pk]
    assert listed(client, channel="form") == [form.pk]
    assert listed(client, channel="other") == [chat.pk]
    for charge in (usage, foreign):
        assert client.get(f"/leads/{charge.pk}/").status_code == 404
        assert client.get(f"/leads/{charge.pk}/submit/").status_code == 404


def test_leads_of_others_are_not_there(leads: World, buyer: Principal, signed_in: SignedIn) -> None:
    mine = leads.charge(**PHONE)
    other = signed_in(leads.person("buyer", "other", customer_number="B2"))
    assert listed(other) == listed(other, mark="all", q=mine.external_id) == []
    for path in (f"/leads/{mine.pk}/", f"/leads/{mine.pk}/submit/"):
        assert other.get(path).status_code == 404
    assert read(other.get("/leads/export.csv?mark=all&range=all")) == []
    with unchanged():
        assert other.post(f"/leads/{mine.pk}/submit/", EXPLAINED).status_code == 404


@pytest.mark.parametrize(
    ("facts", "ago", "said"),
    [
        (PHONE, timedelta(hours=167), [("met", "The call was answered."),
                                       ("met", "Received 6 days 23 hours ago; less than 7 days."),
                                       ("met", "Recording was on when the call arrived.")]),
        (PHONE, timedelta(hours=168), [("not met", "Received 7 days ago; the limit is 7 days.")]),
        (PHONE, timedelta(hours=168) - timedelta(microseconds=1),
         [("met", "Received 6 days 23 hours ago; less than 7 days.")]),
        ({"answered": False, "recording_enabled": False}, timedelta(hours=1),
         [("not met", "The call was not answered; missed calls are billable."),
          ("not met", "Recording was off when this call arrived, so it cannot be reviewed.")]),
    ],
)  # fmt: skip
def test_the_record_says_line_by_line_why_a_lead_is_eligible(
    leads: World,
    buyer: Principal,
    signed_in: SignedIn,
    facts: dict[str, Any],
    ago: timedelta,
    said: list[tuple[str, str]],
) -> None:
    now = clock.now()
    charge = leads.charge(**facts, occurred_at=now - ago, received_at=now - ago)
    with clock.frozen(now):
        page = signed_in(buyer).get(f"/leads/{charge.pk}/").content.decode()
    lines = page.split("mg-eligibility")[1].split("</ul>")[0]
    found = re.findall(r'<span>([^<]*)</span><span class="mg-tag">([^<]*)<', lines)
    assert {(sentence, met) for met, sentence in said} <= {(unescape(sentence), met) for sentence, met in found}
    assert ("Not eligible for review" in page) is any(met == "not met" for met, _ in said)


def test_of_a_form_nothing_is_asked_that_only_calls_have(leads: World, buyer: Principal, signed_in: SignedIn) -> None:
    raw = {"form_message": "Need a quote", "form_phone": "+12125550142", "payout": "30"}
    form = leads.charge(**FORM, contact_name="Pat Doe", contact_email="pat@mail.example", raw=raw)
    page = signed_in(buyer).get(f"/leads/{form.pk}/").content.decode()
    for part in ("Pat Doe", "pat@mail.example", "Message", "Need a quote", "Eligible for review"):
        assert part in page
    for part in ("The call was answered", "Recording was", "12125550142", "payout"):
        assert part not in page


def test_the_row_opens_in_place_and_the_popup_is_a_page_without_script(
    leads: World, buyer: Principal, signed_in: SignedIn
) -> None:
    charge, client = leads.charge(**PHONE), signed_in(buyer)
    row = client.get(f"/leads/{charge.pk}/?open=1", headers=HTMX).content.decode()
    assert "mg-lead-record" in row
    assert "<html" not in row
    page = client.get(f"/leads/{charge.pk}/submit/").content.decode()
    for part in ("<html", ">Explanation<", "follow-up attempts", "previous calls", "solicitor", "/leads/billable/"):
        assert part in page
    with unchanged():
        wrong = client.post(f"/leads/{charge.pk}/submit/", {"description": "No reason."})
    assert wrong.status_code == 422
    assert "No reason." in wrong.content.decode()
    sent = client.post(f"/leads/{charge.pk}/submit/", EXPLAINED)
    assert (sent.status_code, sent["Location"]) == (303, f"/leads/{charge.pk}/")
    dispute = Dispute.objects.get()
    assert (dispute.reason.code if dispute.reason else "", dispute.description) == tuple(EXPLAINED.values())
    page = client.get(f"/leads/{charge.pk}/").content.decode()
    assert f"{dispute} is submitted for review." in page
    assert "When it was submitted" in page
    again = client.post(f"/leads/{charge.pk}/submit/", {**EXPLAINED, "description": "Once more"}, headers=HTMX)
    assert again.status_code == 409
    assert "<html" not in again.content.decode()


def test_the_file_has_exactly_the_leads_of_the_list(
    leads: World, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    states = every_state(leads, buyer, manager)
    Review.objects.filter(state=ReviewState.DONE).update(tags=["price shopper", "returning"])
    client = signed_in(buyer)
    for asked in ({}, {"mark": "all"}, {"status": "in_review"}, {"channel": "form"}, {"tag": "returning"},
                  {"because": "SOLICITOR"}, {"campaign": "none"}, {"can": "no", "mark": "all"}):  # fmt: skip
        rows = read(client.get("/leads/export.csv", asked))
        ids = dict(Charge.objects.filter(external_id__in=[row["id"] for row in rows]).values_list("external_id", "pk"))
        assert [ids[row["id"]] for row in rows] == listed(client, **asked), asked
    (tagged,) = read(client.get("/leads/export.csv?tag=returning"))
    assert (tagged["id"], tagged["tags"]) == (states["completed"][2].external_id, "price shopper; returning")
    assert client.get("/leads/export.csv?status=lost").status_code == 303


def test_figures_open_exactly_their_leads(
    leads: World, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    every_state(leads, buyer, manager)
    Review.objects.filter(state=ReviewState.DONE).update(tags=["returning"])
    client = signed_in(buyer)
    told: set[tuple[str, str]] = set()
    for start in ("/leads/metrics/", "/leads/metrics/?mark=billable&range=90d", "/leads/metrics/?channel=form"):
        page = client.get(start).content.decode()
        figures = re.findall(r'<a href="(/leads/\?[^"]*)">(\d+)</a>', page)
        assert len(figures) > 12
        told |= {(unescape(address), count) for address, count in figures if int(count)}
        nothing = [(unescape(address), count) for address, count in figures if not int(count)]
        told |= set(nothing[:5])  # the way there is the same, whatever their number
    for address, count in told:
        assert len(shown(client.get(address).content.decode())) == int(count), address
    page = words(client.get("/leads/metrics/").content.decode())
    for part in ("Solicitor", "1 of 2", "Drains", "No campaign", "returning"):
        assert part in page


def test_a_view_of_leads_is_kept_apart_from_those_of_calls(leads: World, buyer: Principal, signed_in: SignedIn) -> None:
    form, client = leads.charge(**FORM), signed_in(buyer)
    leads.charge(**PHONE)
    saved = client.post("/leads/views/", {"name": "Forms", "query": "channel=form&tab=x", "default": "1"})
    assert saved["Location"] == "/leads/?channel=form"
    view = SavedView.objects.get()
    assert (view.page, view.query) == ("leads", "channel=form")
    assert client.get("/leads/")["Location"] == "/leads/?channel=form"
    assert listed(client, channel="form") == [form.pk]
    assert client.get("/calls/").status_code == 200
    assert client.post(f"/leads/views/{view.pk}/", {"verb": "delete", "query": ""}).status_code == 303
    assert not SavedView.objects.exists()
    assert client.post("/leads/views/", {"name": "", "query": ""}).status_code == 422


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"mark": "perhaps"}, "“perhaps” is no outcome here."),
        ({"status": "lost"}, "“lost” is no review status here."),
        ({"channel": "pigeon"}, "“pigeon” is none of the choices."),
        ({"campaign": "x"}, "“x” is none of the choices."),
    ],
)
def test_what_cannot_be_read_is_said(
    leads: World, buyer: Principal, signed_in: SignedIn, asked: dict[str, str], said: str
) -> None:
    charge = leads.charge(**PHONE)
    answer = signed_in(buyer).get("/leads/", asked)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert shown(answer.content.decode()) == [charge.pk]


def test_what_is_billable_is_what_the_catalogs_say(
    leads: World, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    from_catalog = operations.install_preset(SYSTEM, preset_key="call_marketplace", key="more", currency="USD")
    leads.charge(**PHONE)
    leads.charge(program=from_catalog)
    page = words(signed_in(buyer).get("/leads/billable/").content.decode())
    for part in ("A missed call or voicemail is still an opportunity", "Price shopper", "Solicitor",
                 "Received less than 7 days ago.", "Recording was on when the call arrived. phone leads",
                 "2 to 3 business days"):  # fmt: skip
        assert part in page, part
    assert "Edit" not in page
    admin = signed_in(leads.person("admin"))
    assert f"/admin/catalogs/{leads.program.key}/findings/" in admin.get("/leads/billable/").content.decode()
