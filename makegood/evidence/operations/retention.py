"""Deletes the sound of recordings whose time is over, and what was stored without a row."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q

from makegood.billing.selectors import charges_visible_to
from makegood.evidence.models import Recording
from makegood.evidence.operations.attach import FOLDER, STORAGE, Keys, remove
from makegood.evidence.states import RecordingState
from makegood.journal import operations as journal
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

logger = logging.getLogger(__name__)

BATCH = 100
SWEPT_DAYS = 14


def delete_expired(*, needed: Q, limit: int = BATCH) -> int:
    """Delete the sound of at most ``limit`` recordings past their day, unless they are held; says how many.

    ``needed`` is a condition on a recording, with its ``charge``: what it is true of is kept, whatever the day. The row
    stays: it says that there was one, when it was deleted, and under which rule. Refuses nothing.
    """
    with transaction.atomic():
        due = Recording.objects.filter(
            state=RecordingState.READY, legal_hold=False, retention_until__lt=clock.now().date()
        )
        rows = list(
            due.exclude(needed)
            .order_by("retention_until", "pk")
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("charge")[:limit]
        )
        gone = [Keys(row.original_key, row.play_key, row.peaks_key) for row in rows]
        for row in rows:
            row.state, row.deleted_at = RecordingState.DELETED, clock.now()
            row.original_key = row.play_key = row.peaks_key = ""
            row.segments = []
            row.save()
        journal.record_all(SYSTEM, [_told(row) for row in rows])
    # Once the rows have forgotten them: a process that dies here leaves files that are swept.
    for keys in gone:
        remove(keys)
    return len(rows)


def _told(row: Recording) -> journal.Change:
    return journal.Change(
        verb="delete",
        event="recording.deleted",
        object_kind="recording",
        object_id=row.pk,
        program_id=row.charge.program_id,
        customer_id=row.charge.customer_id,
        vendor_id=row.charge.vendor_id,
        changes={"charge": row.charge_id, "sha256": row.sha256, "retention_until": str(row.retention_until)},
    )


@transaction.atomic
def hold_recording(principal: Principal, *, external_id: str, held: bool, note: str = "") -> None:
    """Keep the recording of a call beyond its time, or let its time count again; the journal says who and why.

    Raises NotPermitted, NotFound where no call in scope with that id has a recording.
    """
    demand(principal, Verb.IMPORT_RUN)
    calls = charges_visible_to(principal).filter(external_id=external_id)
    row = Recording.objects.select_for_update(of=("self",)).select_related("charge").filter(charge__in=calls).first()
    if row is None:
        raise NotFound()
    row.legal_hold = held
    row.save(update_fields=["legal_hold"])
    journal.record_all(
        principal,
        [replace(_told(row), verb="hold", event="recording.held" if held else "recording.released",
                 changes={"charge": row.charge_id, "note": note})],
    )  # fmt: skip


def sweep_recordings() -> int:
    """Remove what is stored without a row since two weeks ago until yesterday; says how many recordings."""
    storage, today, removed = storages[STORAGE], clock.now().date(), 0
    for days in range(1, SWEPT_DAYS + 1):
        folder = f"{FOLDER}/{today - timedelta(days=days):%Y/%m/%d}"
        try:
            names, _ = storage.listdir(folder)
        except FileNotFoundError:
            continue
        places = {f"{folder}/{name}/play.mp3" for name in names}
        for place in places - set(Recording.objects.filter(play_key__in=places).values_list("play_key", flat=True)):
            inside = place.rpartition("/")[0]
            for name in storage.listdir(inside)[1]:
                storage.delete(f"{inside}/{name}")
            storage.delete(inside)
            removed += 1
    if removed:
        logger.info("removed %s stored recordings that nothing names", removed)
    return removed
