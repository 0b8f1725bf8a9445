"""Files that people send to the page: kept, read as they say, tried and imported by the worker, with progress."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q

from makegood.imports.entries import BillOptions
from makegood.imports.errors import EmptyFile, SightLimited, UploadBusy
from makegood.imports.models import Upload
from makegood.imports.operations.receiving import receive
from makegood.imports.selectors import sees_whole_programs, uploads_visible_to
from makegood.imports.states import AT_WORK, UploadState
from makegood.journal.operations import record
from makegood.kernel import clock, ids
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import acting_again, demand
from makegood.parties.states import Verb

STORAGE, FOLDER = "evidence", "imports"
LEASE = timedelta(minutes=5)
"""A worker that says nothing for so long has died; another begins anew. What was imported is not imported again."""
KEPT_FOR = timedelta(days=30)
"""The bytes of a file that came in stay so long; what came of it stays for good."""
FIRST_REJECTS = 20
_PIECE = 1024 * 1024
_OPEN = frozenset({UploadState.MAPPING, UploadState.CHECKED, UploadState.FAILED})
"""What may be read otherwise, tried, imported or thrown away."""


def take_upload(principal: Principal, *, name: str, content: Iterable[bytes], options: Mapping[str, str]) -> Upload:
    """Keep a file that came in; nothing of it is imported yet. ``options`` are what is known of it already.

    Errors: SIGHT_LIMITED, EMPTY_FILE. Raises NotPermitted.
    """
    demand(principal, Verb.IMPORT_RUN)
    if principal.id is None or not sees_whole_programs(principal):
        raise SightLimited()
    public_id, digest, size = ids.ulid("upl"), hashlib.sha256(), 0
    with tempfile.TemporaryFile() as file:
        for piece in content:
            digest.update(piece)
            size += file.write(piece)
        if not size:
            raise EmptyFile(path="The file")
        file.seek(0)
        key = storages[STORAGE].save(f"{FOLDER}/{clock.now():%Y/%m/%d}/{public_id}", File(file))
    with transaction.atomic():
        upload = Upload.objects.create(
            public_id=public_id,
            file_name=name[:200],
            storage_key=key,
            sha256=digest.hexdigest(),
            size_bytes=size,
            options=dict(options),
            by_id=principal.id,
            created_at=clock.now(),
        )
        _journaled(principal, upload, "upload", "import.uploaded", {"file": upload.file_name, "bytes": size})
    return upload


@transaction.atomic
def set_reading(
    principal: Principal,
    *,
    public_id: str,
    options: Mapping[str, str],
    columns: Mapping[str, str],
    expected: Mapping[str, int],
) -> Upload:
    """Say how a file is to be read; ``expected`` are the sums that somebody knows, in micros by currency.

    What an earlier try said is forgotten. Errors: UPLOAD_BUSY. Raises NotPermitted, NotFound.
    """
    upload = _locked(principal, public_id)
    upload.options, upload.columns, upload.expected = dict(options), dict(columns), dict(expected)
    upload.state, upload.answer, upload.refusal = UploadState.MAPPING, None, None
    upload.save(update_fields=["options", "columns", "expected", "state", "answer", "refusal"])
    return upload


@transaction.atomic
def try_upload(principal: Principal, *, public_id: str) -> Upload:
    """Let the worker find out what an import would do. Errors: UPLOAD_BUSY. Raises NotPermitted, NotFound."""
    return _begun(principal, _locked(principal, public_id), UploadState.CHECKING)


@transaction.atomic
def import_upload(principal: Principal, *, public_id: str) -> Upload:
    """Let the worker import a file that was tried. Errors: UPLOAD_BUSY. Raises NotPermitted, NotFound."""
    upload = _locked(principal, public_id)
    if upload.state != UploadState.CHECKED:
        raise UploadBusy(file=upload.file_name, state="not tried yet")
    return _begun(principal, upload, UploadState.IMPORTING)


@transaction.atomic
def discard_upload(principal: Principal, *, public_id: str) -> Upload:
    """Throw a file away that was not imported. Errors: UPLOAD_BUSY. Raises NotPermitted, NotFound."""
    upload = _locked(principal, public_id)
    upload.state, upload.finished_at = UploadState.DISCARDED, clock.now()
    upload.save(update_fields=["state", "finished_at"])
    _journaled(principal, upload, "discard", "import.discarded", {"file": upload.file_name})
    transaction.on_commit(lambda: _remove(upload))
    return upload


def _locked(principal: Principal, public_id: str) -> Upload:
    upload = uploads_visible_to(principal).select_for_update(of=("self",)).filter(public_id=public_id).first()
    if upload is None:
        raise NotFound()
    if upload.state not in _OPEN:
        raise UploadBusy(file=upload.file_name, state=upload.state)
    return upload


def _begun(principal: Principal, upload: Upload, state: UploadState) -> Upload:
    upload.state, upload.done_bytes, upload.claimed_until, upload.refusal = state, 0, None, None
    upload.by_id = principal.id or upload.by_id
    upload.save(update_fields=["state", "done_bytes", "claimed_until", "refusal", "by"])
    return upload


def _journaled(principal: Principal, upload: Upload, verb: str, event: str, changes: dict[str, Any]) -> None:
    record(principal, verb=verb, event=event, object_kind="upload", object_id=upload.pk, changes=changes)


def work_on_uploads() -> int:
    """Try or import one file that waits; says how many (0 or 1)."""
    upload = _claimed()
    if upload is None:
        return 0
    principal = acting_again(upload.by_id, None)
    if principal is None:
        _refused(upload, "PERMISSION_DENIED", "Whoever asked for it may not import any more.")
        return 1
    try:
        _done(upload, principal)
    except Refusal as refusal:
        _refused(upload, refusal.code, refusal.message, refusal.fields.get("needs") or {})
    except Exception:
        _refused(upload, "BROKE_OFF", "It broke off. What was imported before stays; try again, or look into the log.")
        raise
    return 1


@transaction.atomic
def _claimed() -> Upload | None:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=clock.now())
    waiting = Upload.objects.filter(free, state__in=AT_WORK).order_by("id")
    upload = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if upload is not None:
        upload.claimed_until = clock.now() + LEASE
        upload.save(update_fields=["claimed_until"])
    return upload


def _done(upload: Upload, principal: Principal) -> None:
    is_try = upload.state == UploadState.CHECKING

    def told(done: int, size: int) -> None:
        part = min(upload.size_bytes, upload.size_bytes * done // max(size, 1))
        Upload.objects.filter(pk=upload.pk).update(done_bytes=part, claimed_until=clock.now() + LEASE)

    with at_hand(upload) as path:
        options = options_of(upload, dry_run=is_try)
        answer = receive(principal, path=path, options=options, told=told)
        rejects = Path(answer.rejects_file) if answer.rejects_file else None
        upload.rejects_key = _kept_rejects(upload, rejects) if rejects else ""
        upload.answer = {**answer.as_json(), "first_rejects": _first(rejects), "rejects_file": None}
    upload.state = UploadState.CHECKED if is_try else UploadState.DONE
    upload.batch_id, upload.done_bytes = answer.batch, upload.size_bytes
    upload.claimed_until, upload.finished_at = None, None if is_try else clock.now()
    upload.save()


def _refused(upload: Upload, code: str, message: str, needs: Mapping[str, str] | None = None) -> None:
    upload.state, upload.claimed_until = UploadState.FAILED, None
    upload.refusal = {"code": code, "message": message, "needs": dict(needs or {})}
    upload.save(update_fields=["state", "claimed_until", "refusal"])


def options_of(upload: Upload, *, dry_run: bool) -> BillOptions:
    """What was asked for, as imports take it."""
    asked: Mapping[str, str] = upload.options
    return BillOptions(
        format=asked.get("format", ""),
        program=asked.get("program", ""),
        timezone=asked.get("timezone", ""),
        currency=asked.get("currency", ""),
        customer=asked.get("customer", ""),
        rate=asked.get("rate", ""),
        issued_on=asked.get("issued_on", ""),
        create_parties=asked.get("create_parties") == "1",
        dry_run=dry_run,
        columns=tuple(sorted(upload.columns.items())),
    )


@contextmanager
def at_hand(upload: Upload) -> Iterator[Path]:
    """The file under its own name in a folder of its own, while the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="makegood-import-"))
    try:
        path = folder / _name_on_disk(upload.file_name)
        with storages[STORAGE].open(upload.storage_key) as stored, path.open("wb") as copy:
            shutil.copyfileobj(stored, copy, _PIECE)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _name_on_disk(name: str) -> str:
    """The file's own name without a folder, no longer than a disk takes: 255 bytes, whatever the letters."""
    stem, ending = os.path.splitext(os.path.basename(name.replace("\\", "/")).strip(". ") or "file")
    return "".join(part.encode()[:most].decode(errors="ignore") for part, most in ((stem, 200), (ending, 40)))


