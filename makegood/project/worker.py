"""Background work: a polling loop over a few tasks, each of which handles a batch per call."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import close_old_connections, connections
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

LONGEST_RETRY = 60.0
LONGEST_NAP = 1.0


@dataclass
class Task:
    """A callable without arguments that does one batch and says how many items it handled.

    A full batch is followed by the next at once; a failure is logged and retried, each time after twice the
    wait.
    """

    name: str
    run: Callable[[], object]
    every_seconds: float = 1.0
    due: float = field(default=0.0, init=False)
    failures: int = field(default=0, init=False)

    def step(self, now: float) -> None:
        """Run once and decide when to run again."""
        try:
            handled = self.run()
        except Exception:
            self.failures += 1
            wait = min(self.every_seconds * 2.0**self.failures, LONGEST_RETRY)
            logger.exception("%s failed; trying again in %.0f s", self.name, wait)
            connections.close_all()
        else:
            self.failures = 0
            wait = 0.0 if handled else self.every_seconds
        self.due = now + wait


# Dotted names, so that this module can be imported before Django is set up.
PROMPT: tuple[tuple[str, float], ...] = (
    ("makegood.disputes.tasks.commit", 1.0),
    ("makegood.disputes.tasks.plans", 1.0),
    ("makegood.disputes.tasks.release", 5.0),
    ("makegood.disputes.tasks.clocks", 5.0),
    ("makegood.disputes.tasks.lapses", 5.0),
    ("makegood.notifications.tasks.run", 1.0),
)
"""What people wait for."""
PATIENT: tuple[tuple[str, float], ...] = (
    ("makegood.web.mailing.run", 5.0),
    ("makegood.insights.tasks.run", 5.0),
    ("makegood.journal.tasks.forget", 600.0),
    ("makegood.disputes.tasks.old_plans", 600.0),
    ("makegood.project.proving.run", 60.0),
    ("makegood.webhooks.tasks.forget", 600.0),
    ("makegood.evidence.tasks.expect", 2.0),
    ("makegood.disputes.tasks.recordings", 600.0),
    ("makegood.evidence.tasks.sweep", 3600.0),
    ("makegood.evidence.tasks.scan", 30.0),
    ("makegood.disputes.tasks.loose_files", 600.0),
    ("makegood.disputes.tasks.reviews", 60.0),
    ("makegood.imports.tasks.forget", 3600.0),
)
"""What may take long: it has a loop of its own, so that money never waits for a mail server or for figures."""

SENDING: tuple[tuple[str, float], ...] = (
    ("makegood.webhooks.tasks.fan_out", 1.0),
    ("makegood.webhooks.tasks.deliver", 0.5),
)
"""What goes to other systems: apart, so that neither mail nor figures hold it up; slow receivers have threads."""

BRINGING_IN: tuple[tuple[str, float], ...] = (("makegood.imports.tasks.uploads", 1.0),)
"""Files that people sent: apart, because a long one takes minutes."""

FETCHING: tuple[tuple[str, float], ...] = (("makegood.evidence.tasks.fetch", 1.0),)
"""What comes from other systems and takes its time to be read: recordings. It has loops of its own."""
FETCHERS = 2
LET_GO_S = 10.0
"""How long the end of the worker waits for a file or recording at hand; what is left is begun again later."""


def tasks(named: Sequence[tuple[str, float]]) -> list[Task]:
    """The product's own tasks of those names."""
    return [Task(name, import_string(name), every) for name, every in named]


def run(stop: threading.Event) -> None:
    """Work until told to stop; the batches at hand are finished first."""
    beside = [
        threading.Thread(target=loop, args=(stop, tasks(PATIENT)), name="patient work"),
        threading.Thread(target=loop, args=(stop, tasks(SENDING)), name="sending"),
    ]
    bringing_in = threading.Thread(target=loop, args=(stop, tasks(BRINGING_IN)), name="bringing in", daemon=True)
    fetching = [
        threading.Thread(target=loop, args=(stop, tasks(FETCHING)), name=f"fetching {number}", daemon=True)
        for number in range(FETCHERS)
    ]
    for thread in (*beside, bringing_in, *fetching):
        thread.start()
    try:
        loop(stop, tasks(PROMPT))
    finally:
        stop.set()
        for thread in beside:
            thread.join()
        for thread in (bringing_in, *fetching):
            thread.join(LET_GO_S)


def loop(stop: threading.Event, mine: Sequence[Task]) -> None:
    """One loop over some tasks, on a connection of its own."""
    while not stop.is_set():
        close_old_connections()
        for task in mine:
            if stop.is_set():
                break
            if time.monotonic() >= task.due:
                task.step(time.monotonic())
        next_due = min((task.due for task in mine), default=float("inf"))
        stop.wait(max(0.0, min(next_due - time.monotonic(), LONGEST_NAP)))
    connections.close_all()
