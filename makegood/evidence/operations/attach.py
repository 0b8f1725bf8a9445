"""Attaches sound to a call: the file as it came, what browsers play, the waveform, and what the charge learns of it.

The bytes are in the storage before the row names them; what a process that died left there is swept later.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePath

from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.db import transaction

from makegood.billing.models import Charge
from makegood.billing.operations import enrich_charges
from makegood.billing.selectors import charges_visible_to
from makegood.billing.states import ChargeKind
from makegood.evidence.errors.recordings import AudioTooLarge, RecordingDeleted, RecordingThere
from makegood.evidence.models import Recording
from makegood.evidence.operations.processing import Processed, digest_of, processed
from makegood.evidence.policy.audio_kinds import ENDINGS, MOST_BYTES
from makegood.evidence.policy.recording_settings import RecordingSettings
from makegood.evidence.policy.segments import speech_ms, written
from makegood.evidence.states import RecordingState
from makegood.journal import operations as journal
from makegood.kernel import clock, ids
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

STORAGE = "evidence"
FOLDER = "recordings"


@dataclass(frozen=True)
class Attached:
    """The recording of a charge, and whether this changed anything."""

    recording: Recording
    is_new: bool


def attach_recording(
    principal: Principal, *, charge_id: int, path: Path, name: str = "", content_type: str = ""
) -> Attached:
    """Attach a file to a charge in scope. The same file again changes nothing.

    ``name`` and ``content_type`` say what a file without a header is. Raises NotPermitted, NotFound.
    Errors: RECORDING_TOO_LARGE, RECORDING_NOT_AUDIO, RECORDING_CHANNELS, RECORDING_TOO_LONG, RECORDING_BROKEN,
    RECORDING_EMPTY, RECORDING_THERE, RECORDING_DELETED.
    """
    demand(principal, Verb.IMPORT_RUN)
    charge = charges_visible_to(principal).exclude(kind=ChargeKind.INVOICE_FEATURE).filter(pk=charge_id).first()
    if charge is None:
        raise NotFound()
    if path.stat().st_size > MOST_BYTES:
        raise AudioTooLarge(limit_mb=MOST_BYTES // 1024**2)
    there = Recording.objects.filter(charge=charge).first()
    if there is not None and _settled(there, digest_of(path)):
        return Attached(there, is_new=False)
    with processed(path, name=name, content_type=content_type) as found:
        return attach_processed(principal, [charge], found, name=name)[0]


def attach_processed(
    principal: Principal, charges: Sequence[Charge], found: Processed, *, name: str = ""
) -> list[Attached]:
    """Attach what was read already, to one charge or to several that share the sound, which is then stored once.

    The caller has scoped the charges (each with its program) and checked the permission. All of it happens or nothing.
    Errors: RECORDING_THERE, RECORDING_DELETED.
    """
    keys = _stored(found, name)
    try:
        attached = _attached(principal, charges, found, keys)
    except BaseException:
        remove(keys)
        raise
    if not any(one.is_new for one in attached):
        remove(keys)
    return attached


def _settled(row: Recording, sha256: str) -> bool:
    """Whether the very file is attached; raises the refusal where another one is, or was deleted."""
    if row.state == RecordingState.DELETED:
        raise RecordingDeleted()
    if row.state == RecordingState.READY and row.sha256 != sha256:
        raise RecordingThere()
    return row.state == RecordingState.READY


@dataclass(frozen=True)
class Keys:
    """Where the parts of a recording are stored."""

    original: str
    play: str
    peaks: str


def _stored(found: Processed, name: str) -> Keys:
    folder = f"{FOLDER}/{clock.now():%Y/%m/%d}/{secrets.token_hex(16)}"
    ending = PurePath(name or found.original.name).suffix.lower()
    keys = Keys(f"{folder}/original{ending if ending in ENDINGS else ''}", f"{folder}/play.mp3", f"{folder}/peaks.json")
    for key, path in ((keys.original, found.original), (keys.play, found.play)):
        with path.open("rb") as plain:
            _save(key, File(plain))
    _save(keys.peaks, ContentFile(found.peaks))
    return keys


def _save(key: str, content: File) -> None:  # type: ignore[type-arg]  # the stubs' File is generic over bytes or text
    """Write, and wait until it is on the disk where the storage is a folder. Raises OSError."""
    storage = storages[STORAGE]
    stored = storage.save(key, content)
    if stored != key:
        storage.delete(stored)
        raise FileExistsError(key)
    try:
        place = storage.path(key)
    except NotImplementedError:
        return
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(keys: Keys) -> None:
    """Remove what is stored, unless another call shares it; what is gone already is no trouble."""
    if Recording.objects.filter(play_key=keys.play).exists():
        return
    for key in (keys.original, keys.play, keys.peaks):
        storages[STORAGE].delete(key)


@transaction.atomic
def _attached(principal: Principal, charges: Sequence[Charge], found: Processed, keys: Keys) -> list[Attached]:
    by_id = {charge.pk: charge for charge in charges}
    now = clock.now()
    fresh = [Recording(public_id=ids.ulid("rec"), charge=charge, next_at=now, created_at=now) for charge in charges]
    Recording.objects.bulk_create(fresh, ignore_conflicts=True)
    rows = list(Recording.objects.select_for_update().filter(charge__in=by_id).order_by("charge_id"))
    news = [row for row in rows if not _settled(row, found.sha256)]
    for row in news:
        _fill(row, by_id[row.charge_id], found, keys)
    if news:
        Recording.objects.bulk_update(news, _FILLED)
        enrich_charges(
            [row.charge_id for row in news], recording_ms=found.duration_ms, speech_ms=speech_ms(found.segments)
        )
        journal.record_all(principal, [_told(row, by_id[row.charge_id]) for row in news])
    return [Attached(row, is_new=row in news) for row in rows]


_FILLED = (
    "state", "next_at", "claimed_until", "fault", "fault_detail", "original_key", "play_key", "peaks_key", "sha256",
    "codec", "channels", "bytes", "play_bytes", "sample_rate", "duration_ms", "segments", "consent_basis",
    "retention_until", "ready_at",
)  # fmt: skip


def _fill(row: Recording, charge: Charge, found: Processed, keys: Keys) -> None:
    settings = RecordingSettings.kept(charge.program.settings)
    days = settings.retention_days
    row.state, row.next_at, row.claimed_until = RecordingState.READY, None, None
    row.fault = row.fault_detail = ""
    row.original_key, row.play_key, row.peaks_key = keys.original, keys.play, keys.peaks
    row.sha256, row.codec, row.channels = found.sha256, found.codec, found.channels
    row.bytes, row.play_bytes = found.original.stat().st_size, found.play.stat().st_size
    row.sample_rate, row.duration_ms = found.sample_rate, found.duration_ms
    row.segments = written(found.segments)
    row.consent_basis = settings.consent
    row.retention_until = charge.occurred_at.date() + timedelta(days=days) if days is not None else None
    row.ready_at = clock.now()


def _told(row: Recording, charge: Charge) -> journal.Change:
    return journal.Change(
        verb="attach",
        event="recording.attached",
        object_kind="recording",
        object_id=row.pk,
        program_id=charge.program_id,
        customer_id=charge.customer_id,
        vendor_id=charge.vendor_id,
        changes={"charge": charge.pk, "sha256": row.sha256, "codec": row.codec, "ms": row.duration_ms},
    )
