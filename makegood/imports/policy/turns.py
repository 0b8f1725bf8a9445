"""Pure: the turns of a transcript, from the ways in which sources write one down.

Understood are a list of objects (JSON) with a speaker, a time and words, lines such as ``[00:12] Agent: Hello`` with
time and speaker each optional, and WebVTT or SubRip cues. What is none of these is one turn: the text as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_SPEAKERS = ("speaker", "role", "participant", "speaker_name", "speakerName", "channel", "name")
_WORDS = ("text", "phrase", "content", "message", "transcript", "words", "sentence", "utterance")
_SECONDS = ("start", "start_time", "startTime", "secondsFromStart", "offset", "begin", "timestamp", "time")
_MILLISECONDS = ("start_ms", "startMs", "start_offset_ms")
_LISTS = ("turns", "segments", "utterances", "messages", "entries", "results", "transcript", "conversation")
_MOST = 5_000
_LONGEST_MS = 48 * 3_600_000
"""A moment later than this is no place in a call, but a time of day."""

_CLOCK = r"(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,3}):(?P<s>\d{2})(?:[.,](?P<f>\d{1,3}))?"
_SPEAKER = r"(?P<who>[^\W\d_][\w.'#-]{0,24}(?: [\w.'#-]{1,24}){0,2})"
"""Up to three words: more of them before a colon are a sentence."""
_LINES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[\[(]?{_CLOCK}[\])]?\s*[-–—]?\s*{_SPEAKER}\s*:\s*(?P<text>\S.*)",  # noqa: RUF001 - dashes people type
        rf"{_SPEAKER}\s*[\[(]{_CLOCK}[\])]\s*:?\s*(?P<text>\S.*)",
        rf"[\[(]{_CLOCK}[\])]\s*(?P<text>\S.*)",
        rf"{_SPEAKER}\s*:\s+(?P<text>\S.*)",
    )
)
_CUE = re.compile(rf"{_CLOCK}\s*-->\s*\S+.*")
_VOICE = re.compile(r"<v(?:\.\S+)?\s+(?P<who>[^>]{1,40})>(?P<text>.*?)(?:</v>)?")


@dataclass(frozen=True)
class Turn:
    """What one speaker said; ``at_ms`` is when, from the beginning of the call. Both may be unknown."""

    text: str
    speaker: str = ""
    at_ms: int | None = None


def turns_of(text: str) -> tuple[Turn, ...]:
    """The turns of a transcript, in its order; none of an empty one."""
    stripped = text.strip()
    if not stripped:
        return ()
    found = list(_from_json(stripped)) if stripped[0] in "[{" else []
    found = found or (list(_from_cues(stripped)) if "-->" in stripped else list(_from_lines(stripped)))
    return tuple(found[:_MOST]) or (Turn(stripped),)


def _from_json(text: str) -> Iterator[Turn]:
    try:
        value = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return
    if isinstance(value, Mapping):
        value = next((value[name] for name in _LISTS if isinstance(value.get(name), list)), None)
    for one in value if isinstance(value, list) else ():
        turn = _from_object(one) if isinstance(one, Mapping) else None
        if turn is not None:
            yield turn


def _from_object(one: Mapping[str, Any]) -> Turn | None:
    words = next((one[name] for name in _WORDS if isinstance(one.get(name), str) and one[name].strip()), None)
    if words is None:
        return None
    speaker = next((str(one[name]) for name in _SPEAKERS if isinstance(one.get(name), (str, int))), "")
    return Turn(words.strip(), _named(speaker), _at(one))


def _at(one: Mapping[str, Any]) -> int | None:
    for names, unit in ((_MILLISECONDS, 1), (_SECONDS, 1000)):
        for name in names:
            value = one.get(name)
            if isinstance(value, str) and (found := re.fullmatch(_CLOCK, value.strip())):
                return _moment(found)
            if isinstance(value, (int, Decimal)) and 0 <= value * unit <= _LONGEST_MS:
                return int(value * unit)
    return None


def _moment(found: re.Match[str]) -> int:
    hours, minutes, seconds = (int(found[part] or 0) for part in "hms")
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((found["f"] or "").ljust(3, "0"))


def _named(text: str) -> str:
    """A speaker as people call one: ``agent`` is Agent, ``2`` is Speaker 2."""
    name = text.strip()
    if name.isdecimal():
        return f"Speaker {name}"
    return name[:1].upper() + name[1:] if name.islower() else name[:40]


def _from_lines(text: str) -> Iterator[Turn]:
    """Turns of lines; a line that begins none continues the one before."""
    begun: Turn | None = None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not any(_begun(line) for line in lines):
        return
    for line in lines:
        new = _begun(line)
        if new is None and begun is not None:
            begun = Turn(f"{begun.text} {line}", begun.speaker, begun.at_ms)
            continue
        if begun is not None:
            yield begun
        begun = new or Turn(line)
    if begun is not None:
        yield begun


def _begun(line: str) -> Turn | None:
    for pattern in _LINES:
        if found := pattern.fullmatch(line):
            parts = found.groupdict()
            at = _moment(found) if "m" in parts else None
            return Turn(parts["text"].strip(), _named(parts.get("who") or ""), at)
    return None


def _from_cues(text: str) -> Iterator[Turn]:
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        lines = block.strip().split("\n")
        place = next((number for number, line in enumerate(lines) if _CUE.fullmatch(line.strip())), None)
        if place is None:
            continue
        said = " ".join(line.strip() for line in lines[place + 1 :]).strip()
        found = re.match(_CLOCK, lines[place].strip())
        at = _moment(found) if found else None
        voice = _VOICE.fullmatch(said)
        spoken = Turn(voice["text"].strip(), _named(voice["who"])) if voice else _begun(said) or Turn(said)
        if spoken.text:
            yield Turn(spoken.text, spoken.speaker, at)
