"""Sending: signed, at least once under one id, tried again by the schedule, stopped where it fails too often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import Principal
from makegood.parties.models import User
from makegood.webhooks import selectors
from makegood.webhooks.errors import EndpointDisabled
from makegood.webhooks.models import Attempt, Delivery, Endpoint
from makegood.webhooks.operations import (
    change_endpoint,
    create_endpoint,
    deliver_due,
    forget_old,
    replay_delivery,
    replay_since,
    resume,
    rotate_secret,
    send_test,
)
from makegood.webhooks.operations.deliver import LEASE, claim, deliver
from makegood.webhooks.policy.schedule import WAITS
from makegood.webhooks.selectors.laws import LAWS
from makegood.webhooks.tests.receiver import Receiver, listening
from makegood.webhooks.tests.telling import fan_out_all
from tests.world import DisputeMaker

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def waiting(endpoint: Endpoint, make_dispute: DisputeMaker) -> Delivery:
    """One delivery that is due."""
    make_dispute()
    fan_out_all()
    return Delivery.objects.get()


def stand(waiting: Delivery) -> tuple[str, int, int]:
    waiting.refresh_from_db()
    return waiting.state, waiting.tries, waiting.attempts


def test_a_receiver_verifies_what_it_gets(endpoint: Endpoint, receiver: Receiver, waiting: Delivery) -> None:
    receiver.answers(200, body=b"thanks \x00\xff" + b"x" * 200_000)
    assert deliver_due() == 1
    (got,) = receiver.got
    message = got.verified(endpoint.secret)
    assert (message["type"], message["data"]["sequence"]) == ("dispute.submitted", waiting.event_id)
    assert got.body == waiting.payload
    assert got.path == "/hooks?key=1"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["content-type"] == "application/json"
    assert got.headers["webhook-id"] == waiting.message_id
    assert stand(waiting) == ("delivered", 1, 1)
    (attempt,) = selectors.attempts([waiting])[waiting.pk]
    assert (attempt.status, attempt.error, len(attempt.answer)) == (200, "", 1024)
    assert attempt.answer.startswith("thanks \ufffd\ufffdxx")
    assert deliver_due() == 0
    assert list(broken(LAWS)) == []


def test_attempts_follow_the_schedule_under_one_id(receiver: Receiver, waiting: Delivery) -> None:
    receiver.answers(500, times=10)
    times: list[datetime] = []
    now = clock.now() + timedelta(seconds=1)
    for _ in range(10):
        with clock.frozen(now):
            assert deliver_due() == 1
            assert deliver_due() == 0
        waiting.refresh_from_db()
        times.append(now)
        if waiting.next_attempt_at:
            with clock.frozen(waiting.next_attempt_at - timedelta(milliseconds=1)):
                assert deliver_due() == 0
            now = waiting.next_attempt_at
    for before, after, wait in zip(times, times[1:], WAITS[1:], strict=False):
        assert wait <= after - before <= wait * 1.2
    assert stand(waiting) == ("failed", 10, 10)
    assert waiting.next_attempt_at is None
    assert set(receiver.ids) == {waiting.message_id}
    assert {got.body for got in receiver.got} == {waiting.payload}
    assert len({got.headers["webhook-timestamp"] for got in receiver.got}) == 10
    assert [attempt.number for attempt in selectors.attempts([waiting])[waiting.pk]] == list(range(1, 11))
    assert Endpoint.objects.get().failures == 10


def test_a_receiver_that_asks_for_time_gets_it(receiver: Receiver, waiting: Delivery) -> None:
    receiver.answers(503, Retry_After="600")
    with clock.frozen(clock.now() + timedelta(seconds=1)):
        deliver_due()
        waiting.refresh_from_db()
        assert waiting.next_attempt_at == clock.now() + timedelta(seconds=600)


def test_both_secrets_sign_for_a_day(
    admin: Principal, endpoint: Endpoint, receiver: Receiver, waiting: Delivery
) -> None:
    old = endpoint.secret
    new = rotate_secret(admin, endpoint_id=endpoint.public_id).secret
    assert old != new
    deliver_due()
    (got,) = receiver.got
    assert len(got.headers["webhook-signature"].split(" ")) == 2
    assert got.verified(old) == got.verified(new)
    replay_delivery(admin, message_id=waiting.message_id)
    with clock.shifted(timedelta(hours=24, seconds=1)):
        deliver_due()
        at = clock.now()
    last = receiver.got[-1].headers
    assert last["webhook-signature"] == Webhook(new).sign(waiting.message_id, at, waiting.payload)


def test_a_receiver_that_is_gone_disables_at_once(
    admin: Principal, endpoint: Endpoint, receiver: Receiver, make_dispute: DisputeMaker
) -> None:
    make_dispute()
    make_dispute()
    fan_out_all()
    receiver.answers(410)
    assert deliver_due() == 1
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.cause) == ("disabled", "gone")
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["dropped", "failed"]
    assert JournalEvent.objects.get(event="webhook.disabled").changes["owner"] == admin.id
    with pytest.raises(EndpointDisabled):
        send_test(admin, endpoint_id=endpoint.public_id)
    make_dispute()
    fan_out_all()
    assert Delivery.objects.count() == 2


def test_twenty_failures_in_a_row_pause_and_the_owner_is_named(
    admin: Principal, endpoint: Endpoint, receiver: Receiver, waiting: Delivery, make_dispute: DisputeMaker
) -> None:
    Endpoint.objects.update(failures=18)
    receiver.answers(500)
    receiver.answers(200)
    receiver.answers(500)
    fail_until_delivered(waiting)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.state) == (0, "active")
    Endpoint.objects.update(failures=19)
    replay_delivery(admin, message_id=waiting.message_id)
    deliver_due()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.cause, endpoint.failures) == ("paused", "failures", 20)
    told = JournalEvent.objects.get(event="webhook.paused")
    assert told.changes == {
        "endpoint": endpoint.public_id,
        "cause": "failures",
        "failures": 20,
        "owner": admin.id,
    }
    make_dispute()
    fan_out_all()
    with clock.shifted(timedelta(days=1)):
        assert deliver_due() == 0
    send_test(admin, endpoint_id=endpoint.public_id)
    assert deliver_due() == 1  # the test alone
    assert receiver.got[-1].verified(endpoint.secret)["type"] == "endpoint.test"
    resume(admin, endpoint_id=endpoint.public_id)
    assert replay_since(admin, endpoint_id=endpoint.public_id, since=NOON - timedelta(days=999)) == 1
    with clock.shifted(timedelta(days=1)):
        assert deliver_due() == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def fail_until_delivered(waiting: Delivery) -> None:
    deliver_due()
    assert stand(waiting) == ("pending", 1, 1)
    with clock.shifted(timedelta(minutes=1)):
        deliver_due()
    assert stand(waiting) == ("delivered", 2, 2)


def test_a_replay_keeps_id_and_body(
    admin: Principal, receiver: Receiver, waiting: Delivery, endpoint: Endpoint
) -> None:
    deliver_due()
    replayed = replay_delivery(admin, message_id=waiting.message_id)
    assert (replayed.state, replayed.tries, replayed.attempts) == ("pending", 0, 1)
    assert replay_since(admin, endpoint_id=endpoint.public_id, since=NOON) == 0
    deliver_due()
    assert receiver.ids == [waiting.message_id] * 2
    assert receiver.got[0].body == receiver.got[1].body
    assert stand(waiting) == ("delivered", 1, 2)


def test_what_was_claimed_by_a_process_that_ended_is_sent_again(receiver: Receiver, waiting: Delivery) -> None:
    lost = claim()
    assert lost is not None
    assert deliver_due() == 0  # it may still be on its way
    with clock.shifted(LEASE + timedelta(seconds=1)):
        assert deliver_due() == 1
    assert receiver.ids == [waiting.message_id]
    assert stand(waiting) == ("delivered", 1, 1)
    receiver.answers(500)
    deliver(lost)  # it was not gone after all, only late
    assert receiver.ids == [waiting.message_id] * 2
    assert stand(waiting) == ("delivered", 2, 2)
    assert list(broken(LAWS)) == []


def test_an_endpoint_gets_one_request_at_a_time(
    admin: Principal, endpoint: Endpoint, receiver: Receiver, make_dispute: DisputeMaker
) -> None:
    other = create_endpoint(admin, url=receiver.url).endpoint
    make_dispute()
    make_dispute()
    fan_out_all()
    claimed = [claim(), claim(), claim()]
    assert [one and one.endpoint_id for one in claimed] == [endpoint.pk, other.pk, None]


def test_a_redirect_is_not_followed(receiver: Receiver, waiting: Delivery) -> None:
    with listening() as elsewhere:
        receiver.answers(307, Location=elsewhere.url)
        deliver_due()
        assert elsewhere.got == []
    assert stand(waiting) == ("pending", 1, 1)
    assert Attempt.objects.get().status == 307


def test_an_address_that_is_refused_later_gets_nothing(
    admin: Principal, endpoint: Endpoint, receiver: Receiver, waiting: Delivery
) -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])

    def rebinding(host: str, port: int) -> Sequence[str]:
        return next(answers)

    change_endpoint(admin, endpoint_id=endpoint.public_id, url="https://hooks.example/", resolve=rebinding)
    deliver_due(resolve=rebinding)
    assert receiver.got == []
    assert stand(waiting) == ("pending", 1, 1)
    attempt = Attempt.objects.get()
    assert attempt.status is None
    assert attempt.error == (
        "WEBHOOK_URL_NOT_ALLOWED: This address cannot receive webhooks:"
        " hooks.example leads to an address that is not public (loopback)."
    )


def test_who_left_gets_nothing_that_still_waits(admin: Principal, receiver: Receiver, waiting: Delivery) -> None:
    User.objects.filter(pk=admin.id).update(is_active=False)
    assert deliver_due() == 0
    assert receiver.got == []
    assert stand(waiting) == ("dropped", 0, 0)
    assert Endpoint.objects.get().cause == "owner"


def test_an_endpoint_deleted_while_it_is_sent_to_leaves_nothing(receiver: Receiver, waiting: Delivery) -> None:
    claimed = claim()
    assert claimed is not None
    Endpoint.objects.all().delete()
    deliver(claimed)
    assert (len(receiver.got), Delivery.objects.count(), Attempt.objects.count()) == (1, 0, 0)


def test_what_ended_a_month_ago_is_forgotten(receiver: Receiver, waiting: Delivery, admin: Principal) -> None:
    deliver_due()
    assert forget_old() == 0
    with clock.shifted(timedelta(days=30, seconds=1)):
        late = send_test(admin, endpoint_id=waiting.endpoint.public_id)
        assert forget_old() == 1
    assert list(Delivery.objects.values_list("pk", flat=True)) == [late.pk]
    assert Attempt.objects.count() == 0
    with clock.shifted(timedelta(days=99)):
        assert forget_old() == 0  # the test still waits
