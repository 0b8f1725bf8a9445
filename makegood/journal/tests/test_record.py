"""Writing history: what a row says, who acted, and when it was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from makegood.journal.models import JournalEvent
from makegood.journal.operations import Change, record, record_all
from makegood.journal.selectors import history
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from tests.refusals import run, unchanged

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
PERSON = Principal(id=7, label="Kim", role="csr", acting_for=9, request_id="r-1", ip="192.0.2.1")


def test_row_says_who_did_what_when_to_whom() -> None:
    with clock.frozen(AT):
        record(
            PERSON,
            verb="open",
            event="thing.opened",
            object_kind="thing",
            object_id=3,
            program_id=4,
            customer_id=5,
            vendor_id=6,
            changes={"before": None, "after": {"at": AT}},
        )
    (event,) = history("thing", 3)
    assert (event.at, event.principal, event.principal_label, event.acting_for) == (AT, 7, "Kim", 9)
    assert (event.request_id, event.ip, event.verb, event.event) == ("r-1", "192.0.2.1", "open", "thing.opened")
    assert (event.program_id, event.customer_id, event.vendor_id) == (4, 5, 6)
    assert event.changes == {"before": None, "after": {"at": str(AT)}}


def test_row_carries_epoch_and_transaction() -> None:
    record(SYSTEM, verb="v", event="e", object_kind="thing", object_id=1)
    ((epoch, written_by),) = run("SELECT epoch, pg_current_xact_id()::text FROM journal_epoch")
    event = JournalEvent.objects.get(object_kind="thing")
    assert (event.epoch, event.written_by, event.principal) == (epoch, written_by, None)
    assert event.changes == {}


def test_many_changes_keep_their_order() -> None:
    record_all(SYSTEM, [Change("v", "e", "thing", number % 2) for number in range(6)])
    ids = [event.pk for event in history("thing", 1)]
    assert (len(ids), ids == sorted(ids)) == (3, True)


def test_no_change_writes_nothing() -> None:
    with unchanged():
        record_all(SYSTEM, [])


def test_row_goes_when_its_change_goes() -> None:
    @transaction.atomic
    def fail() -> None:
        record(SYSTEM, verb="v", event="e", object_kind="thing", object_id=1)
        raise ZeroDivisionError

    with unchanged(), pytest.raises(ZeroDivisionError):
        fail()
