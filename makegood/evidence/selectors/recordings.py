"""Recordings as somebody may hear them: where each stands, in a sentence; its sound, its waveform, who speaks when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.core.files.storage import storages

from makegood.billing.models import Charge
from makegood.billing.selectors import charges_visible_to
from makegood.billing.states import ChargeKind
from makegood.evidence.errors.recordings import NotPlayable
from makegood.evidence.models import Recording
from makegood.evidence.policy import recording_words
from makegood.evidence.policy.recording_settings import RecordingSettings
from makegood.evidence.policy.segments import Segment, read
from makegood.evidence.states import RecordingState
from makegood.ledger.selectors import payouts_changed
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb

STORAGE = "evidence"
PLAY_MIME = "audio/mpeg"
ALONE = "Call"
"""Who is heard where both speak on one channel."""


@dataclass(frozen=True)
class RecordingView:
    """The recording of a call in scope; ``sentence`` says why it cannot be played, and is empty where it can.

    Where no recording is known ``id`` and ``state`` are None and ``public_id`` is empty. ``speakers`` has one name per
    channel. ``bytes`` is the size of what :func:`open_audio` gives, ``mime`` its type; ``version`` changes when that
    changes. Sizes of the original: ``codec``, ``sample_rate``, ``sha256``, ``original_bytes``.
    """

    id: int | None
    public_id: str
    charge_id: int
    state: RecordingState | None
    sentence: str
    channels: int = 0
    duration_ms: int = 0
    segments: tuple[Segment, ...] = ()
    speakers: tuple[str, ...] = ()
    bytes: int = 0
    mime: str = PLAY_MIME
    version: str = ""
    codec: str = ""
    sample_rate: int = 0
    sha256: str = ""
    original_bytes: int = 0
    consent_basis: str = ""
    play_key: str = ""
    peaks_key: str = ""

    @property
    def playable(self) -> bool:
        """Whether there is sound."""
        return self.state is RecordingState.READY


def recording_of(principal: Principal, charge_id: int) -> RecordingView | None:
    """The recording of a charge; None where the principal may not hear it, or where nothing is ever recorded.

    Who may: with the permission ``recording.listen`` whoever sees the charge; without it the vendor of a call whose
    payout changed, where the program lets vendors hear.
    """
    return recordings_of(principal, [charge_id]).get(charge_id)


def recordings_of(principal: Principal, charge_ids: Iterable[int]) -> dict[int, RecordingView]:
    """Those of several charges, by charge; see :func:`recording_of`. A call billed anew keeps its recording."""
    charges = list(
        charges_visible_to(principal)
        .filter(pk__in=list(charge_ids))
        .exclude(kind=ChargeKind.INVOICE_FEATURE)
        .select_related("program")
    )
    heard = _heard(principal, charges)
    named = {charge.pk for charge in heard} | {charge.corrects_id for charge in heard if charge.corrects_id}
    rows = {row.charge_id: row for row in Recording.objects.filter(charge__in=named)}
    return {charge.pk: _view(charge, rows.get(charge.pk) or rows.get(charge.corrects_id or 0)) for charge in heard}


def recording_named(principal: Principal, public_id: str) -> RecordingView:
    """The recording of that public id. Raises NotFound where there is none that the principal may hear."""
    row = Recording.objects.filter(public_id=public_id).values_list("charge_id", flat=True).first()
    view = recording_of(principal, row) if row is not None else None
    if view is None:
        raise NotFound()
    return view


def open_audio(view: RecordingView) -> tuple[BinaryIO, int]:
    """The sound, as a binary file that can seek, and its size in bytes. Errors: RECORDING_NOT_PLAYABLE."""
    if not view.playable:
        raise NotPlayable(sentence=view.sentence)
    return cast(BinaryIO, storages[STORAGE].open(view.play_key, "rb")), view.bytes


def peaks_of(view: RecordingView) -> bytes:
    """The waveform, as JSON of audiowaveform's version 2. Errors: RECORDING_NOT_PLAYABLE."""
    if not view.playable:
        raise NotPlayable(sentence=view.sentence)
    with storages[STORAGE].open(view.peaks_key, "rb") as kept:
        return cast(bytes, kept.read())


def _heard(principal: Principal, charges: list[Charge]) -> list[Charge]:
    """Those that the principal may hear."""
    if principal.can(Verb.RECORDING_LISTEN):
        return charges
    if principal.scope.vendors is None:
        return []
    open_to_vendors = [charge for charge in charges if RecordingSettings.kept(charge.program.settings).vendors_hear]
    changed = payouts_changed([charge.pk for charge in open_to_vendors])
    return [charge for charge in open_to_vendors if charge.pk in changed]


def _view(charge: Charge, row: Recording | None) -> RecordingView:
    settings = RecordingSettings.kept(charge.program.settings)
    if row is None:
        sentence = recording_words.absent(was_on=charge.recording_enabled, named=bool(charge.recording_url))
        return RecordingView(None, "", charge.pk, None, sentence)
    state = RecordingState(row.state)
    if state is not RecordingState.READY:
        return RecordingView(row.pk, row.public_id, charge.pk, state, _sentence(row, charge))
    return RecordingView(
        id=row.pk,
        public_id=row.public_id,
        charge_id=charge.pk,
        state=state,
        sentence="",
        channels=row.channels or 0,
        duration_ms=row.duration_ms or 0,
        segments=read(row.segments),
        speakers=settings.speakers if row.channels == 2 else (ALONE,),
        bytes=row.play_bytes or 0,
        version=row.play_key.rpartition("/")[2],
        codec=row.codec,
        sample_rate=row.sample_rate or 0,
        sha256=row.sha256,
        original_bytes=row.bytes or 0,
        consent_basis=row.consent_basis,
        play_key=row.play_key,
        peaks_key=row.peaks_key,
    )


def _sentence(row: Recording, charge: Charge) -> str:
    if row.state == RecordingState.DELETED and row.deleted_at is not None:
        kept_for = (row.retention_until - charge.occurred_at.date()).days if row.retention_until else None
        return recording_words.deleted(row.deleted_at, kept_for)
    if row.state == RecordingState.FAILED:
        return recording_words.failed(row.fault_detail, row.tries)
    return recording_words.waiting(row.tries)
