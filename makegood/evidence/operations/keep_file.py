"""Keeps a file that somebody hands in, and forgets it again.

The bytes are in the storage before the row is written, and the row is gone before the bytes are: whenever a process
dies, what remains is a file without a row, which ``sweep_files`` removes, and never a row without its file.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction

from makegood.evidence.errors import files as errors
from makegood.evidence.models import File
from makegood.evidence.operations.opening import Opened, opened
from makegood.evidence.operations.scanning import scan
from makegood.evidence.policy.files import Limits
from makegood.evidence.states import ScanState
from makegood.kernel import clock, ids
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

STORAGE = "evidence"
FOLDER = "evidence"
SMALLER = ("thumb", "view")


def keep_file(principal: Principal, *, content: bytes, name: str, limits: Limits) -> File:
    """Keep the bytes as a file of the principal's that belongs to no dispute yet. It may be open in a transaction.

    Raises NotPermitted, FileEmpty, FileTooLarge, TypeNotTaken, HeicNotTaken, FileBroken, ImageTooLarge, FileInfected.
    """
    demand(principal, Verb.DISPUTE_CREATE)
    found = opened(content, name, limits)
    opinion = scan(content)
    if opinion.state is ScanState.INFECTED:
        raise errors.FileInfected(name=found.name, found=opinion.found or "something harmful")
    key = _stored(found)
    return File.objects.create(
        public_id=ids.ulid("fil"),
        storage_key=key,
        name=found.name,
        mime=found.kind.mime,
        bytes=len(found.content),
        sha256=hashlib.sha256(found.content).hexdigest(),
        received_sha256=hashlib.sha256(content).hexdigest(),
        received_bytes=len(content),
        width=found.width,
        height=found.height,
        scan=opinion.state,
        uploaded_at=clock.now(),
        uploaded_by_id=principal.id,
        uploaded_with_id=principal.token_id,
    )


def _stored(found: Opened) -> str:
    """Write the bytes under a new random key, the smaller pictures beside them; gives the key."""
    storage = storages[STORAGE]
    key = f"{FOLDER}/{clock.now():%Y/%m/%d}/{secrets.token_hex(16)}"
    for suffix, content in (found.smaller or {}).items():
        _write(storage, f"{key}.{suffix}", content)
    _write(storage, key, found.content)
    return key


def _write(storage: Storage, key: str, content: bytes) -> None:
    """Write, and wait until it is on the disk where the storage is a folder. Raises OSError."""
    stored = storage.save(key, ContentFile(content))
    if stored != key:
        storage.delete(stored)
        raise FileExistsError(key)
    try:
        path = Path(storage.path(key))
    except NotImplementedError:
        return
    for place in (path, path.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def keys_of(storage_key: str) -> tuple[str, ...]:
    """Everything that is stored of a file."""
    return (storage_key, *(f"{storage_key}.{suffix}" for suffix in SMALLER))


@transaction.atomic
def delete_files(files: Iterable[File]) -> None:
    """Forget files that nothing names any more: the rows stay as a note of what was there, the bytes go on commit."""
    for file in files:
        file.deleted_at = clock.now()
        file.save(update_fields=["deleted_at"])
        transaction.on_commit(_remover(file.storage_key))


def _remover(storage_key: str) -> Callable[[], None]:
    return partial(remove_bytes, storage_key)


def remove_bytes(storage_key: str) -> None:
    """Remove what is stored of a file; what is gone already is no trouble."""
    storage = storages[STORAGE]
    for key in keys_of(storage_key):
        storage.delete(key)
