"""Pure parts of recordings: segments, waveforms, resampling, addresses, settings, words, waits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from makegood.evidence.errors.recordings import BadRecordingSettings, BadUrlTemplate
from makegood.evidence.policy import recording_words
from makegood.evidence.policy.audio_kinds import Family, RawLaw, family_of, raw_law_of
from makegood.evidence.policy.fetch_schedule import FEW_TRIES, MOST_TRIES, tries_for_status, wait_after
from makegood.evidence.policy.recording_settings import Fetch, RecordingSettings
from makegood.evidence.policy.resampling import Resampler
from makegood.evidence.policy.segments import Segment, read, speech_ms, speech_of, written
from makegood.evidence.policy.url_template import address_of, check_template, name_pattern
from makegood.evidence.policy.waveform import MOST_POINTS, Peaks
from makegood.kernel import clock

AT = datetime(2026, 3, 9, 7, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("percents", "stretches"),
    [
        ([0] * 50, []),
        ([0] * 10 + [90] * 20 + [0] * 20, [(940, 3060)]),
        ([0] * 10 + [49] * 30 + [0] * 10, []),
        ([0] * 10 + [60] + [40] * 19 + [0] * 20, [(940, 3060)]),
        ([90] * 2 + [0] * 48, []),
        ([90] * 10 + [0] * 2 + [90] * 10 + [0] * 28, [(0, 2260)]),
        ([90] * 10 + [0] * 5 + [90] * 10 + [0] * 25, [(0, 1060), (1440, 2560)]),
        ([0] * 40 + [90] * 10, [(3940, 4990)]),
    ],
    ids=["nothing", "speech", "never sure", "goes on below", "too short", "a breath", "a pause", "to the end"],
)
def test_speech_is_found_in_probabilities(percents: list[int], stretches: list[tuple[int, int]]) -> None:
    found = speech_of(percents, frame_ms=100, ch=1, duration_ms=4990)
    assert [(one.start_ms, one.end_ms) for one in found] == stretches
    assert {one.ch for one in found} <= {1}


def test_talk_is_counted_once_whoever_talks() -> None:
    segments = (Segment(0, 0, 1000), Segment(1, 500, 1500), Segment(0, 3000, 3200))
    assert speech_ms(segments) == 1700
    assert read(written(segments)) == segments


def test_peaks_are_those_of_the_samples_however_they_come() -> None:
    sound = np.zeros((1000, 2), np.float32)
    sound[450, 0], sound[20, 1], sound[999, 1] = 0.5, -1.0, 1.0
    documents = []
    for size in (1000, 7):
        peaks = Peaks(8000, 2)
        for start in range(0, 1000, size):
            peaks.feed(sound[start : start + size])
        documents.append(peaks.document())
    assert documents[0] == documents[1]
    told = json.loads(documents[0])
    assert {name: told[name] for name in ("version", "channels", "sample_rate", "samples_per_pixel", "bits")} == {
        "version": 2,
        "channels": 2,
        "sample_rate": 8000,
        "samples_per_pixel": 400,
        "bits": 8,
    }
    assert (told["length"], told["data"]) == (3, [0, 0, -127, 0, 0, 64, 0, 0, 0, 0, 0, 127])


def test_a_long_recording_gets_coarser_points() -> None:
    peaks = Peaks(400, 1)
    peaks.feed(np.full((20 * (MOST_POINTS + 1), 1), 0.5, np.float32))
    told = json.loads(peaks.document())
    assert (told["samples_per_pixel"], told["length"]) == (40, MOST_POINTS // 2 + 1)
    assert set(told["data"]) == {64}


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000])
def test_resampling_keeps_a_tone_and_drops_what_does_not_fit(rate: int) -> None:
    at = np.arange(rate) / rate
    sound = np.stack([np.sin(2 * np.pi * 440 * at), np.sin(2 * np.pi * min(rate * 0.49, 12_000) * at)], axis=1)
    whole = _resampled(sound.astype(np.float32), rate, rate)
    assert whole.shape == (16_000, 2)
    expected = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    assert np.abs(whole[800:-800, 0] - expected[800:-800]).max() < 0.002
    if rate > 16_000:
        assert np.abs(whole[800:-800, 1]).max() < 0.001
    assert np.array_equal(whole, _resampled(sound.astype(np.float32), rate, 997))


def _resampled(sound: np.ndarray[Any, Any], rate: int, size: int) -> np.ndarray[Any, Any]:
    resampler = Resampler(rate, 16_000, sound.shape[1])
    parts = [resampler.feed(sound[start : start + size]) for start in range(0, len(sound), size)]
    return np.concatenate([*parts, resampler.flush()])


@pytest.mark.parametrize(
    ("head", "family"),
    [
        (b"RIFF\x24\0\0\0WAVE", Family.WAV),
        (b"RIFF\x24\0\0\0AVI ", None),
        (b"OggS", Family.OGG),
        (b"fLaC", Family.FLAC),
        (b".snd", Family.AU),
        (b"ID3\x04", Family.MP3),
        (b"\xff\xe3\x18\xc4", Family.MP3),
        (b"\xff\xff\xff\xff", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_what_a_file_is_by_its_first_bytes(head: bytes, family: Family | None) -> None:
    assert family_of(head) is family


def test_sound_without_a_header_is_named_by_somebody() -> None:
    assert raw_law_of("a.ULAW", "") is RawLaw.ULAW
    assert raw_law_of("a.al", "audio/mpeg") is RawLaw.ALAW
    assert raw_law_of("recording", "audio/PCMU; rate=8000") is RawLaw.ULAW
    assert raw_law_of("a.mp3", "audio/basic") is None
    assert raw_law_of("a.txt", "text/plain") is None


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("ftp://r.example/{external_id}", "it begins with https://"),
        ("https://{external_id}.example/", "it begins with https://"),
        ("https://r.example/{external_id.__class__}", "there is no field"),
        ("https://r.example/{external_id[0]}", "there is no field"),
        ("https://r.example/{external_id!r}", "there is no field"),
        ("https://r.example/{}", "there is no field"),
        ("https://r.example/{external_id", "its braces do not pair"),
        ("https://r.example/{{external_id}}", "its braces do not pair"),
        ("https://r.example/{year}.wav", "nothing in it tells one call from another"),
    ],
)
def test_strange_templates_are_refused(template: str, problem: str) -> None:
    with pytest.raises(BadUrlTemplate) as caught:
        check_template(template)
    assert problem in caught.value.message


def test_an_address_is_made_of_the_fields_of_a_call() -> None:
    template = "https://r.example/{year}/{month}/{day}/{external_source}-{external_id}.wav?at={hour}{minute}{second}"
    check_template(template)
    texts = {"external_id": "a/b?c#d é", "external_source": "ringba"}
    expected = "https://r.example/2026/03/09/ringba-a%2Fb%3Fc%23d%20%C3%A9.wav?at=070504"
    assert address_of(template, texts, AT) == expected
    assert address_of("https://r.example/{vendor_ref}/x", {"vendor_ref": ""}, AT) == ""
    for outward in ("..", "a/../b", "..\\b"):
        assert address_of("https://r.example/{external_id}/x", {"external_id": outward}, AT) == ""
    assert address_of("", texts, AT) == ""


def test_names_are_read_back() -> None:
    match = name_pattern("{year}-{month}_{external_id}_rec").fullmatch("2026-03_CA.1_2_rec")
    assert match is not None
    assert match["external_id"] == "CA.1_2"
    assert name_pattern("{external_id}").fullmatch("x") is not None
    for template in ("{year}", "{external_id}{external_id}", "{external_id", "{id}"):
        with pytest.raises(BadUrlTemplate):
            name_pattern(template)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ([], "no mapping"),
        ({"fetched": "all"}, 'no "fetched"'),
        ({"fetch": "some"}, "fetch is one of all, disputed, off"),
        ({"retention_days": 0}, "retention_days is a number"),
        ({"retention_days": True}, "retention_days is a number"),
        ({"speakers": ["A"]}, "speakers are two names"),
        ({"vendors_hear": "yes"}, "vendors_hear is true or false"),
        ({"consent": 1}, "consent is a text"),
    ],
)
def test_strange_settings_are_refused(said: object, problem: str) -> None:
    with pytest.raises(BadRecordingSettings) as caught:
        RecordingSettings.of({"recordings": said})
    assert problem in caught.value.message
    assert RecordingSettings.kept({"recordings": said}) == RecordingSettings(fetch=Fetch.OFF)


@pytest.mark.parametrize(
    ("said", "fetch"), [({}, Fetch.ALL), ({"fetch": False}, Fetch.OFF), ({"fetch": "disputed"}, Fetch.DISPUTED)]
)
def test_settings_are_read(said: Mapping[str, Any], fetch: Fetch) -> None:
    assert RecordingSettings.of({}) == RecordingSettings()
    assert RecordingSettings.of({"recordings": said}).fetch is fetch


def test_every_state_has_its_sentence() -> None:
    with clock.frozen(AT):
        assert recording_words.deleted(AT, 90) == "The recording was deleted on 9 Mar under the 90-day retention rule."
        assert recording_words.deleted(AT - timedelta(days=365), None) == "The recording was deleted on 9 Mar 2025."
    assert recording_words.absent(was_on=False, named=False) == "Recording was off when this call arrived."
    assert recording_words.absent(was_on=None, named=False) == "There is no recording of this call."
    assert recording_words.absent(was_on=True, named=True) == "The recording of this call has not been fetched."
    assert recording_words.waiting(0) == "The recording is being fetched."
    assert recording_words.waiting(2) == "The recording is being fetched (tried twice)."
    assert recording_words.failed("no answer within 120 s", 8) == (
        "The recording could not be fetched: no answer within 120 s; tried 8 times."
    )


def test_the_waits_grow_and_end() -> None:
    waits = [wait_after(tries, most=MOST_TRIES, luck=0) for tries in range(1, 9)]
    assert waits[0] == timedelta(minutes=1)
    assert waits[6:] == [timedelta(hours=6), None]
    assert wait_after(1, most=MOST_TRIES, luck=100) == timedelta(seconds=72)
    assert wait_after(1, most=FEW_TRIES, luck=0) is not None
    assert wait_after(2, most=FEW_TRIES, luck=0) is None
    assert [tries_for_status(status) for status in (404, 410, 403, 429, 500, 503)] == [2, 2, 2, 8, 8, 8]
