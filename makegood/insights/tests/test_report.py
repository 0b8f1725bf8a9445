"""Figures by group: in scope, mature or marked, with their rates and money."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from makegood.disputes.models import Reason
from makegood.disputes.operations import publish_policy
from makegood.insights.entries import Report
from makegood.insights.models import CohortDay, DirtyDay
from makegood.insights.operations.totals import sum_up_every_day
from makegood.insights.selectors import mature_through, report
from makegood.insights.states import By
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from makegood.parties.models import Program, User
from makegood.parties.operations import set_grants, zone_named
from makegood.parties.selectors import principal_of
from makegood.parties.states import Dimension
from tests.world import World

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OLD, NEW = date(2026, 9, 1), date(2026, 11, 19)


def figures(principal: Principal, by: By, *, mature_only: bool = True, program_id: int | None = None) -> Report:
    """The report of the whole year."""
    since, until = date(2026, 1, 1), date(2026, 12, 31)
    return report(principal, by=by, since=since, until=until, program_id=program_id, mature_only=mature_only)


@pytest.fixture
def rows(world: World) -> None:
    """An old cohort and a new one of two customers, and what was disputed of the old one."""
    common = {"program": world.program, "currency": "USD", "payout_currency": "USD", "vendor": world.vendor}
    reason = Reason.objects.get(program=world.program, code="SPAM")
    CohortDay.objects.bulk_create(
        [
            CohortDay(**common, day=OLD, customer=world.customer, charges=41, billed=40, billed_micros=400),
            CohortDay(**common, day=OLD, customer=world.other_customer, charges=60, billed=60, billed_micros=600),
            CohortDay(**common, day=NEW, customer=world.customer, charges=20, billed=20, billed_micros=200),
            CohortDay(
                **common, day=OLD, customer=world.customer, reason=reason, disputes=12, accepted=7, accepted_partial=1,
                rejected=2, open=2, invalid=8, credits=8, reversals=1, automatic=1, asked_micros=120,
                decided_asked_micros=100, decided_micros=75, credited_micros=75, reversed_micros=10, clawed_micros=30,
                returned_micros=5,
            ),
            CohortDay(**common, day=NEW, customer=world.customer, reason=reason, disputes=5, open=5, asked_micros=50),
        ]
    )  # fmt: skip
    sum_up_every_day()


def test_headline_figures_are_of_mature_cohorts(rows: None, manager: Principal, world: World) -> None:
    with clock.frozen(NOW):
        found = figures(manager, By.PROGRAM)
    assert found.mature_through == {world.program.pk: date(2026, 9, 20)}
    total = found.total
    assert (total.charges, total.billed, total.disputes, total.open) == (101, 100, 12, 2)
    assert str(total.dispute_rate) == "12.0% (7.0 to 19.8)"
    assert (total.acceptance_rate.hits, total.acceptance_rate.n) == (8, 10)
    assert (total.full_acceptance_rate.hits, total.invalid_rate.n, total.reversal_rate.n) == (7, 101, 8)
    assert total.automatic_share.hits == 1
    [money] = total.money
    assert (money.net_credited_micros, money.net_clawed_micros) == (65, 25)
    assert (found.as_of, found.waiting_days) == (NOW, 0)


def test_undecided_disputes_do_not_move_acceptance(rows: None, manager: Principal) -> None:
    with clock.frozen(NOW):
        mature = figures(manager, By.PROGRAM).total
        everything = figures(manager, By.PROGRAM, mature_only=False).total
    assert everything.open > mature.open
    assert everything.acceptance_rate == mature.acceptance_rate


def test_open_cohorts_are_marked(rows: None, manager: Principal) -> None:
    with clock.frozen(NOW):
        found = figures(manager, By.DAY, mature_only=False)
    assert [(row.key, row.is_mature, row.billed) for row in found.rows] == [(OLD, True, 100), (NEW, False, 20)]
    assert not found.total.is_mature


@pytest.mark.parametrize(
    ("by", "labels"),
    [
        (By.PROGRAM, ["Calls"]),
        (By.CUSTOMER, ["Bolt Roofing", "Acme Plumbing"]),
        (By.VENDOR, ["North Ads"]),
        (By.CAMPAIGN, ["None"]),
        (By.CATEGORY, ["None"]),
        (By.REASON, ["None", "Spam"]),
        (By.DAY, ["2026-09-01"]),
    ],
)
def test_groups_have_names(rows: None, manager: Principal, by: By, labels: list[str]) -> None:
    with clock.frozen(NOW):
        assert [row.label for row in figures(manager, by).rows] == labels


def test_groups_add_up_to_the_total(rows: None, manager: Principal) -> None:
    with clock.frozen(NOW):
        for by in By:
            found = figures(manager, by, mature_only=False)
            assert sum(row.disputes for row in found.rows) == found.total.disputes == 17
            assert sum(m.billed_micros for row in found.rows for m in row.money) == 1200


def test_currencies_are_never_added(rows: None, manager: Principal, world: World) -> None:
    CohortDay.objects.create(
        program=world.program, day=OLD, customer=world.customer, currency="EUR", payout_currency="USD", charges=1,
        billed=1, billed_micros=7,
    )  # fmt: skip
    sum_up_every_day()
    with clock.frozen(NOW):
        [row] = figures(manager, By.PROGRAM).rows
    assert [(money.currency, money.billed_micros) for money in row.money] == [("EUR", 7), ("USD", 1000)]
    assert row.billed == 101


def test_only_what_is_in_scope_is_counted(rows: None, manager: Principal, world: World) -> None:
    person = User.objects.get(pk=manager.id)
    set_grants(SYSTEM, user=person, grants=[(Dimension.CUSTOMER_SUBTREE, str(world.other_customer.pk))])
    with clock.frozen(NOW):
        found = figures(principal_of(person), By.CUSTOMER)
    assert [(row.label, row.billed, row.disputes) for row in found.rows] == [("Bolt Roofing", 60, 0)]
    set_grants(SYSTEM, user=person, grants=[])
    with clock.frozen(NOW):
        assert figures(principal_of(person), By.CUSTOMER).rows == ()


@pytest.mark.parametrize("role", ["buyer", "vendor", "qa", "csr"])
def test_figures_of_both_sides_are_not_for_everybody(rows: None, request: pytest.FixtureRequest, role: str) -> None:
    with pytest.raises(NotPermitted):
        figures(request.getfixturevalue(role), By.DAY)


def test_figures_say_that_days_wait(rows: None, manager: Principal, world: World) -> None:
    DirtyDay.objects.create(program=world.program, day=OLD)
    with clock.frozen(NOW):
        assert figures(manager, By.DAY, program_id=world.program.pk).waiting_days == 1


def windowed(world: World, **rule: object) -> date:
    """The last mature day with one window rule in force."""
    Program.objects.filter(pk=world.program.pk).update(settings={"undo_seconds": {"desk": 10, "bulk": 60}})
    with clock.frozen(datetime(2026, 1, 1, tzinfo=UTC)):
        publish_policy(SYSTEM, program=world.program, rules=[{"type": "window", "severity": "block", **rule}])
    return mature_through(Program.objects.filter(pk=world.program.pk), NOW)[world.program.pk]


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ({"anchor": "received", "amount": 96, "unit": "hours"}, date(2026, 11, 15)),
        ({"anchor": "received", "amount": 10, "unit": "days"}, date(2026, 11, 8)),
        ({"anchor": "received", "amount": 5, "unit": "business_days"}, date(2026, 11, 7)),
        ({"anchor": "billed", "amount": None, "unit": "hours"}, date(2026, 9, 20)),
    ],
)
def test_a_cohort_is_mature_when_its_window_is_over(world: World, rule: dict[str, object], day: date) -> None:
    assert windowed(world, **rule) == day


def test_the_undo_time_belongs_to_the_window(world: World) -> None:
    windowed(world, anchor="received", amount=24, unit="hours")
    programs = Program.objects.filter(pk=world.program.pk)
    midnight = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
    before = mature_through(programs, midnight + timedelta(seconds=59))[world.program.pk]
    after = mature_through(programs, midnight + timedelta(seconds=60))[world.program.pk]
    assert (before, after) == (date(2026, 11, 17), date(2026, 11, 18))


def test_days_are_those_of_the_programs_zone(world: World) -> None:
    Program.objects.filter(pk=world.program.pk).update(zone=zone_named("Asia/Tokyo"))
    assert windowed(world, anchor="received", amount=24, unit="hours") == date(2026, 11, 18)
