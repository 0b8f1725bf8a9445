"""The vendor's pages: its own ids, exactly what changed, sums equal to the ledger, and never the buyer."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from makegood.billing.models import Campaign
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, ReverseItem, SubmitItem
from makegood.disputes.selectors.payouts import every_payout_line, payout_periods, payout_statement
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.notifications import operations as notices
from makegood.notifications.models import Digest, DigestItem
from makegood.parties import operations as parties
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.states import Verb
from makegood.web.tests.conftest import SignedIn
from tests.api_client import ClientMaker
from tests.world import World

WORDS = "The caller asked for a dentist"
SECRETS = ("Acme", "B1", "45.00", "15.00", WORDS, "D-1", "PO-77", "555-0142", "We heard a machine")
"""The buyer, its number, price, credit, words, dispute, reference; the caller's number; the reviewer's words."""
API = ("charges", "disputes", "notifications", "recordings", "ledger/entries", "charges?filter=1")


@pytest.fixture(autouse=True)
def reversible(world: World) -> None:
    """Decided disputes stay open, so that their credits can be reversed."""
    parties.change_settings(SYSTEM, program=world.program, settings={"auto_close": False})


@dataclass(frozen=True)
class Adjusted:
    """Three calls of the vendor: taken back, reduced by a third, and taken back and given back again."""

    taken: int
    reduced: int
    given_back: int
    untouched: int


def decide(
    world: World, buyer: Principal, manager: Principal, number: int, micros: int | None, **facts: Any
) -> tuple[int, int]:
    """A dispute on a call of the vendor, decided and committed; its number and its charge's."""
    own = {"vendor_ref": f"NA-{1000 + number}", "vendor_sub_id": f"s{number}", "buyer_ref": "PO-77"}
    charge = world.charge(**own, **facts)
    [filed] = operations.submit(buyer, items=[SubmitItem(charge.pk, "NOT_QUALIFIED", WORDS)])
    kind = DecisionKind.PARTIAL if micros else DecisionKind.ACCEPT
    item = DecisionItem(filed.id or 0, kind, micros, note="We heard a machine.")
    assert operations.decide(manager, items=[item])[0].ok
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    return filed.id or 0, charge.pk


@pytest.fixture
def adjusted(world: World, buyer: Principal, manager: Principal) -> Adjusted:
    _, taken = decide(world, buyer, manager, 1, None)
    _, reduced = decide(world, buyer, manager, 2, 15_000_000)
    dispute, given_back = decide(world, buyer, manager, 3, None)
    assert operations.reverse(manager, items=[ReverseItem(dispute, note="It was a customer after all")])[0].ok
    return Adjusted(taken, reduced, given_back, world.charge(vendor_ref="NA-1009").pk)


def read(client: Client, path: str) -> str:
    """The page or the file as text."""
    answer: Any = client.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode())


def rows(client: Client, path: str) -> list[dict[str, str]]:
    """A CSV by its columns."""
    return list(csv.DictReader(io.StringIO(read(client, path))))


