"""Evidence by the native service: handed in, attached, filed with, read, downloaded, deleted."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import Ref
from makegood.disputes.models import Dispute, DisputeFile
from makegood.evidence.models import File
from makegood.evidence.states import ScanState
from makegood.evidence.tests import made
from makegood.parties.entries import SYSTEM, Principal
from tests.api_client import UNCOUNTED, Answer, ApiClient, ClientMaker
from tests.refusals import unchanged
from tests.world import ChargeMaker, DisputeMaker, World

pytestmark = pytest.mark.django_db
PATH = "/api/v1/evidence"
BOUNDARY = "----a1b2"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
WORDS = b"What was agreed, in writing."


def form(content: bytes = WORDS, name: str = "note.txt", field: str = "file", times: int = 1) -> bytes:
    """The body of a call that sends a file."""
    part = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        "Content-Type: text/html\r\n\r\n"
    ).encode()
    return b"".join(part + content + b"\r\n" for _ in range(times)) + f"--{BOUNDARY}--\r\n".encode()


def send(client: ApiClient, path: str = PATH, body: bytes | None = None, key: str = "") -> Answer:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(path, raw=form() if body is None else body, media=FORM, headers=headers)


def on(dispute: Dispute) -> str:
    return f"/api/v1/disputes/{dispute.public_id}/evidence"


def test_a_file_is_attached_read_downloaded_and_deleted(
    make_dispute: DisputeMaker, buyer: Principal, manager: Principal, api_client: ClientMaker
) -> None:
    dispute, client = make_dispute(), api_client(buyer)
    sent = made.image("JPEG", (400, 200))
    found = send(client, on(dispute), form(sent, "../Größe 1.png"))
    file = File.objects.get()
    assert (found.status, found.headers["Location"]) == (201, f"{PATH}/{file.public_id}")
    assert found.json["name"] == "Größe 1.jpg"
    assert found.json["type"] == "image/jpeg"
    assert (found.json["scan"], found.json["uploaded_by"]) == ("unscanned", "you")
    assert (found.json["disputes"], found.json["can_delete"]) == ([dispute.public_id], True)
    read = client.get(found.headers["Location"])
    assert read.json == found.json
    assert client.get(on(dispute)).json == {"items": [read.json]}
    content = api_client(manager).get(f"{PATH}/{file.public_id}/content")
    assert hashlib.sha256(content.content).hexdigest() == read.json["sha256"] != hashlib.sha256(sent).hexdigest()
    assert content.headers["Content-Disposition"] == "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%201.jpg"
    assert content.headers["X-Content-Type-Options"] == "nosniff"
    assert content.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert content.headers["Content-Type"] == "application/octet-stream"
    assert client.delete(f"{PATH}/{file.public_id}").code == "PRECONDITION_REQUIRED"
    gone = client.delete(f"{PATH}/{file.public_id}", headers={"If-Match": read.headers["ETag"]})
    assert gone.status == 204
    assert client.get(f"{PATH}/{file.public_id}").status == 404
    assert not DisputeFile.objects.exists()


def test_after_a_decision_files_stay_as_they_are(
    make_dispute: DisputeMaker, buyer: Principal, api_client: ClientMaker
) -> None:
    dispute, client = make_dispute(), api_client(buyer)
    assert send(client, on(dispute)).status == 201
    file = File.objects.get()
    operations.withdraw(buyer, items=[Ref(dispute.pk)])
    with unchanged(but=UNCOUNTED):
        for answer in (
            send(client, on(dispute)),
            client.delete(f"{PATH}/{file.public_id}", headers={"If-Match": "*"}),
        ):
            assert (answer.status, answer.code) == (409, "DISPUTE_CLOSED")
    assert client.get(f"{PATH}/{file.public_id}/content").content == WORDS
    assert client.get(f"{PATH}/{file.public_id}").json["can_delete"] is False


def test_what_is_foreign_answers_as_what_is_absent(
    make_dispute: DisputeMaker,
    buyer: Principal,
    other_buyer: Principal,
    manager: Principal,
    api_client: ClientMaker,
) -> None:
    dispute, client = make_dispute(), api_client(buyer)
    attached, loose = send(client, on(dispute)).json["id"], send(client).json["id"]
    for principal, seen in ((other_buyer, ()), (manager, (attached,))):
        other = api_client(principal)
        for one in (attached, loose):
            for path in (f"{PATH}/{one}", f"{PATH}/{one}/content"):
                answer = other.get(path)
                if one in seen:
                    assert answer.status == 200
                else:
                    assert answer.status == 404
                    assert answer.detail == f"You do not have access to Evidence ID {one} or it does not exist."
    stranger, deciding = api_client(other_buyer), api_client(manager)
    with unchanged(but=UNCOUNTED):
        assert send(stranger, on(dispute)).status == 404
        assert deciding.delete(f"{PATH}/{attached}", headers={"If-Match": "*"}).status == 403
        assert send(deciding).code == "PERMISSION_DENIED"


def test_a_submission_names_what_was_handed_in(
    make_charge: ChargeMaker, buyer: Principal, api_client: ClientMaker, world: World
) -> None:
    operations.publish_policy(
        SYSTEM, program=world.program, rules=[{"type": "evidence", "min_files": 1, "severity": "block"}]
    )
    client, charges = api_client(buyer), [make_charge(), make_charge(), make_charge()]
    one = send(client).json["id"]

    def item(place: int, *evidence: str) -> dict[str, Any]:
        said = {"charge": f"chg_{charges[place].pk}", "reason": "SPAM", "description": "A recorded voice, nobody there"}
        return {**said, "evidence": list(evidence)}

    items = [item(0, one), item(1), item(2, "fil_00000000000000000000000000")]
    answer = client.post(
        "/api/v1/submissions", {"customer": world.customer.pk, "items": items}, headers={"Idempotency-Key": "k1"}
    )
    assert answer.status == 201
    problems = [result.get("problem") or {} for result in answer.json["results"]]
    assert [one.get("code") for one in problems] == [None, "EVIDENCE_REQUIRED", "EVIDENCE_UNKNOWN"]
    filed = answer.json["results"][0]["dispute"]["id"]
    assert client.get(f"{PATH}/{one}").json["disputes"] == [filed]


def test_a_key_makes_sending_twice_harmless(
    make_dispute: DisputeMaker, buyer: Principal, api_client: ClientMaker
) -> None:
    dispute, client = make_dispute(), api_client(buyer)
    first, again = (send(client, on(dispute), key="k1") for _ in range(2))
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")
    other = send(client, on(dispute), form(b"Other words."), key="k1")
    assert other.code == "IDEMPOTENCY_KEY_REUSED"
    assert File.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (form(b"x" * (10 * 1024 * 1024 + 1)), 413, "EVIDENCE_TOO_LARGE"),
        (form(b"x" * (10 * 1024 * 1024 + 50_000)), 413, "BODY_TOO_LARGE"),
        (form(b""), 422, "EVIDENCE_EMPTY"),
        (form(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png"), 422, "EVIDENCE_TYPE_NOT_ALLOWED"),
        (form(b"\xff\xd8\xffno", "a.jpg"), 422, "EVIDENCE_NOT_READABLE"),
        (form(made.bomb(), "a.png"), 422, "EVIDENCE_IMAGE_TOO_LARGE"),
        (form(field="upload"), 422, "FIELD_REQUIRED"),
        (form(times=2), 422, "FIELD_INVALID"),
        (b"", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"no form at all", 422, "FIELD_REQUIRED"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_what_cannot_be_taken_is_refused(
    buyer: Principal, api_client: ClientMaker, body: bytes, status: int, code: str
) -> None:
    client = api_client(buyer)
    with unchanged(but=UNCOUNTED):
        answer = send(client, body=body)
    assert (answer.status, answer.code) == (status, code)


def test_another_media_type_is_refused(buyer: Principal, api_client: ClientMaker) -> None:
    answer = api_client(buyer).post(PATH, {"file": "x"})
    assert (answer.status, answer.headers["Accept"]) == (415, "multipart/form-data")
    assert api_client(buyer).post(PATH, raw=form(), media="multipart/form-data").code == "BAD_PARAMETER"


def test_what_a_scanner_found_later_cannot_be_opened(buyer: Principal, api_client: ClientMaker) -> None:
    client = api_client(buyer)
    one = send(client).json["id"]
    File.objects.update(scan=ScanState.INFECTED)
    assert client.get(f"{PATH}/{one}").json["scan"] == "infected"
    answer = client.get(f"{PATH}/{one}/content")
    assert (answer.status, answer.code) == (409, "EVIDENCE_QUARANTINED")


def test_too_many(make_dispute: DisputeMaker, buyer: Principal, api_client: ClientMaker) -> None:
    dispute, client = make_dispute(), api_client(buyer)
    assert [send(client, on(dispute), form(f"words {n}".encode())).status for n in range(6)] == [201] * 5 + [422]
    assert File.objects.filter(deleted_at__isnull=True).count() == 5
