"""How many files one person hands in before a dispute shows them: so many within a day, whoever counts at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import FilesItem
from makegood.disputes.errors import TooManyWaiting
from makegood.evidence.models import File
from makegood.evidence.operations.keep_file import keep_file
from makegood.evidence.policy.files import Limits
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotPermitted
from tests.concurrency.threads import race
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

MOST = 3
FULL = f"{MOST} files that you handed in today wait for a dispute, the most for one day. Send it, or remove some first."


@pytest.fixture(autouse=True)
def few(settings: Any) -> None:
    settings.LOOSE_FILES_PER_DAY = MOST


def hand_in(who: Principal, words: str = "some words") -> File:
    return operations.hand_in_file(who, content=words.encode(), name="note.txt", limits=Limits())


def test_a_day_has_room_for_so_many(buyer: Principal, other_buyer: Principal, evidence_here: Path) -> None:
    files = [hand_in(buyer) for _ in range(MOST)]
    stored = list(evidence_here.rglob("*"))
    with unchanged(), pytest.raises(TooManyWaiting) as raised:
        hand_in(buyer)
    assert (raised.value.code, raised.value.status, raised.value.message) == ("EVIDENCE_TOO_MANY_WAITING", 409, FULL)
    assert list(evidence_here.rglob("*")) == stored
    hand_in(other_buyer)
    operations.discard_file(buyer, files[0])
    hand_in(buyer)
    with clock.shifted(timedelta(days=1, seconds=1)):
        hand_in(buyer)


def test_what_a_dispute_shows_waits_no_more(make_dispute: DisputeMaker, buyer: Principal, vendor: Principal) -> None:
    dispute = make_dispute()
    for place in range(2 * MOST - 1):
        file = hand_in(buyer, f"words {place}")
        if place < MOST:
            assert operations.attach_files(buyer, items=[FilesItem(dispute.pk, (file.public_id,))])[0].ok
    keep_file(buyer, content=b"more", name="more.txt", limits=Limits())  # what goes straight to a dispute
    with unchanged():
        with pytest.raises(TooManyWaiting):
            hand_in(buyer)
        with pytest.raises(NotPermitted):
            hand_in(vendor)


def test_at_once_no_more_come_in(committed_world: World) -> None:
    buyer = committed_world.person("buyer", customer_number="B1")
    outcomes = race([lambda: hand_in(buyer) for _ in range(2 * MOST)])
    codes = [error.code for error in outcomes.raised if isinstance(error, Refusal)]
    assert (len(outcomes.given), codes) == (MOST, ["EVIDENCE_TOO_MANY_WAITING"] * MOST)
    assert File.objects.count() == MOST
