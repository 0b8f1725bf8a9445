"""Files on pages: handed in by script or by a plain form, taken away, downloaded and looked at by whom they concern."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from makegood.disputes import operations
from makegood.disputes.entries import FilesItem, Ref
from makegood.disputes.models import Dispute, DisputeFile
from makegood.disputes.states import Stage
from makegood.evidence.models import File
from makegood.evidence.states import ScanState
from makegood.evidence.tests import made
from makegood.parties.entries import Principal
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import ChargeMaker, DisputeMaker

PART = {"HTTP_HX_REQUEST": "true"}
SESSIONS = ("parties_user",)


def upload(name: str = "door.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, made.image("PNG") if content is None else content, "text/html")


def send(client: Client, path: str, *files: SimpleUploadedFile, part: bool = True, **fields: Any) -> Any:
    return client.post(path, {"files": files, **fields}, **(PART if part else {}))  # type: ignore[arg-type]


@pytest.fixture
def shown(make_dispute: DisputeMaker, buyer: Principal, signed_in: SignedIn) -> Dispute:
    """A dispute that shows an image."""
    dispute = make_dispute()
    send(signed_in(buyer), f"/disputes/{dispute}/files/", upload())
    return dispute


def test_files_come_with_a_part_each_with_its_answer(
    make_charge: ChargeMaker, buyer: Principal, signed_in: SignedIn
) -> None:
    client, charge = signed_in(buyer), make_charge().pk
    path = f"/calls/{charge}/files/"
    answer = send(client, path, upload(), upload("drawing.svg", b"<svg/>"), upload("empty.txt", b""))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in text
    assert "drawing.svg is none of the files that can be attached here" in text
    assert "empty.txt is empty." in text
    assert f'data-remove="{path}{File.objects.get().public_id}/remove/"' in text
    draft = Dispute.objects.get()
    assert (draft.stage, draft.files.count()) == (Stage.DRAFT, 1)
    gone = client.post(f"{path}{File.objects.get().public_id}/remove/", **PART)  # type: ignore[arg-type]
    assert "data-files" not in gone.content.decode()
    assert not DisputeFile.objects.exists()


def test_a_plain_form_keeps_the_words_and_says_what_became_of_the_files(
    make_charge: ChargeMaker, buyer: Principal, signed_in: SignedIn
) -> None:
    client, charge = signed_in(buyer), make_charge().pk
    typed = {"reason": "SPAM", "description": "He asked for tires."}
    answer = send(client, f"/calls/{charge}/files/", upload(), upload("a.svg", b"<svg/>"), part=False, **typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/calls/{charge}/dispute/")
    text = client.get(f"/calls/{charge}/dispute/").content.decode()
    for words in ("He asked for tires.", "door.png attached.", "a.svg is none of the files", ">door.png<"):
        assert words in text
    file = File.objects.get()
    answer = client.post(f"/calls/{charge}/files/{file.public_id}/remove/")
    assert answer.status_code == 303
    assert not DisputeFile.objects.exists()


def test_what_does_not_belong_to_a_claim_yet_is_its_uploaders(
    buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(buyer)
    first = send(client, "/files/", upload("one.png"))
    one = File.objects.get()
    second = send(client, "/files/", upload("two.png"), file_ids=[one.public_id, "fil_other"])
    text = second.content.decode()
    assert ("two.png" in first.content.decode(), "one.png" in text, "two.png" in text) == (False, True, True)
    assert f'name="file_ids" value="{one.public_id}" checked' in text
    mine = client.get(f"/files/{one.public_id}/")
    assert len(b"".join(mine.streaming_content)) == one.bytes  # type: ignore[attr-defined]
    assert signed_in(manager).get(f"/files/{one.public_id}/").status_code == 404
    assert "one.png" in client.get("/files/").content.decode()
    client.post(f"/files/{one.public_id}/remove/", **PART)  # type: ignore[arg-type]
    assert client.get(f"/files/{one.public_id}/").status_code == 404


@pytest.mark.parametrize("name", ['a"b.png', "Größe\r\nX: 1.png", "日本.png"])
def test_a_file_is_given_as_an_attachment_that_nothing_runs_in(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, signed_in: SignedIn, name: str
) -> None:
    dispute = make_dispute()
    send(signed_in(buyer), f"/disputes/{dispute}/files/", upload(name))
    file = File.objects.get()
    answer = signed_in(manager).get(f"/files/{file.public_id}/")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert answer.headers["Content-Type"] == "image/png"
    assert len(b"".join(answer.streaming_content)) == file.bytes  # type: ignore[attr-defined]
    for variant in ("view", "thumb"):
        picture = signed_in(manager).get(f"/files/{file.public_id}/{variant}/")
        assert picture.headers["Content-Type"] == "image/jpeg"
        content = b"".join(picture.streaming_content)  # type: ignore[attr-defined]
        assert Image.open(io.BytesIO(content)).format == "JPEG"
    for response in (answer, picture):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response.headers["Cache-Control"] == "private, no-store"


def test_who_does_not_see_the_dispute_does_not_see_its_files(
    shown: Dispute,
    buyer: Principal,
    other_buyer: Principal,
    vendor: Principal,
    stranger: Principal,
    signed_in: SignedIn,
) -> None:
    one = File.objects.get().public_id
    for principal in (other_buyer, vendor, stranger):
        client = signed_in(principal)
        with unchanged(but=("parties_user",)):
            for path in (f"/files/{one}/", f"/files/{one}/view/", f"/files/{one}/thumb/"):
                assert client.get(path).status_code in ({403, 404} if principal is vendor else {404})
            for path in (f"/disputes/{shown}/files/", f"/disputes/{shown}/files/{one}/remove/"):
                assert send(client, path, upload()).status_code in {403, 404}
            assert client.post(f"/files/{one}/remove/").status_code in {403, 404}
    anonymous = Client().get(f"/files/{one}/")
    assert (anonymous.status_code, anonymous.headers["Location"].partition("?")[0]) == (302, "/account/login/")


def test_after_a_decision_the_list_has_no_removal(shown: Dispute, buyer: Principal, signed_in: SignedIn) -> None:
    client = signed_in(buyer)
    operations.withdraw(buyer, items=[Ref(shown.pk)])
    one = File.objects.get().public_id
    text = client.get(f"/disputes/{shown}/").content.decode()
    assert "door.png" in text
    assert "data-remove" not in text
    with unchanged(but=("parties_user",)):
        answer = client.post(f"/disputes/{shown}/files/{one}/remove/", **PART)  # type: ignore[arg-type]
    assert "is withdrawn and cannot be changed." in answer.content.decode()
    (answered,) = operations.remove_files(buyer, items=[FilesItem(shown.pk, (one,))])
    assert answered.code == "DISPUTE_CLOSED"


def test_what_a_scanner_found_is_said_and_not_opened(shown: Dispute, buyer: Principal, signed_in: SignedIn) -> None:
    File.objects.update(scan=ScanState.INFECTED)
    client, one = signed_in(buyer), File.objects.get().public_id
    text = client.get(f"/disputes/{shown}/").content.decode()
    assert "The virus scanner found something, so it cannot be opened." in text
    assert f"/files/{one}/thumb/" not in text
    for path in (f"/files/{one}/", f"/files/{one}/view/"):
        assert client.get(path).status_code == 409


def test_a_text_has_no_picture(make_dispute: DisputeMaker, buyer: Principal, signed_in: SignedIn) -> None:
    client, dispute = signed_in(buyer), make_dispute()
    send(client, f"/disputes/{dispute}/files/", upload("a.txt", b"words"))
    assert client.get(f"/files/{File.objects.get().public_id}/view/").status_code == 404


def test_more_than_any_page_takes_is_not_read(buyer: Principal, signed_in: SignedIn) -> None:
    client = signed_in(buyer)
    answer = client.post("/files/", b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(65 << 20))
    assert answer.status_code == 413
    assert "What was sent is more than 64 MB." in answer.content.decode()
