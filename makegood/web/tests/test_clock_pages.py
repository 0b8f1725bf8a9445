"""What pages say of time: the promise, the place in the queue, what is usual, and each clock's own sum."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.db.models import F

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, WordsItem
from makegood.disputes.models import Dispute, Holiday, SlaClock
from makegood.disputes.states import ClockKind, DecisionKind
from makegood.journal.models import JournalEpoch
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.web.tests.conftest import SignedIn
from tests.world import DisputeMaker, World

FRIDAY = datetime(2026, 11, 20, 17, tzinfo=UTC)
TAGS = re.compile(r"<[^>]+>")


def text(response: Any) -> str:
    said = " ".join(unescape(TAGS.sub(" ", response.content.decode())).split())
    return said.replace(" .", ".").replace(" ,", ",").replace(" ;", ";")


def keep() -> None:
    JournalEpoch.objects.update(epoch=F("epoch") + 1)
    operations.keep_clocks()


def at(hours: float) -> Any:
    return clock.frozen(FRIDAY + timedelta(hours=hours))


@pytest.fixture
def timed(world: World) -> World:
    """Two and three business days, by an office in New York that closes at five and keeps Thanksgiving."""
    operations.set_calendar(
        SYSTEM, key="office", name="Office", zone="America/New_York", holidays={date(2026, 11, 26): "Thanksgiving Day"},
        opens_at=time(9), closes_at=time(17),
    )  # fmt: skip
    sla = {"calendar": "office", "decision": {"target_business_days": 2, "breach_business_days": 3}}
    world.program.settings |= {"sla": sla, "queue": {"order": "fifo"}}
    world.program.save(update_fields=["settings"])
    return world


def test_the_promise_stands_still_goes_on_and_shows_its_sum(
    timed: World, make_dispute: DisputeMaker, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    with at(0):
        dispute, second = make_dispute(), make_dispute()
        keep()
        reader = signed_in(buyer)
        page = text(reader.get(f"/disputes/D-{second.number}/"))
        assert "Promise typically 2 to 3 business days; by Wed 25 Nov 17:00" in page
        assert "1 waiting before yours decided in the order in which they came" in page
        assert "It is the next one" in text(reader.get(f"/disputes/D-{dispute.number}/sent/"))
    with at(70):  # Monday, ten o'clock in New York
        assert operations.claim(manager, items=[Ref(dispute.pk)])[0].ok
        assert operations.request_info(manager, items=[WordsItem(dispute.pk, "Which number?")])[0].ok
        keep()
    with at(71):
        page = text(reader.get(f"/disputes/D-{dispute.number}/"))
        assert "stands still since Mon 23 Nov 10:00" in page
        assert "waiting before yours" not in page
        assert "Shown as if it went on now." in text(reader.get(f"/disputes/D-{dispute.number}/clock/"))
    with at(99):
        assert operations.provide_info(buyer, items=[WordsItem(dispute.pk, "That one.")])[0].ok
        keep()
        page = text(reader.get(f"/disputes/D-{dispute.number}/clock/"))
        for line in (
            "Fri 20 Nov – 0 days began 12:00 The day it began, which does not count",  # noqa: RUF001
            "Mon 23 Nov 1 day 1 day",
            "Tue 24 Nov – 1 day The day it went on, which does not count",  # noqa: RUF001
            "Wed 25 Nov 1 day 2 days target 17:00",
            "Thu 26 Nov – 2 days Thanksgiving Day",  # noqa: RUF001
            "Fri 27 Nov 1 day 3 days at the latest 17:00",
            "Stood still 29 h in all",
        ):
            assert line in page
        assert "First look" not in page
        staff = text(signed_in(manager).get(f"/disputes/D-{dispute.number}/?tab=clocks"))
        assert "Fri 27 Nov 1 day 3 days at the latest 17:00" in staff
        assert "Answer of the buyer" in staff
        Holiday.objects.create(calendar_id=SlaClock.objects.filter(kind=ClockKind.DECISION)[0].calendar_id,
                               on=date(2026, 11, 27), name="Added later")  # fmt: skip
        assert "The calendar was changed after this clock began" in text(
            reader.get(f"/disputes/D-{dispute.number}/clock/")
        )


def test_nobody_learns_of_a_decision_from_a_clock(
    timed: World, make_dispute: DisputeMaker, buyer: Principal, other_buyer: Principal, manager: Principal,
    signed_in: SignedIn,
) -> None:  # fmt: skip
    timed.program.settings |= {"queue": {"order": "deadline"}}
    timed.program.save(update_fields=["settings"])
    with at(0):
        make_dispute()
        dispute = make_dispute()
        keep()
        pages = (f"/disputes/D-{dispute.number}/", f"/disputes/D-{dispute.number}/clock/")
        reader = signed_in(buyer)
        before = [text(reader.get(page)).partition("When you will know")[2] for page in pages]
        assert operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT)])[0].ok
        keep()
        after = [text(reader.get(page)).partition("When you will know")[2] for page in pages]
        assert "waiting before yours" in before[0]
        assert after[1] == before[1]
        assert after[0].partition("About the call")[0] == before[0].partition("About the call")[0]
        assert signed_in(other_buyer).get(pages[1]).status_code == 404
        assert signed_in(manager).get("/disputes/D-999999/clock/").status_code == 404


def test_what_is_usual_comes_from_twenty_decisions_at_least(
    world: World, make_dispute: DisputeMaker, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    world.program.settings["sla"] = {"decision": {"target_hours": 24, "breach_hours": 48}}
    world.program.save(update_fields=["settings"])
    reader = signed_in(buyer)
    with at(-48):
        old = [make_dispute() for _ in range(20)]
    with at(0):
        dispute = make_dispute()
        keep()
        page = text(reader.get(f"/disputes/D-{dispute.number}/"))
        assert "Expected" not in page
        assert "About 20 waiting before yours decided by the time promised" in page
    for hour, one in enumerate(old, 1):
        moment = FRIDAY + timedelta(hours=hour - 48)
        Dispute.objects.filter(pk=one.pk).update(
            stage="resolved", outcome="accepted", decided_at=moment, decided_by=manager.id, decided_micros=1
        )
    with at(0.5):
        page = text(reader.get(f"/disputes/D-{dispute.number}/"))
    assert "It is the next one" in page
    assert "Expected about" in page
    assert "by the latest 20 decisions, and what waits" in page
