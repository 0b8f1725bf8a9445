"""Quality and exposure as pages: everything is in the tables, every mark leads to its list, the files say the same."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.insights.tests.world import catch_up
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from makegood.parties.operations import set_grants
from makegood.parties.states import Dimension
from makegood.web.tests.conftest import SignedIn
from tests.world import World

PAGES = ("/quality/", "/quality/disputes/", "/quality/export/groups/", "/exposure/", "/exposure/disputes/",
         "/exposure/export/month-ends/")  # fmt: skip
_ROW = re.compile(r'<th scope="row">(?:<a href="([^"]+)">)?([^<]+).*?</th>(.*?)</tr>')
_CELL = re.compile(r'<td class="is-money"[^>]*>([^<]*)</td>')


@pytest.fixture
def history(world: World, buyer: Principal, other_buyer: Principal, manager: Principal) -> World:
    """Old calls of three vendors, some of which were disputed then and decided, and three that wait."""
    at = clock.now() - timedelta(days=70)
    with clock.frozen(at):
        for number in range(18):
            vendor = (world.vendor, world.other_vendor, None)[number % 3]
            charge = world.charge(vendor=vendor, occurred_at=at, received_at=at, billed_at=at)
            if number % 3 < 2:
                [answer] = operations.submit(buyer, items=[SubmitItem(charge.pk, "SPAM", "Automated voice")])
                kind = DecisionKind.REJECT if number % 4 == 0 else DecisionKind.ACCEPT
                decided = operations.decide(manager, items=[DecisionItem(answer.id or 0, kind, note="Heard it.")])
                assert decided[0].ok, decided
    with clock.frozen(at + timedelta(minutes=5)):
        operations.commit_due()
    for customer, person in ((world.customer, buyer), (world.customer, buyer), (world.other_customer, other_buyer)):
        item = SubmitItem(world.charge(customer=customer).pk, "SPAM", "Automated voice")
        assert operations.submit(person, items=[item])[0].ok
    catch_up()
    return world


def opened(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.content.decode()


def rows(page: str) -> list[tuple[str, str, list[str]]]:
    """Address, heading and cells of every row of every table of figures."""
    return [(html.unescape(href), html.unescape(name).strip(), [html.unescape(cell) for cell in _CELL.findall(cells)])
            for href, name, cells in _ROW.findall(page)]  # fmt: skip


def charts(page: str) -> list[dict[str, Any]]:
    """What the charts of a page are drawn from."""
    return [
        json.loads(block)
        for block in re.findall(r'<script id="data-[^"]*" type="application/json">(.*?)</script>', page)
    ]


def counted(page: str) -> int:
    found = re.search(r'<b class="mg-strong">([\d,]+)</b> dispute', page)
    assert found, page
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("of", ["disputed", "accepted", "invalid"])
@pytest.mark.parametrize("by", ["vendors", "buyers", "reasons"])
def test_the_count_of_a_row_is_that_of_its_list(
    history: World, manager: Principal, signed_in: SignedIn, by: str, of: str
) -> None:
    client = signed_in(manager)
    page = opened(client, f"/quality/?by={by}&of={of}")
    seen = [(href, cells) for href, _, cells in rows(page) if href]
    assert len(seen) > 1
    for href, cells in seen:
        listed = opened(client, href)
        assert counted(listed) == int(cells[0]), href
        assert listed.count("data-row-open") == min(50, int(cells[0])), href


@pytest.mark.parametrize("path", ["/quality/?of=disputed", "/quality/?by=money", "/exposure/"])
def test_a_page_without_scripts_holds_every_figure(
    history: World, manager: Principal, signed_in: SignedIn, path: str
) -> None:
    page = opened(signed_in(manager), path)
    told, drawn = rows(page), charts(page)
    assert drawn
    hrefs = {href for href, _, _ in told}
    names = {name for _, name, _ in told}
    for chart in drawn:
        assert chart["items"]
        for item in chart["items"]:
            assert item["href"] == "" or item["href"] in hrefs
            assert item["label"] in names or chart["kind"] == "line"
    assert page.count("<details") >= len(drawn)
    assert page.count("data-figure-table") == page.count("How is this computed?</h3>")


def test_headline_figures_are_mature(history: World, manager: Principal, signed_in: SignedIn) -> None:
    page = opened(signed_in(manager), "/quality/?of=disputed")
    assert "12 of 18 billed" in page
    [line] = [chart for chart in charts(page) if chart["kind"] == "line"]
    assert [(item["open"], item["said"][-1]) for item in line["items"]][-1] == (True, "can still change")


def test_the_waterfall_closes(history: World, manager: Principal, signed_in: SignedIn) -> None:
    client = signed_in(manager)
    [chart] = charts(opened(client, "/quality/?by=money"))
    assert [item["label"] for item in chart["items"]] == [
        "Billed", "Credited", "Reversed", "Fees", "Clawed back", "Net leakage"]  # fmt: skip
    lines = list(csv.DictReader(io.StringIO(taken(client, "/quality/export/money-usd-usd/?by=money"))))
    micros = {line["step"]: int(line["micros"]) for line in lines}
    assert micros["Credited"] == 8 * 45_000_000
    assert sum(micros[step] for step in ("Credited", "Reversed", "Fees", "Clawed back")) == micros["Net leakage"]


def taken(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.getvalue().decode()


def test_every_table_is_a_file_too(history: World, manager: Principal, signed_in: SignedIn) -> None:
    client = signed_in(manager)
    for path in ("/quality/?of=disputed", "/exposure/"):
        files = re.findall(r'href="([^"]+/export/[^"]+)"', opened(client, path))
        assert len(files) > 1, path
        for href in files:
            lines = list(csv.reader(io.StringIO(taken(client, html.unescape(href)))))
            assert len({len(line) for line in lines}) == 1, href
            assert len(lines) > 1, href
    [first, *_] = csv.DictReader(io.StringIO(taken(client, "/quality/export/groups/?of=disputed")))
    assert (first["n"], first["rate"], len(first["low_95"])) == ("6", "1.000000", 8)
    assert JournalEvent.objects.filter(event="list.exported", changes__list="quality-groups").count() == 2
    assert client.get("/quality/export/nothing/").status_code == 404


def test_exposure_leads_to_its_lists(history: World, manager: Principal, signed_in: SignedIn) -> None:
    client = signed_in(manager)
    page = opened(client, "/exposure/")
    assert "$135.00" in page
    for href, _, cells in rows(page):
        if href:
            assert counted(opened(client, href)) == int(cells[0]), href
    assert Dispute.objects.filter(stage="pending").count() == 3


def test_htmx_gets_the_part(history: World, manager: Principal, signed_in: SignedIn) -> None:
    part = opened(signed_in(manager), "/quality/?by=buyers", **{"HX-Request": "true"})
    assert part.lstrip().startswith("<form")
    assert "<html" not in part
    assert "Acme Plumbing" in part


ODD = (
    "by=nothing&of=nothing&period=nothing&program=nothing&what=x&currency=xxxxx",
    "period=99999999999999999999&before=99999999999999999999&buyer=99999999999999999999",
    "program=999999999&age=99",
    "since=x&until=9999-99-99&key=x&before=x&by=vendors",
)


@pytest.mark.parametrize("path", ["/quality/", "/quality/disputes/", "/exposure/", "/exposure/disputes/"])
def test_odd_addresses_mean_the_default(world: World, manager: Principal, signed_in: SignedIn, path: str) -> None:
    client = signed_in(manager)
    assert [client.get(f"{path}?{query}").status_code for query in ODD] == [200] * len(ODD)


@pytest.mark.parametrize("role", ["buyer", "vendor", "csr", "qa"])
def test_only_those_who_see_the_ledger_open_them(
    world: World, request: pytest.FixtureRequest, signed_in: SignedIn, role: str
) -> None:
    client = signed_in(request.getfixturevalue(role))
    assert {client.get(path).status_code for path in PAGES} == {403}


def test_a_limited_manager_sees_the_figures_of_the_limit(
    history: World, manager: Principal, signed_in: SignedIn
) -> None:
    person = User.objects.get(pk=manager.id)
    set_grants(SYSTEM, user=person, grants=[(Dimension.CUSTOMER_SUBTREE, str(history.other_customer.pk))])
    page = opened(signed_in(manager), "/exposure/")
    assert "$45.00" in page
    assert "Acme" not in page
    assert "Acme" not in opened(signed_in(manager), "/quality/?by=buyers")
    key = history.customer.pk
    listed = opened(signed_in(manager), f"/quality/disputes/?by=buyers&key={key}&all=1")
    assert counted(listed) == 0
    assert "Acme" not in listed
