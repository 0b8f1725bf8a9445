"""Listening through links: whom they are bound to, how long they live, which bytes they give, and what is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from makegood.evidence.models import Recording, RecordingAccess
from makegood.evidence.selectors.recordings import recording_named
from makegood.evidence.states import RecordingState
from makegood.imports.models import Transcript
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import User
from makegood.parties.states import Verb
from makegood.web.listening import LIVES, new_link
from makegood.web.tests.conftest import SignedIn
from tests.recordings import ready_recording
from tests.world import ChargeMaker, World

EXPIRED = "This link to a recording has expired."


@pytest.fixture
def recording(make_charge: ChargeMaker) -> Recording:
    return ready_recording(make_charge())


def link_of(person: Principal, recording: Recording, of: str = "audio") -> str:
    """The address of a new link of the person."""
    link = new_link(person, recording_named(person, recording.public_id))
    return reverse(f"recording_{of}", args=[link.token])


def content_of(recording: Recording) -> bytes:
    with storages["evidence"].open(recording.play_key) as kept:
        return bytes(kept.read())


def got(client: Client, address: str, **headers: str) -> tuple[int, bytes, Any]:
    """Status, body and answer; the body is read to its end and closed, as a server does."""
    answer = client.get(address, headers=headers)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return answer.status_code, body, answer


def rows(heard: bool) -> list[tuple[int, int]]:  # noqa: FBT001 - the one question
    return sorted(RecordingAccess.objects.filter(heard=heard).values_list("from_ms", "to_ms"))


def test_the_sound_is_given_whole_and_by_ranges(buyer: Principal, recording: Recording, signed_in: SignedIn) -> None:
    client, address, content = signed_in(buyer), link_of(buyer, recording), content_of(recording)
    status, body, answer = got(client, address)
    assert (status, body) == (200, content)
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Content-Type"] == "audio/mpeg"
    assert answer["Content-Length"] == str(len(content))
    assert answer["Cache-Control"].startswith("private")
    tag = answer["ETag"]
    assert got(client, address, if_none_match=tag)[:2] == (304, b"")
    status, body, answer = got(client, address, range="bytes=1000-1999")
    assert (status, body) == (206, content[1000:2000])
    assert answer["Content-Range"] == f"bytes 1000-1999/{len(content)}"
    assert got(client, address, range="bytes=-100")[:2] == (206, content[-100:])
    assert got(client, address, range="bytes=10-", if_range='"other"')[:2] == (200, content)
    assert got(client, address, range="bytes=10-", if_range=tag)[:2] == (206, content[10:])
    status, body, answer = got(client, address, range=f"bytes={len(content)}-")
    assert (status, body, answer["Content-Range"]) == (416, b"", f"bytes */{len(content)}")
    head = client.head(address, headers={"range": "bytes=0-9"})
    assert (head.status_code, head["Content-Length"], head.content) == (200, str(len(content)), b"")


def test_what_was_given_out_is_one_row_as_far_as_it_touches(
    buyer: Principal, recording: Recording, signed_in: SignedIn
) -> None:
    client, address = signed_in(buyer), link_of(buyer, recording)
    size, ms = recording.play_bytes or 0, recording.duration_ms or 0
    half = size // 2
    for start in range(0, half, 4096):
        got(client, address, range=f"bytes={start}-{min(start + 4096, half) - 1}")
    ((first, last),) = rows(heard=False)
    assert first == 0
    assert last == pytest.approx(ms / 2, abs=2)
    got(client, address, range=f"bytes={size - 100}-")
    assert len(rows(heard=False)) == 2
    client.head(address)
    got(client, address, range=f"bytes={size}-")
    assert len(rows(heard=False)) == 2
    got(client, address)
    assert rows(heard=False) == [(0, ms)]
    row = RecordingAccess.objects.get()
    assert (row.user_id, row.token_id, row.via, row.recording_id) == (buyer.id, None, "page", recording.pk)
    got(client, link_of(buyer, recording))
    assert len(rows(heard=False)) == 2, "another opening of the player is another row"


def test_what_was_heard_is_cut_and_put_together(buyer: Principal, recording: Recording, signed_in: SignedIn) -> None:
    client, address = signed_in(buyer), link_of(buyer, recording, "heard")
    first = client.post(address, {"heard": ["0-1000", "3000-4000", "900-1500", "x", "9-", "5-5", "700-600"]})
    assert first.status_code == 204
    assert rows(heard=True) == [(0, 1500), (3000, 4000)]
    client.post(address, {"heard": ["1500-3000", "11000-99999"]})
    assert rows(heard=True) == [(0, 4000), (11_000, 12_000)]
    client.post(address, {"heard": ["50000-60000"]})
    client.post(address, {})
    assert rows(heard=True) == [(0, 4000), (11_000, 12_000)]
    assert rows(heard=False) == []
    assert client.get(address).status_code == 405


@pytest.mark.parametrize("of", ["audio", "peaks", "heard", "renew"])
def test_a_link_is_for_its_person_alone(
    of: str, buyer: Principal, manager: Principal, stranger: Principal, recording: Recording, signed_in: SignedIn
) -> None:
    address = link_of(buyer, recording, of)

    def ask(client: Client, to: str) -> Any:
        return client.post(to, {"heard": "0-9"}) if of in ("heard", "renew") else client.get(to)

    for other in (manager, stranger):
        refused = ask(signed_in(other), address)
        assert (refused.status_code, "Not found, or not yours." in refused.content.decode()) == (404, True)
    name, _, seal = address.removesuffix(f"/{of}").rpartition(":")
    assert ask(signed_in(buyer), f"{name}:{seal[::-1]}/{of}").status_code == 404
    assert ask(Client(), address).status_code == 302, "signed out, one signs in first"
    assert not RecordingAccess.objects.exists()


@pytest.mark.parametrize("of", ["audio", "peaks"])
def test_an_expired_link_says_so_and_is_renewed(
    of: str, buyer: Principal, recording: Recording, signed_in: SignedIn
) -> None:
    client, address = signed_in(buyer), link_of(buyer, recording, of)
    with clock.shifted(LIVES + timedelta(seconds=1)):
        status, body, _ = got(client, address)
        assert status == 410
        assert EXPIRED in body.decode()
        renewed = client.post(address.replace(f"/{of}", "/renew")).json()
        assert renewed["lives"] == LIVES.total_seconds()
        assert got(client, renewed[of])[0] == 200
        assert got(client, address)[0] == 410


def test_a_link_lives_on_while_somebody_listens(buyer: Principal, recording: Recording, signed_in: SignedIn) -> None:
    client, address = signed_in(buyer), link_of(buyer, recording)
    with clock.shifted(LIVES - timedelta(seconds=5)):
        client.post(address.replace("/audio", "/heard"), {"heard": "0-9000"})
    with clock.shifted(LIVES + LIVES / 2):
        assert got(client, address)[0] == 200
    with clock.shifted(2 * LIVES):
        assert got(client, address)[0] == 410


def test_scope_is_asked_anew_for_each_request(buyer: Principal, recording: Recording, signed_in: SignedIn) -> None:
    client, address = signed_in(buyer), link_of(buyer, recording)
    assert got(client, address)[0] == 200
    User.objects.get(pk=buyer.id).grants.all().delete()
    assert got(client, address)[0] == 404
    assert client.post(address.replace("/audio", "/renew")).status_code == 404


def test_a_recording_that_went_away_says_why(buyer: Principal, recording: Recording, signed_in: SignedIn) -> None:
    client, address = signed_in(buyer), link_of(buyer, recording)
    storages["evidence"].delete(recording.play_key)
    status, body, _ = got(client, address)
    assert status == 409
    assert "cannot be read at the moment" in body.decode()
    Recording.objects.filter(pk=recording.pk).update(state=RecordingState.DELETED, deleted_at=clock.now())
    status, body, _ = got(client, address)
    assert status == 409
    assert "The recording was deleted on" in body.decode()
    client.post(address.replace("/audio", "/heard"), {"heard": "0-9"})
    assert not RecordingAccess.objects.exists()


def test_the_part_for_rows_and_the_page_at_its_address(
    buyer: Principal, other_buyer: Principal, recording: Recording, world: World, signed_in: SignedIn
) -> None:
    client, address = signed_in(buyer), reverse("player", args=[recording.charge_id])
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<section class="mg-player"')
    assert "Who listened" not in part
    whole = client.get(address).content.decode()
    assert "<h1>Recording</h1>" in whole
    assert signed_in(other_buyer).get(address).status_code == 404
    off = world.charge(recording_enabled=False)
    text = client.get(reverse("player", args=[off.pk])).content.decode()
    assert "Recording was off when this call arrived." in text
    assert "<audio" not in text


def test_the_deciding_side_sees_who_listened(
    buyer: Principal, manager: Principal, recording: Recording, signed_in: SignedIn
) -> None:
    buyers = signed_in(buyer)
    buyers.post(link_of(buyer, recording, "heard"), {"heard": "1000-5000"})
    got(signed_in(manager), link_of(manager, recording))
    text = signed_in(manager).get(reverse("player", args=[recording.charge_id])).content.decode()
    assert "heard 0:04 of 0:12, 50% of the speech: 0:01–0:05" in text  # noqa: RUF001 - a stretch of time
    assert "was given the sound; nothing was reported as played" in text


def test_what_the_source_wrote_down_is_read_without_listening(
    csr: Principal, vendor: Principal, world: World, signed_in: SignedIn
) -> None:
    Transcript.objects.create(key="t:1", source="test", text="[00:04] Agent: Acme, hello <b>you</b>")
    charge = world.charge(transcript_key="t:1", platform_tags=["robocall", "robocall"])
    recording = ready_recording(charge)
    assert not csr.can(Verb.RECORDING_LISTEN)
    text = signed_in(csr).get(reverse("player", args=[charge.pk])).content.decode()
    assert "Acme, hello &lt;b&gt;you&lt;/b&gt;" in text
    assert text.count("robocall") == 1
    assert "<audio" not in text
    seen = signed_in(vendor).get(reverse("player", args=[charge.pk])).content.decode()
    assert "There is no recording to hear." in seen
    assert "Acme, hello" not in seen
    assert recording.public_id not in seen
