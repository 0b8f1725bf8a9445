"""Give out the sound of a recording, and keep who got which stretch of it, and who heard which."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.db import connection, transaction

from makegood.evidence.errors.recordings import NotPlayable
from makegood.evidence.models import RecordingAccess
from makegood.evidence.policy import stretches as cut
from makegood.evidence.policy.ranges import Portion, heard_in
from makegood.evidence.selectors.recordings import RecordingView, open_audio
from makegood.evidence.states import AccessVia
from makegood.kernel import clock
from makegood.parties.entries import Principal

logger = logging.getLogger(__name__)

BLOCK = 64 * 1024
"""Bytes that are read, and sent, at a time."""
MOST_STRETCHES = 200
"""How many stretches one report of a player may name."""
_ONE_LINK_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('listening ' || %s, 0))"


@dataclass(frozen=True)
class Listener:
    """Who listens, through which door, and by which link: what touches within one link is one row."""

    principal: Principal
    link: str
    via: AccessVia


class Sound:
    """The bytes of a portion, block by block. What was given out is kept when the stream is closed.

    The first block is kept before it goes out, so that nothing leaves unseen whatever happens to this process.
    """

    def __init__(self, view: RecordingView, portion: Portion, listener: Listener, file: BinaryIO) -> None:
        self._view, self._portion, self._listener, self._file = view, portion, listener, file
        self._at = portion.start
        self._kept = min(portion.start + BLOCK, portion.stop)
        file.seek(portion.start)
        self._keep(self._kept)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        block = self._file.read(min(BLOCK, self._portion.stop - self._at))
        if not block:
            self.close()
            raise StopIteration
        self._at += len(block)
        return block

    def close(self) -> None:
        """Let go of the file, and keep what was given out of it."""
        self._file.close()
        if self._at > self._kept:
            self._kept = self._at
            self._keep(self._at)

    def _keep(self, stop: int) -> None:
        view = self._view
        stretch = heard_in(self._portion.start, stop, size=view.bytes, duration_ms=view.duration_ms)
        _keep(self._listener, view, [stretch], heard=False)


def serve(listener: Listener, view: RecordingView, portion: Portion) -> Sound:
    """The bytes of a portion (one with bytes in it), and a row of what of them went out.

    The caller has found ``view`` in the listener's scope, and closes what it gets. Errors: RECORDING_NOT_PLAYABLE.
    """
    try:
        file, _ = open_audio(view)
    except OSError as error:
        logger.exception("the sound of recording %s cannot be read", view.public_id)
        raise NotPlayable(sentence="The sound of this recording cannot be read at the moment.") from error
    return Sound(view, portion, listener, file)


def note_heard(listener: Listener, view: RecordingView, stretches: Iterable[cut.Stretch]) -> int:
    """Keep what a player says was heard, in milliseconds; how many milliseconds the link has heard by now.

    Stretches are cut to the recording, and put together with what the link heard before. Nothing is kept of a
    recording that has no sound. The caller has found ``view`` in the listener's scope.
    """
    found = cut.clipped(stretches, view.duration_ms if view.playable else 0)
    return cut.length(_keep(listener, view, found, heard=True)) if found else 0


@transaction.atomic
def _keep(listener: Listener, view: RecordingView, found: list[cut.Stretch], *, heard: bool) -> list[cut.Stretch]:
    """Put stretches together with those of the same link; what is there then. One at a time for each link."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_LINK_AT_A_TIME, [listener.link])
    rows = list(RecordingAccess.objects.filter(recording=view.id, link=listener.link, heard=heard).order_by("id"))
    now = clock.now()
    whole = cut.united([*((row.from_ms, row.to_ms) for row in rows), *found])
    for start, end in whole:
        inside = [row for row in rows if start <= row.from_ms and row.to_ms <= end]
        touched = any(start <= from_ms and to_ms <= end for from_ms, to_ms in found)
        if not inside:
            _row(listener, view, (start, end), now, heard=heard).save(force_insert=True)
        elif touched:
            first, *rest = inside
            first.from_ms, first.to_ms, first.last_at = start, end, now
            first.save(update_fields=["from_ms", "to_ms", "last_at"])
            RecordingAccess.objects.filter(pk__in=[row.pk for row in rest]).delete()
    return whole


def _row(by: Listener, view: RecordingView, stretch: cut.Stretch, at: datetime, *, heard: bool) -> RecordingAccess:
    principal = by.principal
    return RecordingAccess(
        recording_id=view.id or 0,
        user_id=principal.id or principal.acting_for,
        token_id=principal.token_id,
        label=principal.label[:200],
        via=by.via,
        link=by.link,
        at=at,
        last_at=at,
        from_ms=stretch[0],
        to_ms=stretch[1],
        heard=heard,
    )
