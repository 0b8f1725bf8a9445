"""One request to a receiver: to the address that was checked, within 15 s, reading at most 64 kB, following nothing."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

from django.conf import settings

from makegood.kernel.outside.addresses import Address, allowed_from
from makegood.kernel.outside.urls import AddressNotAllowed, Target
from makegood.kernel.outside.wire import Bounds, Resolve, addresses_of, ask, connected, problem_of, reached
from makegood.webhooks.errors import UrlNotAllowed

__all__ = ["MOST_READ", "Outcome", "Resolve", "addresses_of", "checked", "send"]

TIMEOUT_S = 15.0
MOST_READ = 64 * 1024
KEPT = 1024


@dataclass(frozen=True)
class Outcome:
    """What came of a request: the status, or the error where none came; the first kB of the answer."""

    duration_ms: int
    status: int | None = None
    answer: str = ""
    error: str = ""
    retry_after: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status <= 299


def checked(url: str, resolve: Resolve) -> tuple[Target, tuple[Address, ...]]:
    """Where a request to ``url`` goes, once it may. Errors: WEBHOOK_URL_NOT_ALLOWED. Raises OSError without a name."""
    try:
        return reached(url, resolve, allowed_from(settings.WEBHOOK_ALLOW))
    except AddressNotAllowed as refusal:
        raise UrlNotAllowed(rule=refusal.rule) from refusal


def send(url: str, body: str, headers: Mapping[str, str], resolve: Resolve = addresses_of) -> Outcome:
    """Post a body to an address that is checked now, and connect to what was checked. Never raises for the receiver."""
    begun = time.monotonic()
    try:
        target, addresses = checked(url, resolve)
        outcome = _post(target, addresses, body.encode(), headers, begun + TIMEOUT_S)
    except UrlNotAllowed as refusal:
        outcome = Outcome(0, error=str(refusal))
    except (OSError, http.client.HTTPException) as error:
        outcome = Outcome(0, error=problem_of(error, TIMEOUT_S))
    taken = int((time.monotonic() - begun) * 1000)
    return Outcome(taken, outcome.status, outcome.answer, outcome.error[:300].replace("\0", ""), outcome.retry_after)


def _post(
    target: Target, addresses: Sequence[Address], body: bytes, headers: Mapping[str, str], deadline: float
) -> Outcome:
    own = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    with closing(connected(target, addresses, deadline)) as link:
        response = ask(link, "POST", target, Bounds(deadline, MOST_READ), {**own, **headers}, body)
        # The status is there; an answer that breaks off, lingers or is too long changes nothing.
        answer = b""
        with suppress(OSError, http.client.HTTPException):
            while len(answer) < KEPT and (part := response.read1(KEPT - len(answer))):
                answer += part
        text = answer.decode("utf-8", "replace").replace("\0", "\ufffd")
        return Outcome(0, status=response.status, answer=text, retry_after=response.getheader("Retry-After"))
