"""A stamp of what somebody looked at, so that a later step can tell whether it is still so. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def stamp_of(*parts: Any) -> str:
    """Sixteen characters that differ when the parts (anything JSON holds) do."""
    text = json.dumps(parts, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