def _kept_rejects(upload: Upload, path: Path) -> str:
    if upload.rejects_key:
        storages[STORAGE].delete(upload.rejects_key)
    with path.open("rb") as file:
        return storages[STORAGE].save(f"{upload.storage_key}.rejects.csv", File(file))


def _first(path: Path | None) -> list[str]:
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [line for line, _ in zip(file, range(FIRST_REJECTS + 1), strict=False)]


def open_rejects(upload: Upload) -> IO[bytes] | None:
    """What was rejected at the last try or by the import, as a CSV. The caller has scoped the file."""
    if not upload.rejects_key or not storages[STORAGE].exists(upload.rejects_key):
        return None
    found: IO[bytes] = storages[STORAGE].open(upload.rejects_key)
    return found


def forget_uploads() -> int:
    """Remove the bytes of files that came in a month ago; says how many."""
    old = Upload.objects.filter(created_at__lt=clock.now() - KEPT_FOR).exclude(state__in=AT_WORK)
    gone = list(old.exclude(storage_key__startswith="gone/")[:100])
    for upload in gone:
        _remove(upload)
    return len(gone)


def _remove(upload: Upload) -> None:
    for key in filter(None, (upload.storage_key, upload.rejects_key)):
        storages[STORAGE].delete(key)
    Upload.objects.filter(pk=upload.pk).update(storage_key=f"gone/{upload.public_id}", rejects_key="")