def test_calls_stand_under_the_vendors_own_ids_with_old_change_and_new(
    adjusted: Adjusted, vendor: Principal, signed_in: SignedIn
) -> None:
    page = read(signed_in(vendor), "/adjusted-calls/")
    for text in ("NA-1001", "s1", "NA-1002", "s2", "-$30.00", "-$10.00", "$20.00", "Taken back", "Reduced"):
        assert text in page, text
    for text in ("NA-1003", "NA-1009"):
        assert text not in page, text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=NA-1002", ["NA-1002"]),
        ("?q=NA-100", ["NA-1002", "NA-1001"]),
        ("?q=s1", ["NA-1001"]),
        ("?sub=s2", ["NA-1002"]),
        ("?sub=s3", []),
        ("?since=2100-01-01", []),
        ("?until=2000-01-01", []),
        ("?since=never&campaign=x", ["NA-1002", "NA-1001"]),
        ("?q=%25", []),
    ],
)
def test_the_file_holds_exactly_what_is_filtered(
    query: str, found: list[str], adjusted: Adjusted, vendor: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(vendor)
    exported = rows(client, f"/adjusted-calls/export/{query}")
    assert [row["call_id"] for row in exported] == found
    page = read(client, f"/adjusted-calls/{query}")
    assert [name for name in ("NA-1001", "NA-1002", "NA-1003") if f">{name}</a>" in page] == sorted(found)


def test_a_vendor_meets_neither_buyer_nor_price_anywhere(
    adjusted: Adjusted, vendor: Principal, signed_in: SignedIn, api_client: ClientMaker
) -> None:
    client = signed_in(vendor)
    notices.fold()
    paths = (
        "/adjusted-calls/", "/adjusted-calls/export/", f"/adjusted-calls/{adjusted.taken}/", "/payouts/",
        f"/adjusted-calls/{adjusted.reduced}/", f"/adjusted-calls/{adjusted.given_back}/", "/payouts/export/",
        "/notifications/", "/notifications/preferences/", "/bell/", "/preferences/", f"/calls/{adjusted.taken}/",
        f"/search/?q={WORDS[:10]}", "/search/?q=NA-1001", "/search/suggest/?q=Acme", "/disputes/", "/statements/",
    )  # fmt: skip
    answers = {path: read(client, path) for path in paths}
    service = api_client(vendor, scopes=sorted(vendor.verbs))
    answers |= {path: service.get(f"/api/v1/{path}").content.decode() for path in API}
    answers |= {
        f"call {pk}": service.get(f"/api/v1/charges/chg_{pk}").content.decode() for pk in vars(adjusted).values()
    }
    for path, text in answers.items():
        for secret in SECRETS:
            # Ids and tokens of chance may hold the same letters somewhere in a row of others.
            assert not re.search(rf"\b{re.escape(secret)}(?![A-Za-z])", text), (path, secret)
    for path in ("/adjusted-calls/", "/payouts/export/"):
        assert "NA-1001" in answers[path]


@pytest.mark.parametrize("which", ["given_back", "untouched"])
def test_a_call_whose_payout_is_what_it_was_is_not_found(
    which: str, adjusted: Adjusted, vendor: Principal, signed_in: SignedIn
) -> None:
    assert signed_in(vendor).get(f"/adjusted-calls/{getattr(adjusted, which)}/").status_code == 404


def test_somebody_elses_call_is_not_found(adjusted: Adjusted, world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.person("vendor", "other", vendor_number="V2"))
    assert client.get(f"/adjusted-calls/{adjusted.taken}/").status_code == 404
    for path in ("/adjusted-calls/", "/payouts/"):
        assert "Nothing was taken back." in read(client, path)
    assert rows(client, "/adjusted-calls/export/") == rows(client, "/payouts/export/") == []


def test_campaigns_are_withheld_where_the_program_says_so_or_where_they_name_the_buyer(
    world: World, buyer: Principal, manager: Principal, vendor: Principal, signed_in: SignedIn
) -> None:
    campaign = Campaign.objects.create(program=world.program, number="1", name="Roofs in Ohio")
    _, charge = decide(world, buyer, manager, 1, None, campaign=campaign)
    decide(world, buyer, manager, 2, None)
    client, only = signed_in(vendor), f"/adjusted-calls/export/?campaign={campaign.pk}"
    assert len(rows(client, only)) == 1
    assert "Roofs in Ohio" in read(client, "/adjusted-calls/")
    parties.change_settings(SYSTEM, program=world.program, settings={"vendors_see_campaign": False})
    assert "Roofs in Ohio" not in read(client, "/adjusted-calls/") + read(client, "/adjusted-calls/export/")
    assert len(rows(client, only)) == 2
    parties.change_settings(SYSTEM, program=world.program, settings={"vendors_see_campaign": True})
    Campaign.objects.update(name="ACME plumbing, Ohio")
    assert "ACME" not in read(client, "/adjusted-calls/") + read(client, f"/adjusted-calls/{charge}/")


def test_the_statement_adds_up_to_the_ledger_whatever_happened(
    world: World, buyer: Principal, manager: Principal, vendor: Principal
) -> None:
    begin = datetime(2026, 9, 20, 12, 0, tzinfo=UTC)
    for step in range(8):
        with clock.frozen(begin + timedelta(days=8 * step)):
            dispute, _ = decide(world, buyer, manager, step, 9_000_000 * step % 45_000_000 or None)
        if step % 3 == 0:
            with clock.frozen(begin + timedelta(days=8 * step + step % 2 * 20, hours=1)):
                assert operations.reverse(manager, items=[ReverseItem(dispute, note="Given back")])[0].ok
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(p.micros), 0) FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
            " WHERE a.kind = 'AP'"
        )
        [[posted]] = cursor.fetchall()
    for zone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles"):
        periods = payout_periods(vendor, zone=zone)
        assert -sum(total.net.micros for period in periods for total in period.totals) == posted
        for period in periods:
            lines = list(every_payout_line(vendor, zone=zone, period=period.key))
            shown = payout_statement(vendor, zone=zone, period=period.key)
            [total] = period.totals
            assert shown.period == period
            assert sum(line.change.micros for line in lines) == total.net.micros == lines[-1].running.micros
            assert len({line.charge_id for line in lines}) == total.calls
            assert not shown.groups[0].is_cut


