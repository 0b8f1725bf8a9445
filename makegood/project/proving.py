"""The daily proof: every invariant of every app, in one snapshot; what was found stands in the journal."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

from django.db import close_old_connections, connection, transaction

from makegood.journal.operations import record
from makegood.journal.selectors import latest_at
from makegood.kernel import clock
from makegood.ledger.selectors.laws import Break, broken
from makegood.parties.entries import SYSTEM
from makegood.project.invariants import EVERY_LAW
from makegood.web.health import ASKED, WHERE
from makegood.web.health import PROVEN as EVENT

logger = logging.getLogger(__name__)

EVERY = timedelta(days=1)
LOCK = 8_412_774_001
"""Whoever proves holds this; the others leave it to them."""
MOST_BREAKS = 20
FIRST_WAIT, LONGEST_WAIT = 60.0, 6 * 3600.0
"""Seconds after a proof that broke off."""


@contextmanager
def one_snapshot(*, read_only: bool = True) -> Iterator[None]:
    """A transaction in which every query sees the same instant; the first of its connection's open ones.

    It may take as long as it takes, whatever the server's time limits are. While it only reads, it has no transaction
    number, so it holds back no reader of the journal.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ{' READ ONLY' if read_only else ''}")
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL transaction_timeout = 0")
        yield


def is_due() -> bool:
    """Whether the last proof is a day old, or there was none, or somebody asked for another since."""
    last, asked = latest_at(*WHERE, EVENT), latest_at(*WHERE, ASKED)
    return last is None or clock.now() - last >= EVERY or (asked is not None and asked > last)


def prove_if_due() -> list[Break] | None:
    """Prove everything, unless that was done within a day or is being done; says what is broken, None if not proven.

    The result is one journal row: how many laws, which are broken, and the first break in a sentence, which
    notifications tell the admins.
    """
    with one_snapshot(read_only=False):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            (mine,) = cursor.fetchone() or (False,)
        if not mine or not is_due():
            return None
        breaks = list(broken(EVERY_LAW))
        _record(breaks)
    for found in breaks:
        logger.error("%s", sentence(found))
    return breaks


def sentence(found: Break) -> str:
    """A break in words: the law, where, and what was found."""
    return f'"{found.law}": {found.where} {found.found}.'


def _record(breaks: list[Break]) -> None:
    record(
        SYSTEM,
        verb="verify",
        event=EVENT,
        object_kind=WHERE[0],
        object_id=WHERE[1],
        changes={
            "laws": len(EVERY_LAW),
            "broken": sorted({found.law for found in breaks}),
            "breaks": [vars(found) for found in breaks[:MOST_BREAKS]],
            "sentence": f"First: {sentence(breaks[0])}" if breaks else "",
        },
    )


class _Proof:
    """One proof at a time in this process, beside the other tasks: commits do not wait for it.

    One that breaks off is begun again, each time after twice the wait: a large database is not read without end.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._failures = 0
        self._not_before = 0.0

    def start_if_due(self) -> None:
        """Begin, unless one is under way or none is due."""
        if self._thread is not None and self._thread.is_alive():
            return
        if monotonic() >= self._not_before and is_due():
            self._thread = threading.Thread(target=self._prove, name="proof", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait for the one under way."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _prove(self) -> None:
        close_old_connections()
        try:
            prove_if_due()
            self._failures, self._not_before = 0, 0.0
        except Exception:
            self._failures += 1
            wait = min(FIRST_WAIT * 2.0**self._failures, LONGEST_WAIT)
            self._not_before = monotonic() + wait
            logger.warning("the daily proof broke off; it will be begun again", exc_info=True)
        finally:
            connection.close()


PROOF = _Proof()


def run() -> int:
    """Begin the daily proof when it is due; at start-up that is at once if the last one is older than a day."""
    PROOF.start_if_due()
    return 0
