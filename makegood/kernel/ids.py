"""Public identifiers: prefixed ULIDs, sortable by the time they were made."""

from __future__ import annotations

import secrets

from makegood.kernel import clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26


def ulid(prefix: str) -> str:
    """A new identifier such as ``dsp_01J9ZQ..``: 48 bits of milliseconds, then 80 random bits."""
    value = (int(clock.now().timestamp() * 1000) << 80) | secrets.randbits(80)
    letters = []
    for _ in range(_LENGTH):
        letters.append(_ALPHABET[value & 31])
        value >>= 5
    return f"{prefix}_{''.join(reversed(letters))}"
