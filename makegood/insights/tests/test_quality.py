"""Quality of a program: what is counted, what chance explains, and that a mark's list holds what the mark counts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.insights.models import CohortDay
from makegood.insights.operations.totals import sum_up_every_day
from makegood.insights.policy.bootstrap import DRAWS, FEWEST, MILLION, Share, of, share_of
from makegood.insights.selectors.behind import Mark, behind
from makegood.insights.selectors.exposure import AGES, Waiting, exposure, pending, pending_like
from makegood.insights.selectors.quality import quality
from makegood.insights.states import By, Counted, Measure
from makegood.insights.tests.world import catch_up
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal, Scope
from makegood.parties.errors import NotPermitted
from makegood.parties.operations import change_settings
from tests.world import World

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SINCE, UNTIL = date(2026, 6, 1), date(2026, 11, 20)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def day(world: World, on: date, **facts: Any) -> CohortDay:
    """One row of the roll-up; what was accepted was disputed, and is invalid."""
    counts = {"charges": 100, "billed": 100, "accepted": 0, "rejected": 0, "open": 0, **facts}
    counts["disputes"] = counts["accepted"] + counts["rejected"] + counts["open"]
    row = {"program": world.program, "day": on, "customer": world.customer, "vendor": world.vendor,
           "currency": "USD", "payout_currency": "USD", "invalid": counts["accepted"], **counts}  # fmt: skip
    return CohortDay(**row)


def store(*rows: CohortDay) -> None:
    CohortDay.objects.bulk_create(rows)
    sum_up_every_day()


def found(principal: Principal, world: World, by: By = By.VENDOR, measure: Measure = Measure.INVALID) -> Any:
    return quality(principal, program_id=world.program.pk, by=by, measure=measure, since=SINCE, until=UNTIL)


OLD, YOUNG = date(2026, 7, 6), date(2026, 11, 16)


def test_groups_carry_raw_rate_and_shrunk_rate(world: World, manager: Principal) -> None:
    store(day(world, OLD, accepted=15), day(world, OLD, vendor=world.other_vendor, charges=20, billed=20, accepted=3))
    seen = found(manager, world)
    assert {(line.label, line.rate.hits, line.rate.n) for line in seen.lines} == {
        ("Blue Media", 3, 20),
        ("North Ads", 15, 100),
    }
    assert (seen.mean.hits, seen.mean.n) == (18, 120)
    assert {line.rate.value for line in seen.lines} == {0.15}


def test_few_calls_do_not_top_the_list(world: World, manager: Principal) -> None:
    parties = {"customer": world.other_customer}
    store(
        day(world, OLD, charges=400, accepted=60),
        day(world, OLD, vendor=world.other_vendor, charges=4, accepted=1),
        day(world, OLD, vendor=None, charges=900, accepted=20, **parties),
    )
    seen = found(manager, world)
    assert [line.label for line in seen.lines] == ["North Ads", "Blue Media", "None"]
    assert seen.lines[1].rate.value == 0.25
    assert (seen.edges[0].n, seen.edges[-1].n) == (4, 900)
    assert seen.lines[0].shrunk > seen.lines[1].shrunk > seen.lines[2].shrunk


def test_young_cohorts_are_drawn_and_never_counted(world: World, manager: Principal) -> None:
    store(day(world, OLD, accepted=10), day(world, YOUNG, accepted=90))
    seen = found(manager, world)
    assert (seen.mean.hits, seen.mean.n, seen.through) == (10, 100, date(2026, 9, 20))
    assert [(point.rate.hits, point.is_mature, point.alarms) for point in seen.points] == [
        (10, True, False), (90, False, False)]  # fmt: skip
    assert [line.rate.n for line in seen.lines] == [100]


def test_undecided_disputes_never_raise_acceptance(world: World, manager: Principal) -> None:
    store(day(world, OLD, accepted=6, rejected=4))
    before = found(manager, world, measure=Measure.ACCEPTED).mean
    CohortDay.objects.all().delete()
    store(day(world, OLD, accepted=6, rejected=4, open=50))
    assert found(manager, world, measure=Measure.ACCEPTED).mean == before
    assert (before.hits, before.n) == (6, 10)


def test_weeks_begin_on_monday_and_alarm(world: World, manager: Principal) -> None:
    days = [date(2026, 6, 8) + timedelta(days=n) for n in range(56)]
    loud = date(2026, 7, 15)
    store(*(day(world, on, accepted=30 if on == loud else 2) for on in days))
    seen = found(manager, world)
    assert seen.weekly
    assert [point.since.isoweekday() for point in seen.points] == [1] * 8
    assert [point.since for point in seen.points if point.alarms] == [date(2026, 7, 13)]


def test_reasons_are_compared_with_every_call(world: World, manager: Principal) -> None:
    reason = world.program.reasons.get(code="SPAM")
    store(day(world, OLD), day(world, OLD, reason=reason, charges=0, billed=0, accepted=5, rejected=5))
    [line] = found(manager, world, By.REASON, Measure.DISPUTED).lines
    assert (line.label, line.rate.hits, line.rate.n) == ("Spam", 10, 100)


def test_scope_comes_before_figures(world: World, manager: Principal) -> None:
    store(day(world, OLD, accepted=10), day(world, OLD, customer=world.other_customer, accepted=30))
    limited = replace(manager, scope=Scope(paths=(world.other_customer.path,)))
    assert found(manager, world).mean.hits == 40
    assert found(limited, world).mean.hits == 30
    elsewhere = replace(manager, scope=Scope(programs=(world.program.pk + 1,)))
    assert found(elsewhere, world).lines == ()


def test_figures_are_for_those_who_see_the_ledger(world: World, csr: Principal) -> None:
    readers: tuple[Callable[[], Any], ...] = (
        lambda: found(csr, world),
        lambda: exposure(csr),
        lambda: behind(csr, mark(world, Counted.OPEN)),
        lambda: pending(csr, Waiting()),
    )
    for reader in readers:
        with pytest.raises(NotPermitted):
            reader()


def mark(world: World, what: Counted, by: By = By.DAY, key: int | None = None) -> Mark:
    return Mark(world.program.pk, SINCE, UNTIL, what, by, key, mature_only=False)


def lived(world: World, buyer: Principal, other_buyer: Principal, manager: Principal) -> None:
    """A handful of disputes of two buyers and two vendors, decided at random, some withdrawn."""
    dice = random.Random(7)  # noqa: S311 - the same story every time
    for person, customer in ((buyer, world.customer), (other_buyer, world.other_customer)):
        charges = [
            world.charge(customer=customer, vendor=dice.choice([world.vendor, world.other_vendor, None]))
            for _ in range(9)
        ]
        reasons = [dice.choice(["SPAM", "NOT_QUALIFIED"]) for _ in charges]
        items = [SubmitItem(c.pk, reason, "Automated voice") for c, reason in zip(charges, reasons, strict=True)]
        ids = [answer.id or 0 for answer in operations.submit(person, items=items)]
        kinds = [DecisionKind.ACCEPT, DecisionKind.PARTIAL, DecisionKind.REJECT]
        decisions = [
            DecisionItem(pk, kind, 1_000_000 if kind is DecisionKind.PARTIAL else None, note="Heard it in full.")
            for pk, kind in zip(ids[:6], kinds * 2, strict=True)
        ]
        assert all(answer.ok for answer in operations.decide(manager, items=decisions))
        with clock.shifted(timedelta(minutes=5)):
            operations.commit_due()
            operations.withdraw(person, items=[Ref(ids[6])])
        with clock.shifted(timedelta(hours=1)):
            operations.withdraw(person, items=[Ref(ids[7])])


def test_the_list_of_a_mark_holds_what_the_mark_counts(
    world: World, buyer: Principal, other_buyer: Principal, manager: Principal
) -> None:
    lived(world, buyer, other_buyer, manager)
    catch_up()
    keys: dict[By, list[int | None]] = {
        By.DAY: [None],
        By.VENDOR: [world.vendor.pk, world.other_vendor.pk, None],
        By.CUSTOMER: [world.customer.pk, world.other_customer.pk],
        By.REASON: list(world.program.reasons.values_list("pk", flat=True)),
        By.CAMPAIGN: [None],
        By.CATEGORY: [None],
    }
    limited = replace(manager, scope=Scope(paths=(world.customer.path,)))
    counts = set()
    for person, what in product((manager, limited), Counted):
        for by, key in ((by, key) for by, found_keys in keys.items() for key in found_keys):
            seen = behind(person, mark(world, what, by, key))
            assert len(seen.rows) == seen.count, (what, by, key)
            counts.add(seen.count)
    assert len(counts) > 4
    assert behind(replace(manager, scope=Scope(programs=())), mark(world, Counted.DISPUTED)).count == 0


def test_a_mark_of_mature_cohorts_has_a_list_of_mature_cohorts(
    world: World, buyer: Principal, manager: Principal
) -> None:
    old = NOW - timedelta(days=80)
    change_settings(SYSTEM, program=world.program, settings={"max_age_days": 400})
    for at in (old, NOW - timedelta(hours=2)):
        charge = world.charge(occurred_at=at, received_at=at, billed_at=at)
        with clock.frozen(at + timedelta(hours=1)):
            assert operations.submit(buyer, items=[SubmitItem(charge.pk, "SPAM", "Automated voice")])[0].ok
    catch_up()
    everything = mark(world, Counted.DISPUTED)
    assert (behind(manager, everything).count, behind(manager, replace(everything, mature_only=True)).count) == (2, 1)
    assert len(behind(manager, replace(everything, mature_only=True)).rows) == 1


def test_lists_are_read_page_by_page(
    world: World, make_dispute: Any, manager: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("makegood.insights.selectors.behind.SIZE", 2)
    wanted = [make_dispute().pk for _ in range(3)]
    catch_up()
    everything = mark(world, Counted.OPEN)
    first = behind(manager, everything)
    assert ([row.id for row in first.rows], first.count, first.older) == ([wanted[2], wanted[1]], 3, wanted[1])
    rest = behind(manager, everything, before=first.older)
    assert ([row.id for row in rest.rows], rest.count, rest.older) == ([wanted[0]], 3, 0)


def test_exposure_says_what_is_pending_and_what_is_likely(
    world: World, make_dispute: Any, buyer: Principal, manager: Principal
) -> None:
    with clock.frozen(NOW - timedelta(days=5)):
        old = make_dispute()
    new, gone = make_dispute(), make_dispute()
    assert operations.withdraw(buyer, items=[Ref(gone.pk)])[0].ok
    assert operations.decide(manager, items=[DecisionItem(new.pk, DecisionKind.ACCEPT)])[0].ok
    granted = {"decided_asked_micros": 100_000_000, "decided_micros": 70_000_000, "accepted": 1}
    store(day(world, OLD, **granted))
    [usd] = exposure(manager).currencies
    assert (usd.count, usd.asked_micros, usd.expected_micros, usd.low) == (2, 90_000_000, 63_000_000, None)
    assert [(part.label, part.count) for part in usd.by_age] == [("up to 1 day", 1), ("3 to 7 days", 1)]
    assert [(part.label, part.asked_micros) for part in usd.by_buyer] == [("Acme Plumbing", 90_000_000)]
    for part in usd.by_age:
        assert pending(manager, Waiting("USD", age=part.key)).count == part.count
    assert pending(manager, Waiting("USD", customer_id=world.customer.pk)).count == 2
    assert sum(pending_like(manager, Waiting(age=place)).count() for place in range(len(AGES) + 1)) == 2
    assert Dispute.objects.get(pk=old.pk).stage == "pending"
    assert exposure(replace(manager, scope=Scope(paths=(world.other_customer.path,)))).currencies == ()


def test_month_ends_say_what_waited_then(world: World, make_dispute: Any, manager: Principal) -> None:
    change_settings(SYSTEM, program=world.program, settings={"auto_close": False, "reopen": True, "max_rounds": 9})
    with clock.frozen(datetime(2026, 9, 20, tzinfo=UTC)):
        disputes = [make_dispute() for _ in range(3)]
    with clock.frozen(datetime(2026, 10, 5, tzinfo=UTC)):
        item = DecisionItem(disputes[0].pk, DecisionKind.ACCEPT)
        assert operations.decide(manager, items=[item])[0].ok
        with clock.shifted(timedelta(minutes=5)):
            operations.commit_due()
    ends = exposure(manager, program=world.program).month_ends
    assert [(end.at.date(), end.currency, end.count) for end in ends] == [
        (date(2026, 11, 1), "USD", 2), (date(2026, 10, 1), "USD", 3)]  # fmt: skip
    assert [end.asked_micros for end in ends] == [90_000_000, 135_000_000]


def test_shares_of_amounts_are_drawn_by_customer() -> None:
    pairs = [(50, 100), (0, 100)] * FEWEST
    found = share_of(pairs)
    assert found == share_of(list(reversed(pairs)))
    assert found is not None
    assert (found.value, DRAWS) == (250_000, 400)
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < 250_000 < found.high < 500_000
    assert share_of(pairs[: FEWEST - 1]) == Share(200 * MILLION // 700, None, None)
    assert share_of([(0, 0)]) is None
    assert of(999, 500_000) == 499
