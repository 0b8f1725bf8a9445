"""Pure: what a program says about recordings, in its setting ``recordings``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from makegood.evidence.errors.recordings import BadRecordingSettings, BadUrlTemplate
from makegood.evidence.policy.url_template import check_template

LONGEST_RETENTION_DAYS = 36_500
_KNOWN = frozenset({"fetch", "url_template", "retention_days", "consent", "speakers", "vendors_hear"})


class Fetch(StrEnum):
    """Of which calls the recording is fetched."""

    ALL = "all"
    DISPUTED = "disputed"
    OFF = "off"


@dataclass(frozen=True)
class RecordingSettings:
    """What holds for the recordings of one program.

    ``url_template`` makes the address of a call whose record names none. Audio is kept for ``retention_days`` after the
    call (None: for ever). ``speakers`` are who is heard on the first and on the second channel.
    """

    fetch: Fetch = Fetch.ALL
    url_template: str = ""
    retention_days: int | None = None
    consent: str = ""
    speakers: tuple[str, str] = ("Caller", "Agent")
    vendors_hear: bool = False

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> RecordingSettings:
        """Those among a program's settings. Errors: BAD_RECORDING_SETTINGS, BAD_URL_TEMPLATE."""
        said = settings.get("recordings")
        if said is None:
            return cls()
        if not isinstance(said, Mapping):
            raise BadRecordingSettings(problem="they are no mapping")
        if strange := sorted(set(map(str, said)) - _KNOWN):
            raise BadRecordingSettings(problem=f'there is no "{strange[0]}" among them')
        template = _text(said, "url_template")
        check_template(template)
        return cls(
            fetch=_fetch(said),
            url_template=template,
            retention_days=_days(said),
            consent=_text(said, "consent"),
            speakers=_speakers(said),
            vendors_hear=_switch(said, "vendors_hear"),
        )

    @classmethod
    def kept(cls, settings: Mapping[str, Any]) -> RecordingSettings:
        """Those among a program's settings; where they cannot be read nothing is fetched and no vendor hears."""
        try:
            return cls.of(settings)
        except (BadRecordingSettings, BadUrlTemplate):
            return cls(fetch=Fetch.OFF)


def _fetch(said: Mapping[str, Any]) -> Fetch:
    word = said.get("fetch", Fetch.ALL)
    # YAML reads a bare "off" as false.
    word = Fetch.OFF if word is False else word
    if word not in set(Fetch):
        raise BadRecordingSettings(problem=f"fetch is one of {', '.join(Fetch)}")
    return Fetch(word)


def _text(said: Mapping[str, Any], key: str) -> str:
    text = said.get(key, "")
    if not isinstance(text, str) or len(text) > 2_000:
        raise BadRecordingSettings(problem=f"{key} is a text of at most 2,000 characters")
    return text


def _days(said: Mapping[str, Any]) -> int | None:
    days = said.get("retention_days")
    if days is None:
        return None
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= LONGEST_RETENTION_DAYS:
        raise BadRecordingSettings(problem=f"retention_days is a number from 1 to {LONGEST_RETENTION_DAYS:,}")
    return days


def _speakers(said: Mapping[str, Any]) -> tuple[str, str]:
    names = said.get("speakers", ["Caller", "Agent"])
    if not isinstance(names, list | tuple) or len(names) != 2 or not all(isinstance(n, str) and n for n in names):
        raise BadRecordingSettings(problem="speakers are two names")
    return names[0][:40], names[1][:40]


def _switch(said: Mapping[str, Any], key: str) -> bool:
    value = said.get(key, False)
    if not isinstance(value, bool):
        raise BadRecordingSettings(problem=f"{key} is true or false")
    return value
