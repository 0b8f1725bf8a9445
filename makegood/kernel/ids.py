"""Public identifiers: prefixed ULIDs, sortable by the time they were made."""

from __future__ import annotations

import secrets

from makegood.kernel import clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
"""Two letters for ten bits."""
_LENGTH = 26


def ulid(prefix: str) -> str:
    """A new identifier such as ``dsp_01J9ZQ..``: 48 bits of milliseconds, then 80 random bits."""
    value = (int(clock.now().timestamp() * 1000) << 80) | secrets.randbits(80)
    pairs = [_PAIRS[value >> shift & 1023] for shift in range(5 * _LENGTH - 10, -1, -10)]
    return f"{prefix}_{''.join(pairs)}"
