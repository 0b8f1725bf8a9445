"""Looks after the storage: removes files that no row names, and scans what no scanner has seen yet."""

from __future__ import annotations

import hashlib
import logging
from datetime import date, timedelta

from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import F

from makegood.evidence.models import File
from makegood.evidence.operations.keep_file import FOLDER, STORAGE, remove_bytes
from makegood.evidence.operations.scanning import is_scanning, scan
from makegood.evidence.states import ScanState
from makegood.kernel import clock

logger = logging.getLogger(__name__)

SWEPT_DAYS = 14
"""How far back one looks for what a process that died left behind."""


def sweep_files() -> int:
    """Remove what is stored without a row since two weeks ago until yesterday; says how many files."""
    storage, today, removed = storages[STORAGE], clock.now().date(), 0
    for days in range(1, SWEPT_DAYS + 1):
        removed += _sweep(storage, today - timedelta(days=days))
    return removed


def _sweep(storage: Storage, day: date) -> int:
    folder = f"{FOLDER}/{day:%Y/%m/%d}"
    try:
        _, names = storage.listdir(folder)
    except FileNotFoundError:
        return 0
    keys = {f"{folder}/{name.partition('.')[0]}" for name in names}
    kept = File.objects.filter(storage_key__in=keys, deleted_at__isnull=True).values_list("storage_key", flat=True)
    orphans = keys - set(kept)
    for key in orphans:
        remove_bytes(key)
    if orphans:
        logger.info("removed %s files of %s that nothing names", len(orphans), day)
    return len(orphans)


def scan_waiting(limit: int) -> int:
    """Let a scanner look at files that none has seen, the longest untried first; says how many it answered for.

    It stops at the first that it does not answer for.
    """
    if not is_scanning():
        return 0
    answered = 0
    while answered < limit and _scan_next():
        answered += 1
    return answered


@transaction.atomic
def _scan_next() -> bool:
    """Scan one file; False where there is none, or no answer."""
    waiting = File.objects.filter(scan=ScanState.UNSCANNED, deleted_at__isnull=True)
    ordered = waiting.order_by(F("scan_tried_at").asc(nulls_first=True), "id")
    file = ordered.select_for_update(skip_locked=True, of=("self",)).first()
    if file is None:
        return False
    with storages[STORAGE].open(file.storage_key) as stored:
        opinion = scan(stored.read())
    file.scan, file.scan_tried_at = opinion.state, clock.now()
    file.save(update_fields=["scan", "scan_tried_at"])
    if opinion.state is ScanState.INFECTED:
        logger.warning("file %s holds %s and cannot be opened any more", file.public_id, opinion.found)
    return opinion.state is not ScanState.UNSCANNED


def changed_files(after: int, limit: int) -> tuple[list[str], int | None]:
    """Sentences on kept files that are missing, short or changed, of ``limit`` files behind the id ``after``.

    The second part is the id to go on behind, None when all were looked at.
    """
    rows = list(File.objects.filter(pk__gt=after, deleted_at__isnull=True).order_by("pk")[:limit])
    said = [sentence for row in rows if (sentence := _trouble(row))]
    return said, rows[-1].pk if len(rows) == limit else None


def _trouble(file: File) -> str:
    try:
        with storages[STORAGE].open(file.storage_key) as stored:
            digest = hashlib.file_digest(stored, "sha256").hexdigest()
    except OSError:
        return f"{file.public_id} ({file.name}) is not in the storage."
    return "" if digest == file.sha256 else f"{file.public_id} ({file.name}) is not what was kept."