def test_a_statement_is_read_by_month(adjusted: Adjusted, vendor: Principal, signed_in: SignedIn) -> None:
    client = signed_in(vendor)
    page = read(client, "/payouts/?period=1999-01")
    for text in (f"{clock.now():%B %Y}", "-$40.00", "Taken back", "NA-1002"):
        assert text in page
    assert "NA-1003" not in page
    exported = rows(client, "/payouts/export/")
    assert [(row["call_id"], row["change"], row["running"]) for row in exported] == [
        ("NA-1001", "-30.00", "-30.00"),
        ("NA-1002", "-10.00", "-40.00"),
    ]


@pytest.mark.parametrize("path", ["/adjusted-calls/", "/adjusted-calls/export/", "/payouts/", "/payouts/export/"])
def test_the_pages_are_for_vendors(path: str, buyer: Principal, manager: Principal, signed_in: SignedIn) -> None:
    assert not buyer.can(Verb.PAYOUT_VIEW)
    assert {signed_in(who).get(path).status_code for who in (buyer, manager)} <= {403, 404}


def test_a_message_opens_exactly_its_calls_and_says_what_was_given_back_since(
    world: World, adjusted: Adjusted, vendor: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(vendor)
    digest = notices_digest(vendor, [adjusted.taken, adjusted.given_back])
    answer = client.get(f"/notifications/{digest}/")
    assert answer.headers["Location"] == f"/adjusted-calls/?notice={digest}"
    page = read(client, answer.headers["Location"])
    assert ("NA-1001" in page, "NA-1002" in page, "NA-1003" in page) == (True, False, False)
    assert "1 of them has its old payout again" in page


def notices_digest(vendor: Principal, charges: list[int]) -> int:
    """A delivered message about some calls."""
    at, facts = clock.now(), {"recipient_id": vendor.id, "template": "vendor_revenue"}
    digest = Digest.objects.create(**facts, window="4h", opens_at=at, due_at=at, flushed_at=at, count=len(charges))
    for event, charge in enumerate(charges):
        row = {"event_id": event, "subject_id": charge, "charge_id": charge, "dispute_id": 1, "currency": "USD"}
        DigestItem.objects.create(digest=digest, **facts, **row, delta=-30_000_000)
    return digest.pk
