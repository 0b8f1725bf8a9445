"""Bills read for their explanation: scope, sums, what they are compared with, and the charges behind every bar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from makegood.billing.errors import CurrencyChanged, NothingToCompare
from makegood.billing.models import Charge
from makegood.billing.operations.correct_charge import Figures, correct_charge
from makegood.billing.policy.decomposition import Bar, Kind
from makegood.billing.selectors import bill_charges
from makegood.billing.selectors.bill_charges import charges_behind, charges_of_key, use_by_day
from makegood.billing.selectors.bill_comparison import Inquiry, bills_explained, inquiry
from makegood.billing.states import Subkind
from makegood.billing.tests.bills import CENT, NAMED_BARS, Billing, named_bill
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from tests.world import World


@pytest.fixture
def billing(world: World) -> Billing:
    return Billing(world)


def explained(principal: Principal, billing: Billing, number: int, against: str = "previous") -> Inquiry:
    return inquiry(principal, bills_explained(principal, billing.customer.pk), number, against)


def test_the_named_bill(csr: Principal, billing: Billing) -> None:
    _, november = named_bill(billing)
    found = explained(csr, billing, november.number).comparison
    assert {bar.value: micros for bar, micros in found.bars.items()} == {
        name: cents * CENT for name, cents in NAMED_BARS.items()
    }
    assert (found.before, found.after, found.difference) == (14_180 * CENT, 21_430 * CENT, 7_250 * CENT)


def test_every_bar_leads_to_exactly_its_charges(csr: Principal, billing: Billing) -> None:
    """The difference of the sums of what is behind a change is its figure; what is behind all bars is every charge."""
    october, november = named_bill(billing)
    found = explained(csr, billing, november.number)
    for change in found.comparison.changes.values():
        now, was = (charges_behind(csr, side, [change.key]) for side in ((found.after,), found.before))
        assert now.amount.micros - was.amount.micros == change.micros
    for bar, micros in found.comparison.bars.items():
        keys = {part.key for part in found.comparison.parts_of(bar)}
        now, was = (charges_behind(csr, side, keys, taxed=bar is Bar.TAXES) for side in ((found.after,), found.before))
        made = now.taxes.micros - was.taxes.micros if bar is Bar.TAXES else now.amount.micros - was.amount.micros
        assert made == micros  # of the named bill no line is split
        assert {row.invoice_number for row in now.rows} <= {november.number}
        assert {row.invoice_number for row in was.rows} <= {october.number}
    every = charges_behind(csr, (found.after,), found.comparison.changes)
    assert every.amount + every.taxes == Money(21_430 * CENT, "USD")
    assert {row.id for row in every.rows} == set(Charge.objects.filter(invoice=november).values_list("pk", flat=True))


def test_pages_of_charges_repeat_and_drop_none(
    csr: Principal, billing: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, november = named_bill(billing)
    found = explained(csr, billing, november.number)
    monkeypatch.setattr(bill_charges, "MOST", 3)
    seen: list[int] = []
    mark, turns = "", 0
    while turns == 0 or mark:
        part = charges_behind(csr, (found.after,), found.comparison.changes, after=mark)
        seen += [row.id for row in part.rows]
        assert part.count == 10
        mark, turns = part.more, turns + 1
    assert len(seen) == len(set(seen)) == 9
    assert charges_behind(csr, (found.after,), found.comparison.changes, after="9" * 40 + ".1").rows[0].id == seen[0]


def test_who_sees_a_bill(
    csr: Principal, buyer: Principal, other_buyer: Principal, stranger: Principal, billing: Billing, world: World
) -> None:
    _, november = named_bill(billing)
    assert explained(buyer, billing, november.number).comparison == explained(csr, billing, november.number).comparison
    for principal in (other_buyer, stranger):
        with pytest.raises(NotFound):
            bills_explained(principal, billing.customer.pk)
    with pytest.raises(NotFound):
        bills_explained(csr, 2**62)
    for number in (0, 999):
        with pytest.raises(NotFound):
            explained(csr, billing, number)
    elsewhere = Billing(world, world.other_customer, first_number=7_000_001).bill(11)
    with pytest.raises(NotFound):
        explained(csr, billing, november.number, str(elsewhere.number))


def test_a_first_bill_and_one_against_itself(csr: Principal, billing: Billing) -> None:
    october, november = named_bill(billing)
    first = explained(csr, billing, october.number)
    assert first.is_first
    assert sum(first.comparison.bars.values()) == first.comparison.difference == 14_180 * CENT
    assert explained(csr, billing, november.number, str(november.number)).comparison.bars == {}


def test_what_cannot_be_compared_says_why_and_is_taken_apart(csr: Principal, billing: Billing) -> None:
    billing.line(billing.bill(9, currency="EUR"), "Fiber", 100)
    october, november = named_bill(billing)
    for number, against, refusal in (
        (october.number, "previous", CurrencyChanged),
        (november.number, "mean3", NothingToCompare),
        (november.number, "last_year", NothingToCompare),
    ):
        found = explained(csr, billing, number, against)
        assert isinstance(found.refusal, refusal)
        assert (found.compared, found.comparison.before) == ((), None)
    assert "there are 2" in explained(csr, billing, november.number, "mean3").refusal.message  # type: ignore[union-attr]


def test_means_and_the_same_month_last_year(csr: Principal, billing: Billing) -> None:
    billing.line(billing.bill(11, year=2025), "Fiber", 4_000)
    for month, cents in ((8, 5_000), (9, 5_000), (10, 5_001)):
        billing.line(billing.bill(month), "Fiber", cents)
    last = billing.bill(11)
    billing.line(last, "Fiber", 6_000)
    mean = explained(csr, billing, last.number, "mean3").comparison
    assert (mean.before, dict(mean.bars)) == (50_003_333, {Bar.PRICE: 60_000_000 - 50_003_333})
    year = explained(csr, billing, last.number, "last_year")
    assert [bill.first_day for bill in year.compared] == [date(2025, 11, 1)]
    assert dict(year.comparison.bars) == {Bar.PRICE: 2_000 * CENT}


def test_corrected_lines_count_as_they_stand(csr: Principal, billing: Billing) -> None:
    """The bill said 60.00; 10.00 of it were taken back. What the total has beyond its lines stays where it was."""
    invoice = billing.bill(11, total=6_003)
    line = billing.line(invoice, "Fiber", 6_000)
    figures = Figures(5_000 * CENT, 0, 0, line.billed_at)
    correct_charge(line, figures, external_id="line-corrected", import_batch=1, raw=None)
    found = explained(csr, billing, invoice.number)
    assert (found.comparison.after, dict(found.comparison.bars)) == (
        5_003 * CENT, {Bar.RECURRING: 5_000 * CENT, Bar.REST: 3 * CENT},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("total", "counts", "after"), [(4_000, False, 4_000), (4_700, True, 4_700), (None, True, 4_700)]
)
def test_records_that_only_tell_more_about_a_line_do_not_count_twice(
    csr: Principal, billing: Billing, total: int | None, counts: Any, after: int
) -> None:
    invoice = billing.bill(11, total=total)
    billing.line(invoice, "Data", 4_000, Subkind.DATA, unit="GB")
    billing.use(invoice, datetime(2026, 11, 3, tzinfo=UTC), 700, "2")
    found = explained(csr, billing, invoice.number)
    assert (found.after.counts_records, found.comparison.after) == (counts, after * CENT)


def test_use_by_day_in_the_zone_of_the_customer(csr: Principal, billing: Billing) -> None:
    invoice = billing.bill(11)
    billing.use(invoice, datetime(2026, 11, 4, 3, tzinfo=UTC), 700, "2", phone="2125550142")
    billing.use(invoice, datetime(2026, 11, 4, 12, tzinfo=UTC), 300, None, phone="2125550142")
    found = explained(csr, billing, invoice.number)
    (key,) = found.comparison.changes
    use = use_by_day(csr, [found.after], "America/New_York")
    assert [(one.day.day, one.micros // CENT) for one in use.by_key[invoice.pk, key]] == [(3, 700), (4, 300)]
    assert [one.count for one in use.by_service[invoice.pk, "2125550142", "data"]] == [1, 1]
    assert len(charges_of_key(csr, found.after, key)) == 2


def test_unusual_needs_six_periods(csr: Principal, billing: Billing) -> None:
    for month in range(4, 11):
        billing.line(billing.bill(month), "Minutes", 100 + month, Subkind.CALL)
    last = billing.bill(11)
    line = billing.line(last, "Minutes", 150, Subkind.CALL)
    billing.line(last, "Fiber", 9_900)
    found = explained(csr, billing, last.number)
    assert {key.label for key in found.unusual} == {line.feature_label}
    assert len(found.history) == 8
    assert found.history[-1].categories[Kind.USAGE] == 150 * CENT
    assert not explained(csr, billing, last.number - 2).unusual


def test_a_bill_of_many_records_is_read_in_few_statements(
    csr: Principal, billing: Billing, django_assert_max_num_queries: Any
) -> None:
    _, november = named_bill(billing)
    for month in range(1, 10):
        billing.line(billing.bill(month), "Fiber 500", 5_900)
    with django_assert_max_num_queries(6):
        explained(csr, billing, november.number)
