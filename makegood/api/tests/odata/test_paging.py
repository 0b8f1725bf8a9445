"""Pages: none twice, none lost, in every order, while rows are added; tokens that fit one query of one caller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest

from makegood.api.odata.errors import BadSkipToken
from makegood.api.odata.options import Options
from makegood.api.odata.query import Query
from makegood.api.odata.sets import RECORD, SETS
from makegood.api.tests.odata.asking import ask, context_of, keys
from makegood.api.tests.odata.scene import ISSUED, Scene
from makegood.disputes.models import Dispute

ORDERS = [
    None,
    "Quantity",
    "Quantity desc",
    "Seconds desc,Quantity",
    "Seconds,Quantity desc,UsageDate",
    "Unit,Amount desc",
    "UsageDate desc",
    "UsageDate desc,UsageRecordID desc",
    "InvoiceNumber,UsageType desc,Remaining",
    "ServiceNumber desc,OriginatingNumber",
]
QUANTITIES = (None, Decimal("0.5"), Decimal(2), None, Decimal(2))


def _usage(scene: Scene, number: int) -> None:
    scene.usage(
        number=number,
        occurred_at=ISSUED - timedelta(days=2 + number % 3),
        quantity=QUANTITIES[number % 5],
        duration_s=None if number % 4 == 1 else number % 3,
        unit="" if number % 2 else "min",
        billed_micros=1_000_000 * (number % 4),
    )


def _walk(scene: Scene, options: Options, added: Iterable[int] = ()) -> list[dict[str, Any]]:
    """Every page in turn, five rows each; between two pages three rows are added, while there are numbers for them."""
    found: list[dict[str, Any]] = []
    numbers = iter(added)
    while True:
        page = ask(scene, "UsageDetail", **options.__dict__)
        found += page.rows
        for number in islice(numbers, 3):
            _usage(scene, number)
        if not page.next:
            return found
        options = replace(options, skiptoken=page.next, top=None)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of five rows."""
    monkeypatch.setattr("makegood.api.odata.query.PAGE", 5)
    monkeypatch.setattr("makegood.api.odata.query.LARGEST_PAGE", 5)


@pytest.mark.usefixtures("small_pages")
def test_a_walk_repeats_none_and_loses_none(bills: Scene) -> None:
    for number in range(17):
        _usage(bills, number)
    for place, order in enumerate(ORDERS):
        quiet = [row["UsageRecordID"] for row in _walk(bills, Options(orderby=order, filter="UsageRecordID lt 465400"))]
        assert len(quiet) == len(set(quiet)) == 17, order
        there = set(keys_of(bills))
        added = range(100 * place + 100, 100 * place + 112)
        busy = [row["UsageRecordID"] for row in _walk(bills, Options(orderby=order), added)]
        assert len(busy) == len(set(busy)), order
        assert there <= set(busy), order


def keys_of(scene: Scene) -> list[int]:
    """The usage records of the first bill."""
    return keys(scene, "UsageDetail", top=500)


@pytest.mark.usefixtures("small_pages")
def test_null_comes_first_ascending_and_last_descending(bills: Scene) -> None:
    for number in range(12):
        _usage(bills, number)
    for order, descending in (("Quantity", False), ("Quantity desc", True)):
        found = [row["Quantity"] for row in _walk(bills, Options(orderby=order))]
        smallest = Decimal(-1)
        assert found == sorted(found, key=lambda value: smallest if value is None else value, reverse=descending)
        assert found.count(None) == 5


@pytest.mark.usefixtures("small_pages")
def test_more_than_a_page_comes_in_pages_until_top_is_out(bills: Scene) -> None:
    for number in range(17):
        _usage(bills, number)
    assert len(_walk(bills, Options(top=13))) == 13
    assert len(_walk(bills, Options(top=100, skip=4))) == 13
    assert ask(bills, "UsageDetail", top=5).next == ""
    assert (ask(bills, "UsageDetail", top=0).rows, ask(bills, "UsageDetail", top=0).next) == ([], "")
    page = ask(bills, "UsageDetail", top=2, skip=3, count=True, filter="Amount gt 0")
    assert (len(page.rows), page.count, page.next) == (2, 12, "")


@pytest.mark.usefixtures("small_pages")
def test_a_token_fits_its_query_and_its_caller_alone(bills: Scene) -> None:
    for number in range(7):
        _usage(bills, number)
    options = Options(filter="Amount ge 0", orderby="Amount desc")
    token = ask(bills, "UsageDetail", **options.__dict__).next
    again = replace(options, skiptoken=token)
    assert len(ask(bills, "UsageDetail", **again.__dict__).rows) == 2
    assert len(ask(bills, "UsageDetail", **replace(again, select="Amount", count=True).__dict__).rows) == 2
    foreign = [
        replace(again, filter="Amount ge 1"),
        replace(again, orderby="Amount"),
        replace(again, skiptoken=token[:-1] + ("a" if token[-1] != "a" else "b")),
        replace(again, skiptoken="x" + token),
        replace(again, skiptoken=""),
        replace(again, skiptoken="a:b"),
        replace(again, skiptoken="é"),
        replace(again, skiptoken="x" * 9_000),
    ]
    for wrong in foreign:
        with pytest.raises(BadSkipToken):
            ask(bills, "UsageDetail", **wrong.__dict__)
    with pytest.raises(BadSkipToken):
        ask(bills, "UsageDetail", who=bills.buyer, **again.__dict__)
    with pytest.raises(BadSkipToken):
        Query(SETS["InvoiceFeature"], bills.manager, again).page()
    other = {**context_of(bills, "UsageDetail"), "customer": bills.world.other_customer.pk}
    with pytest.raises(BadSkipToken):
        Query(SETS["UsageDetail"], bills.manager, again, other).page()


@pytest.mark.usefixtures("small_pages")
def test_every_set_is_walked_in_every_order(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makegood.api.odata.query.PAGE", 4)
    for name in ("Dispute", "Adjustment"):
        everything = Query(SETS[name], scene.manager, Options(top=500)).count()
        for one in SETS[name].described:
            for order in [one.name, *([f"{one.name} desc"] if one.nullable else [])] if one.usable else ():
                found, options = [], Options(orderby=order)
                while True:
                    page = Query(SETS[name], scene.manager, options).page()
                    found += [row[SETS[name].key[0]] for row in page.rows]
                    if not page.next:
                        break
                    options = replace(options, skiptoken=page.next)
                assert len(found) == len(set(found)) == everything, order


def test_the_record_search_begins_with_the_newest(scene: Scene) -> None:
    context = {"customer": scene.world.customer.pk}
    page = Query(RECORD, scene.buyer, Options(filter="amount gt 1", top=3), context).page()
    assert [row["disputeID"] for row in page.rows] == sorted((row["disputeID"] for row in page.rows), reverse=True)
    assert {"_id", "_version", "_zone"} < set(page.rows[0])
    assert Query(RECORD, scene.buyer, Options(), {"customer": scene.world.other_customer.pk}).count() == 0


def test_a_long_text_does_not_break_the_walk(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The place of a row in the order of descriptions is the description."""
    monkeypatch.setattr("makegood.api.odata.query.PAGE", 1)
    Dispute.objects.update(description="\u5bbf" * 4_000)
    options = Options(orderby="Description")
    first = ask(scene, "Dispute", **options.__dict__)
    second = ask(scene, "Dispute", **replace(options, skiptoken=first.next).__dict__)
    assert first.rows[0]["DisputeID"] != second.rows[0]["DisputeID"]
