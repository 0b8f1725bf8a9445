"""The idempotency store: the effect and its answer are written in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db import transaction

from makegood.journal.errors import KeyInUse, KeyReused
from makegood.journal.models import Command
from makegood.journal.operations.record import Actor
from makegood.kernel import clock, sql
from makegood.kernel.prepared import fetch

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


@dataclass(frozen=True)
class Kept:
    """An answer to keep (something JSON can hold); ``replayed`` says that it was kept before."""

    answer: Any
    replayed: bool = False


T = TypeVar("T")


def kept_answer(owner: int, *, key: str, path: str, request_hash: str, run: Callable[[], Kept | T]) -> Kept | T:
    """Run once per (owner, key) and keep what ``run`` gives as Kept; anything else it gives undoes its effect.

    Unlike :func:`answered_once`, a parallel repeat is refused at once. Raises KeyReused for another path or hash,
    KeyInUse while the first still runs. An exception in ``run`` leaves nothing behind.
    """
    now = clock.now()
    with transaction.atomic():
        lock = int.from_bytes(hashlib.sha256(f"{owner}:{key}".encode()).digest()[:8], signed=True)
        state = fetch(sql.load("journal.command_state"), {"lock": lock, "owner": owner, "key": key, "now": now})
        (locked, stored_path, stored_hash, response) = state[0]
        if not locked:
            raise KeyInUse()
        if stored_path is not None:
            if (stored_path, stored_hash) != (path, request_hash):
                raise KeyReused()
            return Kept(json.loads(response), replayed=True)
        given = run()
        if not isinstance(given, Kept):
            transaction.set_rollback(True)
            return given
        kept = fetch(
            sql.load("journal.keep_command"),
            {
                "owner": owner,
                "key": key,
                "path": path,
                "hash": request_hash,
                "response": json.dumps(given.answer),
                "at": now,
                "until": now + KEPT_FOR,
            },
        )
        if not kept:
            # The first one ended between our look at its lock and at its row.
            raise KeyInUse()
        return given
