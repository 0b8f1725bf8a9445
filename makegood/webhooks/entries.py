"""Pure: secrets, and how a request is signed with them (Standard Webhooks)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with
_BYTES = 32


def new_secret() -> str:
    """A new secret: ``whsec_`` and 32 random bytes in base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signatures(keys: Sequence[str], *, message_id: str, at: datetime, body: str) -> str:
    """The ``webhook-signature`` header: one ``v1,..`` per secret, separated by blanks; ``at`` is aware, UTC."""
    return " ".join(Webhook(key).sign(message_id, at, body) for key in keys)


def headers_of(keys: Sequence[str], *, message_id: str, at: datetime, body: str) -> dict[str, str]:
    """The three headers of the specification."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures(keys, message_id=message_id, at=at, body=body),
    }
