"""Downloads one recording: to checked addresses alone, within limits of time and size, at most three redirects."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin

from django.conf import settings

from makegood.evidence.policy.audio_kinds import MOST_BYTES
from makegood.evidence.policy.fetch_schedule import FEW_TRIES, MOST_TRIES, tries_for_status
from makegood.kernel.outside.addresses import allowed_from
from makegood.kernel.outside.urls import AddressNotAllowed, Target
from makegood.kernel.outside.wire import Bounds, Resolve, addresses_of, ask, connected, problem_of, reached

TOTAL_S = 120.0
IDLE_S = 15.0
MOST_REDIRECTS = 3
_HEAD_BYTES = 64 * 1024
_PART = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FetchFailed(Exception):
    """The recording did not come; ``detail`` says why in the rest of a sentence, ``most`` how often to try in all."""

    def __init__(self, code: str, detail: str, *, most: int = MOST_TRIES) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail, self.most = code, detail, most


@dataclass(frozen=True)
class Downloaded:
    """What came: the type that was said, and the name that the address ends in."""

    content_type: str
    name: str


def download(url: str, into: Path, resolve: Resolve = addresses_of) -> Downloaded:
    """Write what the address gives into a file. Raises FetchFailed.

    Each hop is checked anew and connected to as it was checked. No proxy, no cookies; what a host is told by the
    setting MAKEGOOD_FETCH_AUTH is told to that host alone, over TLS alone.
    """
    deadline = time.monotonic() + TOTAL_S
    try:
        for _ in range(MOST_REDIRECTS + 1):
            moved = _hop(url, into, resolve, deadline)
            if isinstance(moved, Downloaded):
                return moved
            url = moved
    except AddressNotAllowed as refusal:
        raise FetchFailed("ADDRESS_NOT_ALLOWED", f"its address may not be asked: {refusal.rule}", most=1) from refusal
    except (OSError, http.client.HTTPException) as error:
        raise FetchFailed("NO_ANSWER", problem_of(error, TOTAL_S)[:300]) from error
    raise FetchFailed("TOO_MANY_REDIRECTS", f"the source redirects more than {MOST_REDIRECTS} times", most=FEW_TRIES)


def _hop(url: str, into: Path, resolve: Resolve, deadline: float) -> Downloaded | str:
    """The file, or the address that the source names instead."""
    target, addresses = reached(url, resolve, allowed_from(settings.FETCH_ALLOW))
    bounds = Bounds(deadline, MOST_BYTES + _HEAD_BYTES, IDLE_S)
    with closing(connected(target, addresses, deadline)) as link:
        answer = ask(link, "GET", target, bounds, {"Accept": "audio/*, */*;q=0.1", **_credentials(target)})
        moved = answer.getheader("Location")
        if answer.status in _REDIRECTS and moved:
            return urljoin(f"{target.scheme}://{target.authority}{target.path}", moved)
        if answer.status != http.client.OK:
            said = f"the source answered {answer.status} {http.client.responses.get(answer.status, '')}".rstrip()
            raise FetchFailed(f"HTTP_{answer.status}", said, most=tries_for_status(answer.status))
        _save(answer, into)
        last = unquote(target.path.partition("?")[0].rpartition("/")[2])
        return Downloaded(answer.getheader("Content-Type") or "", last)


def _credentials(target: Target) -> Mapping[str, str]:
    """What this host is told, where the operator said so."""
    said = settings.FETCH_AUTH.get(target.authority)
    return {"Authorization": said} if said and target.scheme == "https" else {}


def _save(answer: http.client.HTTPResponse, into: Path) -> None:
    announced = answer.length
    if announced is not None and announced > MOST_BYTES:
        raise _too_large()
    came = 0
    with into.open("wb") as out:
        while part := answer.read(_PART):
            came += len(part)
            if came > MOST_BYTES:
                raise _too_large()
            out.write(part)
    if announced is not None and came < announced:
        raise FetchFailed("BROKE_OFF", f"the source broke off after {came:,} of {announced:,} bytes")


def _too_large() -> FetchFailed:
    return FetchFailed("RECORDING_TOO_LARGE", f"it is larger than {MOST_BYTES // 1024**2} MB", most=1)
