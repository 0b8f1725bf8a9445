"""What the calls of the demo sound like: a dozen short calls of two channels, caller and agent. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from makegood.project.demo.sounds import (
    Samples,
    after_each_other,
    hum,
    ringing,
    side_by_side,
    silence,
    speech,
    tone,
)
from makegood.project.demo.truth import Kind

Call = NDArray[np.float32]
"""Two channels: the caller, the agent."""

_AGENT, _OTHER_AGENT = 185.0, 128.0


def _turns(rng: np.random.Generator, *turns: tuple[str, float, float]) -> Call:
    """Who speaks (``c``, ``a``, both ``b``, or nobody ``-``), for how many seconds, at what pitch; in turns."""
    sides: tuple[list[Samples], list[Samples]] = ([], [])
    for who, seconds, pitch in turns:
        for side, name in zip(sides, "ca", strict=True):
            speaks = who in (name, "b")
            side.append(speech(seconds, rng, pitch=pitch) if speaks else silence(seconds))
    return side_by_side(after_each_other(*sides[0]), after_each_other(*sides[1]))


def _after_ringing(seconds: float, call: Call) -> Call:
    lead = side_by_side(ringing(seconds), silence(seconds))
    return np.concatenate([lead, call])


def _talk(pitch: float, agent: float) -> Callable[[np.random.Generator], Call]:
    """An ordinary conversation."""

    def make(rng: np.random.Generator) -> Call:
        return _after_ringing(
            2.5,
            _turns(
                rng, ("a", 1.6, agent), ("-", 0.4, 0), ("c", 3.0, pitch), ("a", 1.2, agent), ("c", 2.2, pitch),
                ("a", 1.4, agent),
            ),
        )  # fmt: skip

    return make


def _robot(rng: np.random.Generator) -> Call:
    """A recorded message that nothing stops: the agent speaks into it, it goes on."""
    message = speech(7.5, rng, pitch=150, level=0.45)
    agent = after_each_other(silence(1), speech(1.1, rng, pitch=_AGENT), silence(3), speech(0.9, rng, pitch=_AGENT))
    return side_by_side(message, agent)


def _robot_with_menu(rng: np.random.Generator) -> Call:
    """A recorded message, a beep, and silence."""
    message = after_each_other(speech(6, rng, pitch=210), tone(0.4, 941, 1336), silence(3))
    return side_by_side(message, after_each_other(silence(6.6), speech(1.2, rng, pitch=_OTHER_AGENT)))


def _sales(rng: np.random.Generator) -> Call:
    """One who talks and talks."""
    return _turns(rng, ("a", 1.3, _AGENT), ("c", 5.0, 125), ("a", 0.8, _AGENT), ("c", 1.6, 125))


def _prank(rng: np.random.Generator) -> Call:
    """High voices, all at once."""
    return _turns(rng, ("a", 1.2, _OTHER_AGENT), ("c", 2.0, 255), ("b", 1.5, 240), ("c", 1.4, 270), ("-", 1.0, 0))


def _dead_air(rng: np.random.Generator) -> Call:
    """The agent says hello again and again; of the caller there is the hum of the line."""
    agent = after_each_other(*(part for _ in range(3) for part in (speech(0.8, rng, pitch=_AGENT), silence(2.2))))
    return side_by_side(hum(6, rng), agent)


def _only_ringing(rng: np.random.Generator) -> Call:
    """Nobody ever answers."""
    return side_by_side(ringing(9), silence(9))


def _voicemail(rng: np.random.Generator) -> Call:
    """A greeting, the beep, and somebody who leaves a word."""
    agent = after_each_other(speech(3.2, rng, pitch=_AGENT), tone(0.5, 1_000))
    return side_by_side(after_each_other(silence(4.2), speech(3, rng, pitch=115)), agent)


def _wrong_number(rng: np.random.Generator) -> Call:
    """Two sentences, and gone."""
    return _after_ringing(2, _turns(rng, ("a", 1.2, _AGENT), ("c", 1.4, 120), ("a", 0.9, _AGENT), ("c", 0.7, 120)))


CLIPS: Mapping[str, Callable[[np.random.Generator], Call]] = {
    "talk-1": _talk(118, _AGENT),
    "talk-2": _talk(205, _OTHER_AGENT),
    "robot-1": _robot,
    "robot-2": _robot_with_menu,
    "sales": _sales,
    "prank": _prank,
    "dead-air": _dead_air,
    "ringing": _only_ringing,
    "voicemail": _voicemail,
    "wrong-number": _wrong_number,
}
"""Name of the clip -> how it is made."""

_TALK = ("talk-1", "talk-2")
OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    **dict.fromkeys(Kind, _TALK),
    Kind.ROBOCALL: ("robot-1", "robot-2"),
    Kind.BOT_BURST: ("robot-2",),
    Kind.SOLICITOR: ("sales",),
    Kind.PRANK: ("prank",),
    Kind.DEAD_AIR: ("dead-air",),
    Kind.NEVER_CONNECTED: ("ringing",),
    Kind.WRONG_NUMBER: ("wrong-number",),
    Kind.INFORMATION_ONLY: ("voicemail", "talk-1"),
}
"""What a call of each kind may sound like."""
