"""How often a token may call: whole minutes, counted in the database, spent from memory.

A process takes a part of the minute's requests from the token's row at once and spends it by itself, so that most
requests write nothing. All processes together never let more through than the token may; near the end of a minute a
process may refuse while another still holds a part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from makegood.api.errors import RateLimited
from makegood.kernel import clock
from makegood.parties.entries import SignedIn
from makegood.parties.operations import take_requests

PARTS = 20
MINUTE = timedelta(minutes=1)


@dataclass
class _Part:
    minute: datetime
    left: int
    taken: int
    """How many requests all processes together had taken when this part was."""


_parts: dict[int, _Part] = {}
_lock = Lock()


def spend(signed: SignedIn) -> dict[str, str]:
    """Count one request; the headers that tell how many are left. Raises RateLimited."""
    now = clock.now()
    minute = now.replace(second=0, microsecond=0)
    wait = max(1, round((minute + MINUTE - now).total_seconds()))
    with _lock:
        part = _parts.get(signed.token_id)
        if part is None or part.minute != minute or (part.left <= 0 and part.taken < signed.per_minute):
            part = _taken(signed, minute)
        headers = {
            "RateLimit-Limit": str(signed.per_minute),
            "RateLimit-Reset": str(wait),
            "RateLimit-Policy": f'"token";q={signed.per_minute};w=60',
        }
        if part.left <= 0:
            headers |= {"RateLimit-Remaining": "0", "Retry-After": str(wait)}
            raise RateLimited(limit=f"{signed.per_minute:,}", wait=wait, headers=headers)
        part.left -= 1
        headers["RateLimit-Remaining"] = str(max(0, signed.per_minute - part.taken + part.left))
        return headers


def _taken(signed: SignedIn, minute: datetime) -> _Part:
    wanted = max(1, signed.per_minute // PARTS)
    granted, taken = take_requests(signed.token_id, minute=minute, wanted=wanted, limit=signed.per_minute)
    part = _Part(minute, granted, taken)
    _parts[signed.token_id] = part
    return part


def forget() -> None:
    """Drop what this process holds (a test database starts its numbers over)."""
    with _lock:
        _parts.clear()
