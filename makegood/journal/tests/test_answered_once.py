"""Same key, same person: one effect and one answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from makegood.journal import tasks
from makegood.journal.errors import KeyReused
from makegood.journal.models import Command
from makegood.journal.operations import answered_once, forget_answered
from makegood.journal.operations.answer_once import KEPT_FOR
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from tests.refusals import unchanged

pytestmark = pytest.mark.django_db

KIM, ANN = (Principal(id=number, label="", role="csr") for number in (7, 8))


def counting(calls: list[int]) -> Callable[[], Any]:
    def run() -> list[int]:
        calls.append(len(calls))
        return list(calls)

    return run


def ask(actor: Principal, calls: list[int], key: str = "k", path: str = "p", body: Any = "b") -> Any:
    return answered_once(actor, key=key, path=path, body=body, run=counting(calls))


def test_repeat_gets_the_stored_answer() -> None:
    calls: list[int] = []
    assert ask(KIM, calls) == [0]
    with unchanged():
        assert ask(KIM, calls) == [0]
    assert calls == [0]


def test_order_of_a_body_does_not_matter() -> None:
    calls: list[int] = []
    ask(KIM, calls, body={"a": 1, "b": 2})
    assert ask(KIM, calls, body={"b": 2, "a": 1}) == [0]


@pytest.mark.parametrize("other", [{"path": "q"}, {"body": "c"}, {"body": None}])
def test_key_with_another_request_is_refused(other: dict[str, Any]) -> None:
    calls: list[int] = []
    ask(KIM, calls)
    with unchanged(), pytest.raises(KeyReused) as raised:
        ask(KIM, calls, **other)
    assert raised.value.message == "This idempotency key was already used for another request."
    assert calls == [0]


def test_key_belongs_to_one_principal() -> None:
    calls: list[int] = []
    answers = [ask(actor, calls) for actor in (KIM, ANN, SYSTEM, KIM)]
    assert answers == [[0], [0, 1], [0, 1, 2], [0]]


def test_failure_leaves_nothing_so_it_may_be_tried_again() -> None:
    def fail() -> Any:
        raise ZeroDivisionError

    with unchanged(), pytest.raises(ZeroDivisionError):
        answered_once(KIM, key="k", path="p", body="b", run=fail)
    assert ask(KIM, []) == [0]


def test_key_is_forgotten_after_two_days() -> None:
    calls: list[int] = []
    ask(KIM, calls)
    with clock.shifted(timedelta(days=2, seconds=-5)):
        assert ask(KIM, calls) == [0]
    with clock.shifted(timedelta(days=2)):
        assert ask(KIM, calls, body="c") == [0, 1]
    assert Command.objects.count() == 1


def test_expired_answers_are_forgotten_a_batch_at_a_time_and_no_others() -> None:
    with clock.shifted(-KEPT_FOR - timedelta(hours=1)):
        for key in ("a", "b", "c"):
            ask(KIM, [], key)
    ask(KIM, [], "kept")
    assert [forget_answered(2), forget_answered(2), forget_answered(2)] == [2, 1, 0]
    assert list(Command.objects.values_list("key", flat=True)) == ["kept"]
    assert tasks.forget() == 0
