"""The idempotency store: the effect and its answer are written in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction

from makegood.journal.errors import KeyReused
from makegood.journal.models import Command
from makegood.journal.operations.record import Actor
from makegood.kernel import clock

KEPT_FOR = timedelta(days=2)


def fingerprint(body: Any) -> str:
    """SHA-256 of the canonical JSON of a request body."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def answered_once(actor: Actor, *, key: str, path: str, body: Any, run: Callable[[], Any]) -> Any:
    """Run once per (principal, key) and give the stored answer to every repeat.

    ``run`` returns something JSON can hold. A parallel repeat waits for the first to end. Raises KeyReused when
    the key comes with another path or body. An exception in ``run`` leaves nothing behind, so it may be tried again.
    """
    request_hash = fingerprint(body)
    now = clock.now()
    with transaction.atomic():
        Command.objects.filter(principal=actor.id or 0, key=key, expires_at__lte=now).delete()
        command = Command(
            principal=actor.id or 0, key=key, path=path, request_hash=request_hash, at=now, expires_at=now + KEPT_FOR
        )
        Command.objects.bulk_create([command], ignore_conflicts=True)
        stored = Command.objects.select_for_update().get(principal=actor.id or 0, key=key)
        if (stored.path, stored.request_hash) != (path, request_hash):
            raise KeyReused()
        if stored.response is None:
            stored.response = run()
            stored.save(update_fields=["response"])
        return stored.response
