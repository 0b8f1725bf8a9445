"""Recordings: what is known of one, its waveform, and its sound by ranges; each listening is kept."""

from __future__ import annotations

from collections.abc import Iterable

from makegood.api.errors import NoAccess
from makegood.api.http import Request, Response
from makegood.api.matching import is_known
from makegood.api.routing import Param, Route
from makegood.api.v1 import finding, tags
from makegood.api.v1.errors import RangeOutside
from makegood.api.v1.representations.recording import Peaks, Recording, recording
from makegood.evidence.errors.recordings import NotPlayable
from makegood.evidence.operations.listening import Listener, serve
from makegood.evidence.policy.ranges import PART, UNSATISFIABLE, portion
from makegood.evidence.selectors.listening import tag_of
from makegood.evidence.selectors.recordings import PLAY_MIME, RecordingView, peaks_of, recording_named
from makegood.evidence.states import AccessVia
from makegood.kernel import clock
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

TAG = "recordings"
PATH = "/api/v1/recordings/{recording}"
PRIVATE = {"Cache-Control": "private, no-cache"}
NOTHING: Iterable[bytes] = ()
RANGE = (
    Param("Range", str, "One range of bytes; several are answered with the whole.", place="header", example="bytes=0-"),
    Param("If-Range", str, "The ETag that the range is of; with another one the whole is sent.", place="header"),
)


def found(request: Request) -> RecordingView:
    """The recording of the path. Raises NotPermitted, NoAccess."""
    demand(request.principal, Verb.RECORDING_LISTEN)
    text = request.params["recording"]
    with finding.absent_as("Recording", text):
        return recording_named(request.principal, text)


def one(request: Request) -> Response:
    """What is known of a recording."""
    return tags.read(request, recording(request.subject))


def peaks(request: Request) -> Response:
    """Its waveform."""
    view: RecordingView = request.subject
    headers = {"ETag": tag_of(view, "peaks"), **PRIVATE}
    if is_known(request, headers["ETag"]):
        return Response(304, headers=headers)
    return Response(headers=headers, content=peaks_of(view))


def audio(request: Request) -> Response:
    """Its sound, or a range of it. Raises RangeOutside."""
    view: RecordingView = request.subject
    if not view.playable:
        raise NotPlayable(sentence=view.sentence)
    headers = {"ETag": tag_of(view), **PRIVATE}
    if is_known(request, headers["ETag"]):
        return Response(304, headers=headers)
    asked = request.headers
    part = portion(
        view.bytes,
        headers["ETag"],
        method=request.method,
        wanted=asked.get("range", ""),
        only_if=asked.get("if-range", ""),
    )
    if part.status == UNSATISFIABLE:
        raise RangeOutside(size=view.bytes, headers=part.headers)
    content = NOTHING if request.method == "HEAD" else serve(_listener(request), view, part)
    return Response(part.status, headers=headers | part.headers, content=content, media=view.mime)


def _listener(request: Request) -> Listener:
    """All that a token asks for within a day (UTC) is one listening."""
    return Listener(request.principal, f"api:{request.principal.token_id}:{clock.now():%Y%m%d}", AccessVia.API)


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        PATH,
        "getRecording",
        one,
        "Read what is known of a recording: who speaks when, how long it is, and whether it can be heard.",
        TAG,
        scope=found,
        verb=Verb.RECORDING_LISTEN,
        answer=Recording,
        statuses={304: None},
        refusals=(NoAccess,),
    ),
    Route(
        "GET",
        PATH + "/peaks",
        "getRecordingPeaks",
        peaks,
        "Read the waveform of a recording.",
        TAG,
        scope=found,
        verb=Verb.RECORDING_LISTEN,
        answer=Peaks,
        statuses={304: None},
        refusals=(NoAccess, NotPlayable),
    ),
    Route(
        "GET",
        PATH + "/audio",
        "getRecordingAudio",
        audio,
        "Listen to a recording, whole or by ranges of bytes.",
        TAG,
        scope=found,
        verb=Verb.RECORDING_LISTEN,
        statuses={PART: None, 304: None},
        answer_media=PLAY_MIME,
        query=RANGE,
        refusals=(NoAccess, NotPlayable, RangeOutside),
        description="What was given out is kept, from and to, with the token and its person.",
    ),
)
