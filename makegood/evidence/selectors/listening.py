"""Who listened when to what, and how much of the speech was heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from makegood.evidence.models import Recording, RecordingAccess
from makegood.evidence.policy import stretches as cut
from makegood.evidence.selectors.recordings import RecordingView
from makegood.evidence.states import AccessVia, RecordingState
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

_MOST = 500
"""Rows of listening to one recording that are looked at, the latest."""


@dataclass(frozen=True)
class Listening:
    """What one person, or one token, did with a recording. Times in milliseconds of the recording.

    ``heard`` are the stretches that were played, ``speech_ms`` how much speech lies in them of ``all_speech_ms``.
    Where nothing was played, the sound was only given out.
    """

    who: str
    via: AccessVia
    first_at: datetime
    last_at: datetime
    heard: tuple[cut.Stretch, ...]
    speech_ms: int
    all_speech_ms: int

    @property
    def heard_ms(self) -> int:
        """How much was heard, each moment once."""
        return cut.length(self.heard)

    @property
    def percent(self) -> int | None:
        """How much of the speech was heard, in whole percent rounded down; None where nobody speaks."""
        return self.speech_ms * 100 // self.all_speech_ms if self.all_speech_ms else None

    @property
    def covered(self) -> bool:
        """Whether a decision counts as listened to: 5 s of the speech, or 30% of it."""
        return self.speech_ms >= 5_000 or (self.percent or 0) >= 30


def listened(view: RecordingView) -> tuple[Listening, ...]:
    """Who listened, the latest first. For the deciding side; the caller has scoped the recording."""
    rows = RecordingAccess.objects.filter(recording=view.id).select_related("user").order_by("-at", "-id")[:_MOST]
    kept: dict[tuple[int | None, int | None, str], list[RecordingAccess]] = {}
    for row in rows:
        kept.setdefault((row.user_id, row.token_id, row.via), []).append(row)
    speech = cut.united((s.start_ms, s.end_ms) for s in view.segments)
    found = [_listening(of_one, speech) for of_one in kept.values()]
    return tuple(sorted(found, key=lambda one: one.last_at, reverse=True))


def _listening(rows: list[RecordingAccess], speech: list[cut.Stretch]) -> Listening:
    heard = cut.united((row.from_ms, row.to_ms) for row in rows if row.heard)
    first = rows[0]
    return Listening(
        who=str(first.user) if first.user is not None and first.token_id is None else first.label,
        via=AccessVia(first.via),
        first_at=min(row.at for row in rows),
        last_at=max(row.last_at for row in rows),
        heard=tuple(heard),
        speech_ms=cut.length(cut.common(heard, speech)),
        all_speech_ms=cut.length(speech),
    )


def tag_of(view: RecordingView, of: str = "") -> str:
    """The strong ETag of the sound, or of what else is made ``of`` a recording."""
    made_of = "\n".join((view.public_id, view.sha256, view.version, str(view.bytes), of))
    return f'"{sha256(made_of.encode()).hexdigest()}"'


def is_in_use(view: RecordingView, link: str, within: timedelta) -> bool:
    """Whether somebody has listened through the link within that time. The caller has scoped the recording."""
    rows = RecordingAccess.objects.filter(recording=view.id, link=link, heard=True)
    return rows.filter(last_at__gt=clock.now() - within).exists()


def recording_ids(principal: Principal, charge_ids: Iterable[int]) -> dict[int, str]:
    """The public ids of the recordings of charges that somebody may hear, by charge. The caller has scoped the ids."""
    if not principal.can(Verb.RECORDING_LISTEN):
        return {}
    rows = Recording.objects.filter(charge__in=list(charge_ids), state=RecordingState.READY)
    return dict(rows.values_list("charge_id", "public_id"))


def heard_ms_of(view: RecordingView, user_id: int, since: datetime | None = None) -> int:
    """How many milliseconds of a recording one person played, each moment once; ``since``: begun or continued then.

    The caller has scoped the recording.
    """
    rows = RecordingAccess.objects.filter(recording=view.id, user=user_id, heard=True)
    if since is not None:
        rows = rows.filter(last_at__gte=since)
    return cut.length(cut.united(rows.values_list("from_ms", "to_ms")))
