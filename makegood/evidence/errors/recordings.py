"""What recordings refuse."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class NotAudio(Refusal):
    """This file is no audio that makegood can read; it reads wav (PCM, u-law, A-law, GSM 6.10), mp3, ogg and flac."""

    code = "RECORDING_NOT_AUDIO"
    status = 422


class AudioBroken(Refusal):
    """This file breaks off or is damaged: {problem}."""

    code = "RECORDING_BROKEN"
    status = 422


class AudioTooLarge(Refusal):
    """This file is larger than {limit_mb} MB."""

    code = "RECORDING_TOO_LARGE"
    status = 413


class AudioTooLong(Refusal):
    """This recording is longer than {limit_h} hours."""

    code = "RECORDING_TOO_LONG"
    status = 422


class AudioEmpty(Refusal):
    """This file holds no sound: it is shorter than a tenth of a second."""

    code = "RECORDING_EMPTY"
    status = 422


class TooManyChannels(Refusal):
    """This file has {channels} channels; a recording has one or two."""

    code = "RECORDING_CHANNELS"
    status = 422


class RecordingThere(Refusal):
    """This call has another recording already; what people have listened to is not replaced."""

    code = "RECORDING_THERE"
    status = 409


class RecordingDeleted(Refusal):
    """The recording of this call was deleted under the retention rule; it is not attached again."""

    code = "RECORDING_DELETED"
    status = 409


class NotPlayable(Refusal):
    """{sentence}"""

    code = "RECORDING_NOT_PLAYABLE"
    status = 409


class BadRecordingSettings(Refusal):
    """The recording settings cannot be read: {problem}."""

    code = "BAD_RECORDING_SETTINGS"
    status = 422


class BadUrlTemplate(Refusal):
    """This is no template of a recording's address: {problem}."""

    code = "BAD_URL_TEMPLATE"
    status = 422


class LinkExpired(Refusal):
    """This link to a recording has expired. Open the call again; the player gets a new one by itself."""

    code = "LINK_EXPIRED"
    status = 410
