"""Pages of the bill inquiry assistant: what a representative reads, where each mark leads, what is refused."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from makegood.billing.models import Charge, Invoice
from makegood.billing.states import Subkind
from makegood.billing.tests.bills import CENT, Billing, named_bill
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.parties.entries import Principal
from makegood.web.tests.conftest import SignedIn
from makegood.web.views import inquiries
from tests.world import World


@pytest.fixture
def billing(world: World) -> Billing:
    return Billing(world)


@pytest.fixture
def bills(billing: Billing) -> tuple[Invoice, Invoice]:
    return named_bill(billing)


def read(client: Client, path: str) -> str:
    """A page without its marks."""
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    text = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))


def links(client: Client, path: str, containing: str) -> list[str]:
    """The addresses on a page that contain a text."""
    found = re.findall(r'href="([^"]+)"', client.get(path).content.decode())
    return [html.unescape(one) for one in found if containing in one]


def at(billing: Billing, more: str = "") -> str:
    return f"/accounts/{billing.customer.pk}/inquiries/bill/{more}"


def test_a_bill_is_explained_in_sentences(
    csr: Principal, billing: Billing, bills: tuple[Invoice, Invoice], signed_in: SignedIn
) -> None:
    text = read(signed_in(csr), at(billing))
    for said in (
        "The bill for November is $214.30: $72.50 more than October, which was $141.80 (51%).",
        "Data usage on 2125550142 was 23.1 GB against 9.8 GB: +$41.23 (57% of the increase). Mostly 14 to 16 Nov.",
        'New: "Premium Voice" on 2125550142, since 3 Nov: +$19.99 (28% of the increase)',
        'Billed once: "Premium Voice, set-up": +$12.00',
        '"Fiber 500" went from $59.00 to $67.40: +$8.40',
        'No longer billed: "Paper bill": -$5.00',
        '"Office line" was billed for 28 days against 31: -$2.15',
        'Credit: "Loyalty credit": -$7.97',
        "Taxes of $16.00 against $10.00: +$6.00",
    ):
        assert said in text
    assert "against 9.8 GB: $41.23 more, 57% of the increase. Mostly 14 to 16 Nov." in text
    assert "5 smaller items together make $0.72 less." in text
    assert "Subject: Your bill 5000002 for November" in text


def test_the_waterfall_is_a_table_whose_rows_open_their_charges(
    csr: Principal, billing: Billing, bills: tuple[Invoice, Invoice], signed_in: SignedIn
) -> None:
    client = signed_in(csr)
    found = re.search(r'id="figure-waterfall".*?</figure>', client.get(at(billing)).content.decode(), re.DOTALL)
    assert found
    rows = re.findall(r'<th scope="row">(?:<a href="([^"]+)">)?([^<]+)(?:</a>)?</th><td[^>]*>([^<]+)</td>', found[0])
    assert [(label, amount) for _, label, amount in rows] == [
        ("October", "$141.80"), ("New", "+$19.99"), ("Removed", "-$5.00"), ("Price", "+$8.40"),
        ("Volume", "+$41.23"), ("One-time and fees", "+$12.00"), ("Proration", "-$2.15"),
        ("Taxes", "+$6.00"), ("Credits", "-$7.97"), ("November", "$214.30"),
    ]  # fmt: skip
    for href, label, amount in rows[1:-1]:
        text = read(client, html.unescape(href))
        assert f"In the difference {amount}" in text, label


def test_a_bar_shows_exactly_its_charges_and_carries_them_to_a_dispute(
    csr: Principal, billing: Billing, bills: tuple[Invoice, Invoice], signed_in: SignedIn
) -> None:
    october, november = bills
    client = signed_in(csr)
    page = client.get(at(billing, "volume/")).content.decode()
    chosen = {int(pk) for pk in re.findall(r'name="charge" value="(\d+)"[^>]*checked', page)}
    records = Charge.objects.filter(kind="usage")
    assert chosen == set(records.filter(invoice=november).values_list("pk", flat=True))
    assert f'name="bill" value="{november.number}"' in page
    assert f'action="/accounts/{billing.customer.pk}/dispute/new/"' in page
    text = read(client, at(billing, "volume/"))
    assert "November $71.61 4 lines October $30.38 7 lines" in text
    assert f"7 of {october.number}" not in text


def test_a_finding_of_lines_goes_straight_to_a_dispute_of_them(
    csr: Principal, manager: Principal, billing: Billing, bills: tuple[Invoice, Invoice], signed_in: SignedIn
) -> None:
    addresses = links(signed_in(csr), at(billing), "/dispute/new/")
    asked = [parse_qs(urlsplit(one).query) for one in addresses]
    named = Charge.objects.get(feature_label="Premium Voice")
    assert {"bill": ["5000002"], "charge": [str(named.pk)]} in asked
    assert asked[0] == {"bill": ["5000002"]}
    assert len(asked[1:]) == 4  # Premium Voice and its set-up, Fiber 500, Office line: what is on this bill
    assert links(signed_in(manager), at(billing), "dispute/new") == []


def test_a_disputed_charge_says_so_and_is_not_chosen(
    csr: Principal, buyer: Principal, world: World, signed_in: SignedIn
) -> None:
    billing = Billing(world)
    invoice = billing.bill(11)
    free, taken = (world.charge(**billing._on(invoice)) for _ in range(2))
    [answer] = operations.submit(buyer, items=[SubmitItem(taken.pk, "SPAM", "Automated voice")])
    assert answer.ok
    page = signed_in(csr).get(at(billing, "usage/")).content.decode()
    assert re.findall(r'name="charge" value="(\d+)"[^>]*checked', page) == [str(free.pk)]
    assert "Pending" in page


def test_periods_of_different_length_are_told_by_day(csr: Principal, billing: Billing, signed_in: SignedIn) -> None:
    old, new = billing.bill(10, total=3_100), billing.bill(11, total=1_500)
    new.bill_period.starts_on = date(2026, 11, 16)
    new.bill_period.save()
    billing.line(old, "Fiber", 3_100)
    billing.line(new, "Fiber", 1_500)
    text = read(signed_in(csr), at(billing))
    assert '"Fiber" was billed for 15 days against 31: -$16.00 (100% of the decrease)' in text
    assert "$1.00 a day in 15 days" in text


def test_a_first_bill_is_taken_apart(csr: Principal, billing: Billing, signed_in: SignedIn) -> None:
    invoice = billing.bill(11, total=5_100)
    billing.line(invoice, "Fiber", 5_000, tax_micros=100 * CENT)
    client = signed_in(csr)
    text = read(client, at(billing))
    assert "It is the first one, so there is nothing to compare it with." in text
    assert '"Fiber": $50.00' in text
    assert "In the bill $50.00" in read(client, at(billing, "recurring/"))


def test_what_cannot_be_compared_says_why(csr: Principal, billing: Billing, signed_in: SignedIn) -> None:
    billing.line(billing.bill(10, currency="EUR"), "Fiber", 4_000)
    billing.line(billing.bill(11), "Fiber", 5_000)
    client = signed_in(csr)
    text = read(client, at(billing))
    assert "This bill is in USD, the other one in EUR: amounts of different currencies are never compared." in text
    assert "3 earlier bills make this mean, and there are 1" in read(client, at(billing, "?against=mean3"))
    assert "$50.00" in text


def test_bills_without_change_and_accounts_without_bills(
    csr: Principal, world: World, billing: Billing, signed_in: SignedIn
) -> None:
    client = signed_in(csr)
    assert "No bill was issued yet." in read(client, at(billing))
    assert client.get(at(billing, "new/")).status_code == 404
    for month in (10, 11):
        billing.line(billing.bill(month), "Fiber", 5_000)
    text = read(client, at(billing))
    assert "exactly as much as October" in text
    assert "Nothing changed: both bills are the same, line by line." in text


def test_the_buyer_reads_its_own_bills_and_nobody_elses(
    buyer: Principal, other_buyer: Principal, vendor: Principal, billing: Billing, bills: tuple[Invoice, Invoice],
    signed_in: SignedIn,
) -> None:  # fmt: skip
    assert "$72.50 more than October" in read(signed_in(buyer), at(billing))
    absent = signed_in(other_buyer).get("/accounts/999999/inquiries/bill/")
    hidden = signed_in(other_buyer).get(at(billing))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert signed_in(other_buyer).get(at(billing, "new/")).status_code == 404
    assert signed_in(vendor).get(at(billing)).status_code == 403


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("?bill=999", 404), ("?bill=x", 404), ("?against=999", 404), ("?against=nonsense", 200),
        ("?bill=99999999999999999999", 404), ("nonsense/", 404), ("usage/", 404), ("line/", 404),
        ("line/?line=abc", 404), ("new/?after=x.y", 200),
    ],
)  # fmt: skip
def test_addresses_that_mean_nothing(
    more: str, status: int, csr: Principal, billing: Billing, bills: tuple[Invoice, Invoice], signed_in: SignedIn
) -> None:
    assert signed_in(csr).get(at(billing, more)).status_code == status


def test_against_a_mean(csr: Principal, billing: Billing, signed_in: SignedIn) -> None:
    for month, cents in ((8, 5_000), (9, 5_000), (10, 5_001), (11, 6_000)):
        billing.line(billing.bill(month), "Minutes", cents, Subkind.CALL, unit="min")
    client = signed_in(csr)
    text = read(client, at(billing, "?against=mean3"))
    assert "more than the mean of 3 bills, which was $50.003333" in text
    (href,) = links(client, at(billing, "?against=mean3"), "/line/")[:1]
    assert "3 lines on 3 bills together" in read(client, href)


def test_of_many_changes_the_smallest_are_told_together(
    csr: Principal, billing: Billing, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = billing.bill(10), billing.bill(11)
    billing.line(old, "Fiber", 5_000)
    for number in range(12):
        billing.line(new, f"Line {number}", 100 + number)
    monkeypatch.setattr(inquiries, "MOST", 10)
    text = read(signed_in(csr), at(billing))
    assert "3 more together make +$3.03." in text
    assert 'New: "Line 2"' not in text


def test_htmx_gets_the_part(
    csr: Principal, billing: Billing, bills: tuple[Invoice, Invoice], signed_in: SignedIn
) -> None:
    response = signed_in(csr).get(at(billing), headers={"HX-Request": "true"})
    assert response.content.startswith(b"<form")
    assert response.headers["Vary"].count("HX-Request") == 1


def test_a_buyer_has_an_entry_that_leads_to_the_own_bill(
    buyer: Principal, other_buyer: Principal, csr: Principal, world: World, billing: Billing,
    bills: tuple[Invoice, Invoice], signed_in: SignedIn,
) -> None:  # fmt: skip
    assert signed_in(buyer).get("/bills/")["Location"] == at(billing)
    assert "No bill was issued yet." in read(signed_in(other_buyer), "/bills/")
    assert signed_in(csr).get("/bills/").status_code == 404
    assert links(signed_in(buyer), "/calls/", "/bills/") == []
    world.program.unit_kind = ["call", "invoice_feature"]
    world.program.save()
    assert set(links(signed_in(buyer), "/calls/", "/bills/")) == {"/bills/"}
    assert links(signed_in(csr), "/accounts/", "/bills/") == []


def test_lines_that_name_their_use_are_drawn_by_day_for_each_kind(
    csr: Principal, billing: Billing, signed_in: SignedIn
) -> None:
    for month in (10, 11):
        on = billing.bill(month)
        for day, (subkind, unit) in enumerate(((Subkind.CALL, "min"), (Subkind.DATA, "GB")), 1):
            at_noon = datetime(2026, month, day, 12, tzinfo=UTC)
            billing.line(on, f"Use of {unit}", 30 * (month + day), subkind=subkind, unit=unit, occurred_at=at_noon)
    page = signed_in(csr).get(at(billing)).content.decode()
    assert 'id="figure-days-call"' in page
    assert 'id="figure-days-data"' in page
