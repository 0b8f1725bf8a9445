"""Every kind of file is read, broken ones are refused, and speakers stay apart."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from makegood.evidence.operations import processing
from makegood.evidence.operations.processing import Processed, processed
from makegood.evidence.policy import audio_kinds
from makegood.evidence.tests.sounds import KINDS, somebody_speaks, two_speak, written
from makegood.kernel.errors import Refusal
from makegood.project.demo.sounds import RATE, ringing, silence, tone


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_file_is_read(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, somebody_speaks())
    with processed(path, name=name) as found:
        container, coding = KINDS[name]
        assert found.codec == f"{container.lower()} {coding.lower()}"
        assert (found.channels, found.sample_rate) == (1, RATE)
        assert 3_500 <= found.duration_ms <= 3_600
        assert json.loads(found.peaks)["length"] in range(70, 73)
        assert found.segments
        assert 700 <= found.segments[0].start_ms <= 1_200
        assert found.segments[-1].end_ms <= 3_250
        assert path.read_bytes() == found.original.read_bytes()
        assert soundfile.info(found.play).format == "MP3"


def test_two_channels_are_two_speakers_and_neither_is_heard_on_the_others(tmp_path: Path) -> None:
    sound = two_speak()
    with processed(written(tmp_path, "ulaw.wav", sound)) as found:
        assert {one.ch for one in found.segments if one.end_ms <= 2_700} == {0}
        assert {one.ch for one in found.segments if one.start_ms >= 2_700} == {1}
        assert {one.ch for one in found.segments} == {0, 1}
        heard, rate = soundfile.read(found.play, dtype="float32", always_2d=True)
        size = found.play.stat().st_size
    assert abs(len(heard) / rate - 5) < 0.01
    # 48 kbit/s, always: a byte of the file tells its time.
    assert abs(size - 5 * 6_000) < 1_500
    first = heard[int(0.6 * rate) : int(2.4 * rate)]
    assert _decibels(first[:, 1]) - _decibels(first[:, 0]) < -60


def _decibels(sound: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-12))


@pytest.mark.parametrize("make", [silence, ringing, lambda s: tone(s, 1000)], ids=["silence", "ringing", "beep"])
def test_nobody_speaks_where_nobody_does(tmp_path: Path, make: object) -> None:
    assert callable(make)
    with processed(written(tmp_path, "ulaw.wav", make(5))) as found:
        assert found.segments == ()


def test_wide_sound_is_read_at_its_own_rate(tmp_path: Path) -> None:
    at = np.arange(44_100) / 44_100
    path = written(tmp_path, "pcm16.wav", (0.5 * np.sin(2 * np.pi * 440 * at)).astype(np.float32), 44_100)
    with processed(path) as found:
        assert (found.sample_rate, found.duration_ms, found.segments) == (44_100, 1_000, ())


def refused(path: Path, name: str = "", content_type: str = "") -> str:
    """The refusal, as code and message."""
    with pytest.raises(Refusal) as caught, processed(path, name=name, content_type=content_type):
        raise AssertionError("it was read")
    return str(caught.value)


@pytest.mark.parametrize(
    "name", ["pcm16.wav", "ulaw.wav", "gsm.wav", "call.mp3", "vorbis.ogg", "opus.ogg", "call.flac"]
)
def test_half_a_file_is_refused(tmp_path: Path, name: str) -> None:
    whole = written(tmp_path, name, somebody_speaks()).read_bytes()
    half = tmp_path / "half"
    half.write_bytes(whole[: len(whole) // 2])
    assert refused(half).startswith("RECORDING_BROKEN: This file breaks off or is damaged: ")


def test_a_recorder_that_never_knew_the_end_is_believed(tmp_path: Path) -> None:
    path = written(tmp_path, "pcm16.wav", somebody_speaks())
    streamed = bytearray(path.read_bytes())
    streamed[4:8] = streamed[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(streamed)
    with processed(path) as found:
        assert found.duration_ms == 3_500


@pytest.mark.parametrize(
    ("content", "name", "content_type", "told"),
    [
        (b"", "a.wav", "", "RECORDING_NOT_AUDIO"),
        (b"<html>Sign in</html>", "a.wav", "text/html", "RECORDING_NOT_AUDIO"),
        (b"RIFF\x24\0\0\0WAVEjunk", "a.wav", "", "RECORDING_BROKEN"),
        (b"\x7f" * 9_000, "recording", "application/octet-stream", "RECORDING_NOT_AUDIO"),
        (b"\x7f" * 400, "recording", "audio/basic", "RECORDING_EMPTY"),
    ],
)
def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes, name: str, content_type: str, told: str) -> None:
    path = tmp_path / "came"
    path.write_bytes(content)
    assert refused(path, name, content_type).startswith(told)


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    three = written(tmp_path, "pcm16.wav", np.zeros((8_000, 3), np.float32))
    assert refused(three) == "RECORDING_CHANNELS: This file has 3 channels; a recording has one or two."
    path = written(tmp_path, "call.mp3", somebody_speaks())
    monkeypatch.setattr(processing, "MOST_BYTES", 1_000)
    assert refused(path).startswith("RECORDING_TOO_LARGE")
    monkeypatch.undo()
    monkeypatch.setattr("makegood.evidence.operations.decoding.MOST_MS", 1_000)
    assert refused(path) == f"RECORDING_TOO_LONG: This recording is longer than {audio_kinds.MOST_HOURS} hours."
    assert refused(written(tmp_path, "pcm16.wav", somebody_speaks())).startswith("RECORDING_TOO_LONG")


def test_the_working_files_are_gone_afterward(tmp_path: Path) -> None:
    kept: list[Processed] = []
    with processed(written(tmp_path, "ulaw.wav", somebody_speaks())) as found:
        kept.append(found)
        shutil.copy(found.play, tmp_path / "copy.mp3")
    assert not kept[0].play.exists()
    assert kept[0].original.exists()
