"""Amounts of a filter are of one currency: the one that is named, the only one there is, or none is guessed."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Program
from makegood.parties.operations import create_customer
from makegood.web.log_fields import Reader
from makegood.web.middleware import PageRequest
from makegood.web.tests.conftest import SignedIn
from makegood.web.typed_amounts import AmountRange, amounts_in
from tests.world import DisputeMaker, World

MILLION = 1_000_000


@pytest.fixture
def abroad(world: World, make_dispute: DisputeMaker) -> tuple[Dispute, Dispute]:
    """A dispute of 45.00 USD, and one of 45.00 EUR; programs name no currency."""
    Program.objects.update(currency="")
    paris = create_customer(SYSTEM, number="B3", name="Toit Paris", currency="EUR", zone="Europe/Paris")
    euros = world.charge(customer=paris, currency="EUR", payout_currency="EUR")
    toit = world.person("buyer", "toit", customer_number="B3")
    (filed,) = operations.submit(toit, items=[SubmitItem(euros.pk, "SPAM", "A recorded voice")])
    return make_dispute(), Dispute.objects.get(pk=filed.id)


def read(who: Principal, query: str, named: str = "") -> tuple[AmountRange, dict[str, str]]:
    request = RequestFactory().get("/", query_params=dict(pair.split("=") for pair in query.split("&")))
    request.principal, request.zone = who, "UTC"  # type: ignore[attr-defined]
    page: PageRequest = request  # type: ignore[assignment]
    reader = Reader(page)
    return amounts_in(page, reader, None, named), reader.errors


@pytest.mark.parametrize(
    ("query", "named", "low", "high", "currency"),
    [
        ("min=EUR 20", "", 20 * MILLION, None, "EUR"),
        ("max=20 usd", "", None, 20 * MILLION, "USD"),
        ("min=\u20ac20&max=EUR 1000.50", "", 20 * MILLION, 1_000_500_000, "EUR"),
        ("min=20&max=30", "EUR", 20 * MILLION, 30 * MILLION, "EUR"),
        ("min=20&max=EUR 30", "EUR", 20 * MILLION, 30 * MILLION, "EUR"),
        ("min=JPY 500", "", 500 * MILLION, None, "JPY"),
    ],
)
def test_a_currency_that_is_named(
    abroad: object, manager: Principal, query: str, named: str, low: int | None, high: int | None, currency: str
) -> None:
    assert read(manager, query, named) == (AmountRange(low, high, currency), {})


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("min=20", "min", "Say in which currency: EUR 100."),
        ("min=£20", "min", "Say in which currency: EUR 100."),
        ("min=EUR 20&max=USD 30", "max", "Both amounts are of one currency; this one is in USD."),
        ("min=EUR 30&max=EUR 20", "max", "The highest amount is below the lowest."),
        ("min=XXQ 5", "min", "Write it like 1234.50."),
    ],
)
def test_none_is_guessed(abroad: object, manager: Principal, query: str, field: str, said: str) -> None:
    _, errors = read(manager, query)
    assert list(errors) == [field]
    assert said in errors[field]


def test_the_only_one_there_is_needs_no_name(world: World, manager: Principal) -> None:
    assert read(manager, "min=20") == (AmountRange(20 * MILLION, None, "USD"), {})


def test_lists_compare_amounts_of_one_currency_and_say_which(
    abroad: tuple[Dispute, Dispute], manager: Principal, signed_in: SignedIn
) -> None:
    dollars, euros = (str(one) for one in abroad)
    client = signed_in(manager)

    def queue(query: str) -> tuple[bool, bool, str]:
        page = client.get(f"/queue/?{query}").content.decode()
        return f"{dollars}/" in page, f"{euros}/" in page, page

    assert queue("min=20")[:2] == (True, True)
    assert "Say in which currency: EUR 100." in queue("min=20")[2]
    both = queue("min=EUR+20")
    assert (both[:2], "of \u20ac20.00 or more" in both[2]) == ((False, True), True)
    named = queue("min=20&currency=USD")
    assert (named[:2], "of $20.00 or more" in named[2]) == ((True, False), True)
    log = client.get("/calls/?billed=all&range=any&min=EUR+20").content.decode()
    assert "charged \u20ac20.00 or more" in log
