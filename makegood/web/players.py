"""What the player of a call shows: its sound by a link of its own, who speaks when, what was said, who listened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from makegood.evidence.policy.segments import Segment
from makegood.evidence.selectors.listening import Listening, listened
from makegood.evidence.selectors.recordings import RecordingView, recording_of
from makegood.imports.selectors import Words, words_of
from makegood.parties.states import Verb
from makegood.web.listening import LIVES, Link, new_link
from makegood.web.middleware import PageRequest

LEAD_MS = 200
"""How long before somebody speaks the player stands."""


@dataclass(frozen=True)
class Spoken:
    """A stretch in which somebody speaks, in milliseconds, and who."""

    speaker: str
    ch: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Player:
    """One opening of the player; without ``view`` there is nothing to hear, and perhaps something to read.

    ``listeners`` is None for who is not told of them.
    """

    view: RecordingView | None
    words: Words
    addresses: dict[str, Any]
    speech: tuple[Spoken, ...] = ()
    listeners: tuple[Listening, ...] | None = None

    @property
    def cue_ms(self) -> int:
        """Where the player stands at first: at the first words."""
        return max(0, self.speech[0].start_ms - LEAD_MS) if self.speech else 0


def player_of(request: PageRequest, charge_id: int) -> Player | None:
    """The player of a charge in scope; None where the person may neither hear nor read anything of it.

    For ``{% include "web/recordings/player.html" %}``, as ``player``. Each call makes a new link.
    """
    principal = request.principal
    view, words = recording_of(principal, charge_id), words_of(principal, charge_id)
    if view is None and not (words.turns or words.tags):
        return None
    if view is None or not view.playable:
        return Player(view, words, {})
    return Player(
        view=view,
        words=words,
        addresses=addresses(new_link(principal, view)),
        speech=_speech(view),
        listeners=listened(view) if principal.can(Verb.DISPUTE_DECIDE) else None,
    )


def addresses(link: Link) -> dict[str, Any]:
    """Where a link gives what, and for how many seconds."""
    token = link.token
    found = {of: reverse(f"recording_{of}", args=[token]) for of in ("audio", "peaks", "heard", "renew")}
    return {**found, "lives": int(LIVES.total_seconds())}


def _speech(view: RecordingView) -> tuple[Spoken, ...]:
    spoken = sorted(view.segments, key=lambda s: (s.start_ms, s.ch))
    return tuple(Spoken(_name(view, one), one.ch, one.start_ms, one.end_ms) for one in spoken)


def _name(view: RecordingView, one: Segment) -> str:
    return view.speakers[one.ch] if one.ch < len(view.speakers) else ""
