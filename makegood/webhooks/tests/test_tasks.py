"""Sending beside each other: a slow receiver holds up nobody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from makegood.webhooks import operations, tasks
from makegood.webhooks.models import Delivery
from makegood.webhooks.operations import create_endpoint, deliver_due, send_test
from makegood.webhooks.operations.fan_out import BATCH
from makegood.webhooks.tests.receiver import listening
from tests.concurrency.threads import all_of
from tests.world import World

PATIENCE_S = 60


def until(done: Callable[[], bool]) -> None:
    """Wait until it is so."""
    give_up = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < give_up
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_a_slow_receiver_holds_up_nobody(committed_world: World, settings: Settings) -> None:
    settings.WEBHOOK_ALLOW = ("127.0.0.1",)
    admin = committed_world.person("admin")
    senders = tasks.Senders(2)
    with listening() as slow, listening() as quick:
        slow.hold = threading.Event()
        for receiver in (slow, quick):
            endpoint = create_endpoint(admin, url=receiver.url).endpoint
            for _ in range(3):
                send_test(admin, endpoint_id=endpoint.public_id)
        try:
            assert senders.step() == 2
            until(lambda: len(quick.got) == 3)
            assert len(slow.got) <= 1  # one request at a time
            until(lambda: senders.step() == 0 and Delivery.objects.filter(state="delivered").count() == 3)
            slow.hold.set()
            until(lambda: len(slow.got) == 3)
        finally:
            slow.hold.set()
            senders.close()
    assert set(Delivery.objects.values_list("state", "attempts")) == {("delivered", 1)}


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_delivery_once(committed_world: World, settings: Settings) -> None:
    settings.WEBHOOK_ALLOW = ("127.0.0.1",)
    admin = committed_world.person("admin")
    with listening() as one, listening() as other:
        for receiver in (one, other):
            endpoint = create_endpoint(admin, url=receiver.url).endpoint
            for _ in range(5):
                send_test(admin, endpoint_id=endpoint.public_id)
        until(lambda: sum(all_of([deliver_due] * 4)) == 0 and not Delivery.objects.filter(state="pending").exists())
        assert [len(set(receiver.ids)) for receiver in (one, other)] == [5, 5]
        assert [len(receiver.ids) for receiver in (one, other)] == [5, 5]
    assert set(Delivery.objects.values_list("state", "attempts")) == {("delivered", 1)}


def test_the_journal_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = iter([BATCH, BATCH, 7])
    monkeypatch.setattr(operations, "fan_out", lambda limit: next(counts))
    assert tasks.fan_out() == 2 * BATCH + 7
