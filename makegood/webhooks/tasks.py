"""Background work of webhooks, called by the worker at every poll."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from makegood.webhooks import operations
from makegood.webhooks.operations.deliver import Claimed, claim
from makegood.webhooks.operations.deliver import deliver as send_one
from makegood.webhooks.operations.fan_out import BATCH

logger = logging.getLogger(__name__)

MOST_BATCHES = 20
SENDERS = 8
TURN_S = 5.0


def fan_out() -> int:
    """Make deliveries of what the journal holds, at most 20 batches; says how many events were read."""
    read = 0
    for _ in range(MOST_BATCHES):
        count = operations.fan_out(limit=BATCH)
        read += count
        if count < BATCH:
            break
    return read


def forget() -> int:
    """Forget what ended long ago, one batch; says how many deliveries."""
    return operations.forget_old()


class Senders:
    """A few threads that send, so that one slow receiver does not hold up the others.

    Each takes one endpoint at a time: it sends what is due there one by one for a few seconds, then lets go. Only as
    much is claimed as can be sent at once.
    """

    def __init__(self, threads: int = SENDERS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="webhooks")
        self._free = threading.Semaphore(threads)
        self._stopping = False

    def step(self) -> int:
        """Hand out what is due to free threads without waiting for them; says how many endpoints were begun with."""
        begun = 0
        while self._free.acquire(blocking=False):
            claimed = claim()
            if claimed is None:
                self._free.release()
                break
            self._pool.submit(self._send, claimed)
            begun += 1
        return begun

    def _send(self, claimed: Claimed) -> None:
        until = time.monotonic() + TURN_S
        going: Claimed | None = claimed
        try:
            while going is not None:
                send_one(going)
                going = claim(claimed.endpoint_id) if self._goes_on(until) else None
        except Exception:
            logger.exception("a delivery to webhook %s broke off; it is tried again later", claimed.endpoint_id)
        finally:
            connections.close_all()
            self._free.release()

    def _goes_on(self, until: float) -> bool:
        return not self._stopping and time.monotonic() < until

    def close(self) -> None:
        """Begin nothing more, and wait for what is being sent."""
        self._stopping = True
        self._pool.shutdown()


_senders = Senders()


def deliver() -> int:
    """Send what is due; says how many endpoints were begun with."""
    return _senders.step()
