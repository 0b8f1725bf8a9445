"""The background loop: due times, failures, stopping."""

import logging
import threading

import pytest

from makegood.project import worker
from makegood.project.worker import LONGEST_RETRY, Task

# The loop looks after old connections at every turn.
pytestmark = pytest.mark.django_db


def test_idle_task_waits_and_busy_task_goes_on() -> None:
    answers = iter([3, 0])
    task = Task("busy", lambda: next(answers), every_seconds=5.0)
    task.step(100.0)
    assert task.due == 100.0
    task.step(100.0)
    assert task.due == 105.0


def test_failing_task_is_logged_and_retried_later_each_time(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> int:
        raise RuntimeError("the post is closed")

    task = Task("mail", fail, every_seconds=1.0)
    waits = []
    with caplog.at_level(logging.ERROR):
        for _ in range(8):
            task.step(0.0)
            waits.append(task.due)
    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-1] == LONGEST_RETRY
    assert "mail failed; trying again in 2 s" in caplog.text
    assert "the post is closed" in caplog.text


def test_recovered_task_forgets_its_failures() -> None:
    moods = iter([True, False])

    def sometimes() -> int:
        if next(moods):
            raise RuntimeError
        return 0

    task = Task("moody", sometimes)
    task.step(0.0)
    task.step(0.0)
    assert (task.failures, task.due) == (0, 1.0)


def test_one_failing_task_does_not_hold_up_the_other_and_the_loop_stops() -> None:
    stop = threading.Event()
    rounds = []

    def fail() -> int:
        raise RuntimeError

    def work() -> int:
        rounds.append(1)
        if len(rounds) == 3:
            stop.set()
        return 1

    worker.loop(stop, [Task("broken", fail), Task("sound", work)])
    assert len(rounds) == 3


def test_stop_is_heard_between_two_tasks() -> None:
    stop = threading.Event()
    ran: list[str] = []

    def first() -> int:
        ran.append("first")
        stop.set()
        return 1

    def second() -> int:
        ran.append("second")
        return 1

    worker.loop(stop, [Task("first", first), Task("second", second)])
    assert ran == ["first"]


def test_every_task_of_the_product_can_be_called() -> None:
    every = (worker.PROMPT, worker.PATIENT, worker.SENDING, worker.BRINGING_IN, worker.FETCHING)
    for named in every:
        found = worker.tasks(named)
        assert [task.name for task in found] == [name for name, _ in named]
        assert all(callable(task.run) for task in found)
    names = [name for named in every for name, _ in named]
    assert len(names) == len(set(names))


def test_prompt_work_goes_on_while_patient_work_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, begun = threading.Event(), threading.Event()
    done: list[str] = []

    def lingers() -> int:
        begun.set()
        stop.wait(10)
        done.append("patient")
        return 0

    def commits() -> int:
        begun.wait(10)
        done.append("prompt")
        if len(done) == 3:
            stop.set()
        return 1

    work = {
        worker.PROMPT: [worker.Task("commits", commits)],
        worker.PATIENT: [worker.Task("lingers", lingers)],
        worker.SENDING: [],
        worker.BRINGING_IN: [],
        worker.FETCHING: [],
    }
    monkeypatch.setattr(worker, "tasks", work.__getitem__)
    worker.run(stop)
    assert done == ["prompt"] * 3 + ["patient"]
