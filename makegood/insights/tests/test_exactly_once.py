"""The roll-up equals a rebuild: after random histories, after crashes, after reading again, with several readers."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Sum

from makegood.disputes import operations
from makegood.disputes.entries import (
    AdjustItem,
    CloseItem,
    DecisionItem,
    FeeItem,
    Ref,
    ReverseItem,
    SubmitItem,
    WordsItem,
)
from makegood.disputes.states import DecisionKind
from makegood.insights import tasks
from makegood.insights.models import CohortDay, DirtyDay
from makegood.insights.operations import fold, rebuild, refresh
from makegood.insights.operations.fold import READER
from makegood.insights.selectors.laws import LAWS
from makegood.insights.tests.world import catch_up, imported, release_journal, stored
from makegood.journal import operations as journal
from makegood.journal.models import JournalCursor
from makegood.kernel import clock, sql
from makegood.kernel.answers import Answer
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.concurrency.threads import all_of
from tests.world import World

START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
DAYS = 6
STEPS = 90
SETTINGS = {"auto_close": False, "reopen": True, "max_rounds": 9, "reversal_fee": {"default": "5.00", "max": "25.00"}}
EVERY_DAY = [(START + timedelta(days=day)).date().isoformat() for day in range(DAYS)]


class History:
    """Verbs drawn at random over the disputes of one marketplace."""

    def __init__(self, world: World, buyer: Principal, manager: Principal, seed: int) -> None:
        self.world, self.buyer, self.manager = world, buyer, manager
        self.draw = random.Random(seed)  # noqa: S311 - picks verbs, guards nothing
        self.now = START + timedelta(days=DAYS)
        self.disputes: list[int] = []
        self.charges = [self.charge() for _ in range(12)]
        change_settings(SYSTEM, program=world.program, settings=SETTINGS)
        imported(world.program, *EVERY_DAY)

    def charge(self) -> int:
        at = START + timedelta(minutes=self.draw.randrange(DAYS * 1440 - 600))
        vendor = self.draw.choice([self.world.vendor, self.world.other_vendor, None])
        facts = {"occurred_at": at, "received_at": at, "billed_at": at, "vendor": vendor}
        return self.world.charge(**facts, billed_micros=self.draw.choice([45_000_000, 4_400, 1])).pk

    def step(self) -> list[Answer]:
        """One verb at one time; what the lifecycle refuses changes nothing."""
        self.now += timedelta(minutes=self.draw.randrange(1, 30))
        with clock.frozen(self.now):
            before = [*[self.submit, self.decide] * 3, self.undo, self.withdraw, *[self.commit] * 3, self.bring]
            after = [self.adjust, *[self.reverse] * 3, self.fee, self.close, self.reopen, self.correct]
            return self.draw.choice([*before, *after])()

    def submit(self) -> list[Answer]:
        items = [SubmitItem(self.draw.choice(self.charges), self.draw.choice(["SPAM", "BOT"]), "Automated voice")]
        answers = operations.submit(self.buyer, items=items)
        self.disputes += [answer.id for answer in answers if answer.ok and answer.id]
        return answers

    def decide(self) -> list[Answer]:
        if not self.disputes:
            return []
        kind = self.draw.choice(list(DecisionKind))
        micros = 1 if kind is DecisionKind.PARTIAL else None
        item = DecisionItem(self.draw.choice(self.disputes), kind, micros, note="Heard it in full.")
        return operations.decide(self.manager, items=[item])

    def undo(self) -> list[Answer]:
        return operations.undo(self.manager, items=[Ref(pk) for pk in self.disputes[-1:]])

    def withdraw(self) -> list[Answer]:
        return operations.withdraw(self.buyer, items=[Ref(pk) for pk in self.disputes[-2:-1]])

    def commit(self) -> list[Answer]:
        operations.commit_due()
        return []

    def one(self) -> int:
        return self.draw.choice(self.disputes) if self.disputes else 0

    def adjust(self) -> list[Answer]:
        return operations.adjust(self.manager, items=[AdjustItem(self.one(), 1, note="Agreed.")])

    def reverse(self) -> list[Answer]:
        return operations.reverse(self.manager, items=[ReverseItem(self.one())])

    def fee(self) -> list[Answer]:
        return operations.apply_fee(self.manager, items=[FeeItem(self.one())])

    def close(self) -> list[Answer]:
        return operations.close(self.manager, items=[CloseItem(self.one())])

    def reopen(self) -> list[Answer]:
        return operations.reopen(self.manager, items=[WordsItem(self.one(), "Another look.")])

    def correct(self) -> list[Answer]:
        return operations.correct(self.manager, items=[WordsItem(self.one(), "By mistake.")])

    def bring(self) -> list[Answer]:
        self.charges.append(self.charge())
        imported(self.world.program, *EVERY_DAY)
        return []


@pytest.fixture
def make_history(world: World, buyer: Principal, manager: Principal) -> Callable[[int], History]:
    return lambda seed: History(world, buyer, manager, seed)


def expect_equal_to_rebuild() -> None:
    """Reading on gave the rows that computing everything anew gives, and the law says so."""
    assert list(broken(LAWS)) == []
    kept = stored()
    assert rebuild() == len(kept)
    assert stored() == kept


@pytest.mark.parametrize("seed", range(6))
def test_reading_on_equals_a_rebuild(make_history: Callable[[int], History], seed: int) -> None:
    history = make_history(seed)
    done = 0
    for number in range(STEPS):
        done += sum(answer.ok for answer in history.step())
        if number % (seed + 2) == 0:
            catch_up(batch=seed + 1, days=seed + 1)
    catch_up()
    assert done > 3
    happened = CohortDay.objects.aggregate(*(Sum(name) for name in ("disputes", "credits", "reversals")))
    assert all(happened.values()), happened
    expect_equal_to_rebuild()


def test_between_reading_and_computing_the_law_leaves_marked_days_out(make_history: Callable[[int], History]) -> None:
    history = make_history(1)
    catch_up()
    history.submit()
    assert list(broken(LAWS)) == []  # not read yet
    release_journal()
    fold()
    assert list(broken(LAWS)) == []  # read, and not computed yet
    catch_up()
    expect_equal_to_rebuild()


def test_the_law_sees_a_row_that_is_off(make_history: Callable[[int], History]) -> None:
    make_history(1)
    catch_up()
    row = CohortDay.objects.order_by("pk").first()
    assert row is not None
    CohortDay.objects.filter(pk=row.pk).update(billed_micros=row.billed_micros + 1)
    where = f"program {row.program_id}, {row.day}"
    assert [(one.law, one.where) for one in broken(LAWS)] == [(law, where) for law in LAWS]
    CohortDay.objects.filter(pk=row.pk).delete()
    assert [one.where for one in broken(LAWS)] == [where] * len(LAWS)
    rebuild()
    assert list(broken(LAWS)) == []


def test_a_crash_between_marking_and_advancing_leaves_nothing_behind(
    make_history: Callable[[int], History], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_history(2).submit()
    release_journal()

    def crash(reader: str, last: journal.Event) -> None:
        raise ConnectionError("the server went away")

    with monkeypatch.context() as broken_off:
        broken_off.setattr(journal, "advance", crash)
        with pytest.raises(ConnectionError):
            fold()
    assert not DirtyDay.objects.exists()
    assert not JournalCursor.objects.filter(reader=READER, event_id__gt=0).exists()
    catch_up()
    expect_equal_to_rebuild()


def test_a_crash_while_computing_keeps_rows_and_marks(
    make_history: Callable[[int], History], monkeypatch: pytest.MonkeyPatch
) -> None:
    history = make_history(3)
    catch_up()
    before = stored()
    history.submit()
    release_journal()
    fold()
    marks = DirtyDay.objects.count()

    load = sql.load

    def crash(name: str) -> str:
        if name == "insights.store_days":
            raise ConnectionError("the server went away")
        return load(name)

    with monkeypatch.context() as broken_off:
        broken_off.setattr(sql, "load", crash)
        with pytest.raises(ConnectionError):
            refresh()
    assert (stored(), DirtyDay.objects.count()) == (before, marks)
    catch_up()
    expect_equal_to_rebuild()


def test_reading_everything_again_changes_nothing(make_history: Callable[[int], History]) -> None:
    history = make_history(4)
    for _ in range(STEPS):
        history.step()
    catch_up()
    before = stored()
    JournalCursor.objects.all().delete()
    catch_up(batch=3)
    assert stored() == before


@pytest.mark.slow
def test_several_readers_while_people_work(committed_world: World) -> None:
    world = committed_world
    history = History(world, world.person("buyer", customer_number="B1"), world.person("manager"), 5)

    def work() -> None:
        for _ in range(STEPS):
            history.step()

    def read() -> None:
        for _ in range(STEPS):
            fold(limit=3)
            refresh(limit=2)

    def compute() -> None:
        for _ in range(4):
            rebuild()

    all_of([work, read, read, read, compute])
    with clock.frozen(history.now):
        while tasks.run():
            pass
    catch_up()
    expect_equal_to_rebuild()
