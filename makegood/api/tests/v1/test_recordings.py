"""Recordings over the native service: what is known, the waveform, the sound by ranges, and that listening is kept."""

from __future__ import annotations

import pytest

from makegood.evidence.models import Recording, RecordingAccess
from makegood.evidence.states import RecordingState
from makegood.kernel import clock
from makegood.parties.entries import Principal
from tests.api_client import UNCOUNTED, ClientMaker
from tests.recordings import SPEECH, ready_recording
from tests.refusals import unchanged
from tests.world import World


@pytest.fixture
def recording(world: World) -> Recording:
    return ready_recording(world.charge())


def path(recording: Recording, part: str = "") -> str:
    return f"/api/v1/recordings/{recording.public_id}{part}"


def test_a_charge_leads_to_its_recording(
    buyer: Principal, csr: Principal, recording: Recording, world: World, api_client: ClientMaker
) -> None:
    client = api_client(buyer)
    shown = {item["id"]: item["recording_id"] for item in client.get("/api/v1/charges").json["items"]}
    assert shown == {f"chg_{recording.charge_id}": recording.public_id}
    assert api_client(csr).get(f"/api/v1/charges/chg_{recording.charge_id}").json["recording_id"] is None
    answer = client.get(path(recording))
    told = answer.json
    assert (told["state"], told["sentence"], told["channels"], told["duration_ms"]) == ("ready", "", 2, 12_000)
    assert [(one["channel"], one["start_ms"], one["end_ms"]) for one in told["segments"]] == [one[:3] for one in SPEECH]
    assert told["segments"][1]["speaker"] == told["speakers"][1]
    assert client.get(path(recording), headers={"If-None-Match": answer.headers["ETag"]}).status == 304


def test_the_sound_comes_by_ranges_and_each_listening_is_kept(
    buyer: Principal, recording: Recording, api_client: ClientMaker
) -> None:
    client, address = api_client(buyer), path(recording, "/audio")
    with unchanged(but=UNCOUNTED):
        head = client.send("HEAD", address, headers={"Range": "bytes=0-9"})
        assert (head.status, head.headers["Content-Length"], head.content) == (200, str(recording.play_bytes), b"")
        assert client.get(address, headers={"If-None-Match": head.headers["ETag"]}).status == 304
        outside = client.get(address, headers={"Range": f"bytes={recording.play_bytes}-"})
        assert (outside.status, outside.code) == (416, "RANGE_NOT_SATISFIABLE")
        assert outside.headers["Content-Range"] == f"bytes */{recording.play_bytes}"
        assert outside.detail == (
            f"The range begins behind the end of the recording, which has {recording.play_bytes} bytes."
        )
    part = client.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status, len(part.content), part.headers["Content-Type"]) == (206, 100, "audio/mpeg")
    assert part.headers["Content-Range"] == f"bytes 100-199/{recording.play_bytes}"
    assert RecordingAccess.objects.get().to_ms < 500
    whole = client.get(address)
    assert (whole.status, whole.content[100:200]) == (200, part.content)
    row = RecordingAccess.objects.get()
    assert (row.from_ms, row.to_ms, row.heard, row.via) == (0, 12_000, False, "api")
    assert row.user_id == buyer.id
    assert row.token_id is not None


def test_the_waveform(buyer: Principal, recording: Recording, api_client: ClientMaker) -> None:
    answer = api_client(buyer).get(path(recording, "/peaks"))
    assert (answer.json["version"], answer.json["channels"]) == (2, 2)
    assert len(answer.json["data"]) == answer.json["length"] * 4
    known = {"If-None-Match": answer.headers["ETag"]}
    assert api_client(buyer).get(path(recording, "/peaks"), headers=known).status == 304


@pytest.mark.parametrize("part", ["", "/peaks", "/audio"])
def test_who_may_not_listen_is_told_nothing(
    part: str, other_buyer: Principal, csr: Principal, recording: Recording, api_client: ClientMaker
) -> None:
    other, representative = api_client(other_buyer), api_client(csr)
    with unchanged(but=UNCOUNTED):
        foreign = other.get(path(recording, part))
        absent = other.get(f"/api/v1/recordings/rec_{'0' * 26}{part}")
        assert (foreign.status, absent.status) == (404, 404)
        assert foreign.detail.replace(recording.public_id, "") == absent.detail.replace(f"rec_{'0' * 26}", "")
        refused = representative.get(path(recording, part))
        assert (refused.status, refused.code) == (403, "PERMISSION_DENIED")
        assert refused.detail == 'This needs the permission "recording.listen"; an administrator can grant it.'
    assert not RecordingAccess.objects.exists()


@pytest.mark.parametrize("part", ["/peaks", "/audio"])
def test_one_without_sound_says_why(part: str, buyer: Principal, recording: Recording, api_client: ClientMaker) -> None:
    Recording.objects.filter(pk=recording.pk).update(state=RecordingState.DELETED, deleted_at=clock.now())
    answer = api_client(buyer).get(path(recording, part))
    assert (answer.status, answer.code) == (409, "RECORDING_NOT_PLAYABLE")
    assert answer.detail.startswith("The recording was deleted on")
    assert api_client(buyer).get(path(recording)).json["state"] == "deleted"
    assert not RecordingAccess.objects.exists()
