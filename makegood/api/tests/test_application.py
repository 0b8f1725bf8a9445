"""The frame around every call: addresses, tokens, rate, permission, bodies, failures."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import msgspec
import pytest
from django.db import OperationalError

from makegood.api import rate
from makegood.api.application import Application
from makegood.api.errors import NoAccess
from makegood.api.http import Request, Response
from makegood.api.routing import Keyed, Route
from makegood.journal.models import Command
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Program, TokenUse
from makegood.parties.operations import create_program, revoke_token, take_requests
from makegood.parties.states import Verb
from tests.api_client import ClientMaker
from tests.refusals import unchanged

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    """A body for these tests."""

    key: str
    amount: float | int = 0


def _make(request: Request) -> Response:
    program = create_program(request.principal, key=request.body.key, name="Made", preset="none", settings={})
    if request.body.key == "late-refusal":
        raise NoAccess(kind="Thing", id=9)
    if request.body.key == "soft-refusal":
        return Response(422, {"code": "NO"})
    return Response(201, {"id": program.pk}, {"Location": f"/things/{program.pk}", "X-Other": "not kept"})


def _boom(request: Request) -> Response:
    raise {"bug": RuntimeError("secret detail"), "away": OperationalError("server closed the connection")}[
        request.params["how"]
    ]


def _scope(request: Request) -> int:
    if request.params["id"] != "7":
        raise NoAccess(kind="Thing", id=request.params["id"])
    return 7


ROUTES = (
    Route("GET", "/api/open", "open", lambda request: Response(body={"open": True}), "Open", "t", public=True),
    Route("GET", "/api/me", "me", lambda request: Response(body={"label": request.principal.label}), "Me", "t"),
    Route(
        "GET", "/api/bigThing/{id}", "thing", lambda request: Response(body={"id": request.subject}), "One", "t",
        verb=Verb.POLICY_EDIT, scope=_scope,
    ),
    Route("POST", "/api/thing", "make", _make, "Make", "t", body=Thing, keyed=Keyed.OPTIONAL, limit=1000),
    Route("POST", "/api/Thing2", "make2", _make, "Make", "t", body=Thing, keyed=Keyed.REQUIRED),
    Route("GET", "/api/boom/{how}", "boom", _boom, "Boom", "t", public=True),
)  # fmt: skip
service = Application(ROUTES)
Call = Callable[..., tuple[int, dict[str, str], Any]]


def call(
    method: str, path: str, *, token: str = "", raw: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], Any]:
    """One request: status, headers, body."""
    path, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": BytesIO(raw),
        "CONTENT_LENGTH": str(len(raw)),
        "CONTENT_TYPE": "application/json",
    }
    if token:
        environ["HTTP_AUTHORIZATION"] = token if " " in token else f"Bearer {token}"
    for name, value in (headers or {}).items():
        environ["CONTENT_TYPE" if name == "Content-Type" else f"HTTP_{name.upper().replace('-', '_')}"] = value
    out: list[Any] = []
    content = b"".join(service(environ, lambda status, found: out.extend((status, dict(found)))))
    return int(out[0][:3]), out[1], json.loads(content) if content else None


@pytest.fixture
def token(api_client: ClientMaker, manager: Principal) -> str:
    return api_client(manager).secret


def test_an_address_is_matched_as_written_or_in_lower_case(token: str) -> None:
    assert call("GET", "/api/open")[0] == 200
    assert call("GET", "/api/bigthing/8", token=token)[2]["code"] == "NOT_FOUND"
    assert call("GET", "/api/BIGTHING/7", token=token)[2]["code"] == "ADDRESS_UNKNOWN"
    assert call("GET", "/api/open/", token=token)[0] == 404
    assert call("GET", "/api/bigThing/\x00", token=token)[0] == 404
    assert call("GET", "/api/bigThing/\xff", token=token)[0] == 404


def test_another_method_names_those_there_are() -> None:
    status, headers, body = call("DELETE", "/api/open")
    assert (status, body["code"], headers["Allow"]) == (405, "METHOD_NOT_ALLOWED", "GET, HEAD")


def test_a_host_that_is_not_ours_is_refused() -> None:
    """Links in answers are made from it."""
    status, _, body = call("GET", "/api/open", headers={"Host": "evil.example"})
    assert (status, body["code"]) == (400, "BAD_HEADER")
    assert call("GET", "/api/open", headers={"Host": "localhost:8000"})[0] == 200


def test_head_is_get_without_a_body() -> None:
    status, headers, body = call("HEAD", "/api/open")
    assert (status, body, headers["Content-Length"]) == (200, None, "13")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer mg_unknown00",
        "Basic abc",
        "Bearer",
        "WRAP access_token=mg_unknown00",
        'WRAP access_token="',
        "Bearer é" * 9,
    ],
)
def test_without_a_good_token_nothing_is_said(header: str) -> None:
    status, headers, body = call("GET", "/api/me", headers={"Authorization": header} if header else {})
    assert (status, body["code"]) == (401, "NOT_AUTHENTICATED")
    assert headers["WWW-Authenticate"] == 'Bearer realm="makegood", WRAP'


def test_both_forms_of_the_header_carry_the_token(token: str, manager: Principal) -> None:
    for header in (
        f"Bearer {token}",
        f"bEaReR {token}",
        f'WRAP access_token="{token}"',
        f'wrap access_token="{token}"',
    ):
        assert call("GET", "/api/me", token=header)[2] == {"label": manager.label}


@pytest.mark.parametrize("with_header", [False, True], ids=["alone", "beside the header"])
@pytest.mark.parametrize("query", ["access_token={}", "Token={}", "x=1&y={}"])
def test_a_token_in_the_address_is_refused(token: str, query: str, *, with_header: bool) -> None:
    status, headers, body = call("GET", f"/api/me?{query.format(token)}", token=token if with_header else "")
    assert (status, body["code"]) == (401, "TOKEN_IN_ADDRESS")
    assert "WWW-Authenticate" in headers


def test_a_word_that_only_looks_like_a_token_is_none(token: str) -> None:
    assert call("GET", "/api/me?$skiptoken=abc&q=mg_", token=token)[0] == 200


@pytest.mark.parametrize(
    ("sent", "instance"),
    [
        ("0198c1d2-0000-7000-8000-000000000001", "urn:uuid:0198c1d2-0000-7000-8000-000000000001"),
        ("mine-1", "urn:uuid:" + str(uuid5(NAMESPACE_OID, "mine-1"))),
    ],
)
def test_a_refusal_names_its_request_as_a_uuid(sent: str, instance: str) -> None:
    body = call("GET", "/api/nowhere", headers={"X-Request-Id": sent})[2]
    assert (body["instance"], body["errors"][0]["loggingNumber"]) == (instance, sent)


def test_only_members_of_the_body_have_a_pointer(token: str) -> None:
    headers = {"Idempotency-Key": "k5", "If-Match": "*"}
    body = call("POST", "/api/thing", token=token, raw=b'{"key": "a", "amout": 1}', headers=headers)[2]
    assert [(line["field"], line["pointer"]) for line in body["errors"]] == [("amout", "#/amout")]
    body = call("GET", "/api/open", headers={"Host": "a b"})[2]
    assert [(line["field"], line.get("pointer")) for line in body["errors"]] == [("Host", None)]


def test_a_revoked_token_ends_with_the_next_request(api_client: ClientMaker, manager: Principal) -> None:
    secret = api_client(manager).secret
    assert call("GET", "/api/me", token=secret)[0] == 200
    row = TokenUse.objects.get()
    revoke_token(SYSTEM, token_id=row.token_id)
    assert call("GET", "/api/me", token=secret)[0] == 401


def test_what_is_out_of_scope_is_absent_before_permission_is_asked(token: str) -> None:
    status, _, body = call("GET", "/api/bigThing/8", token=token)
    assert (status, body["detail"]) == (404, "You do not have access to Thing ID 8 or it does not exist.")
    status, _, body = call("GET", "/api/bigThing/7", token=token)
    assert (status, body["code"]) == (403, "PERMISSION_DENIED")


def test_every_answer_has_a_number_and_is_stored_by_nobody(token: str) -> None:
    _, headers, body = call("GET", "/api/nowhere", token=token, headers={"X-Request-Id": "mine-1"})
    assert headers["X-Request-Id"] == "mine-1"
    assert body["errors"][0]["loggingNumber"] == "mine-1"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "application/problem+json"
    assert "Set-Cookie" not in headers
    _, headers, _ = call("GET", "/api/nowhere", headers={"X-Request-Id": "bad\nheader"})
    assert headers["X-Request-Id"].startswith("req_")


def test_a_minute_has_so_many_requests_and_says_how_many_are_left(api_client: ClientMaker, manager: Principal) -> None:
    secret = api_client(manager, per_minute=3).secret
    with clock.frozen(NOON):
        seen = [call("GET", "/api/me", token=secret) for _ in range(5)]
    assert [status for status, _, _ in seen] == [200, 200, 200, 429, 429]
    assert [headers["RateLimit-Remaining"] for _, headers, _ in seen] == ["2", "1", "0", "0", "0"]
    _, headers, body = seen[-1]
    assert (headers["Retry-After"], headers["RateLimit-Limit"], headers["RateLimit-Reset"]) == ("40", "3", "40")
    assert body["detail"] == "This token may make 3 requests a minute; try again in 40 s."
    with clock.frozen(NOON + timedelta(minutes=1)):
        assert call("GET", "/api/me", token=secret)[0] == 200


def test_processes_together_take_no_more_than_the_limit(api_client: ClientMaker, manager: Principal) -> None:
    secret = api_client(manager, per_minute=100).secret
    with clock.frozen(NOON):
        call("GET", "/api/me", token=secret)
        token_id = TokenUse.objects.get().token_id
        minute = NOON.replace(second=0)
        taken = [take_requests(token_id, minute=minute, wanted=30, limit=100) for _ in range(5)]
        assert taken == [(30, 35), (30, 65), (30, 95), (5, 100), (0, 100)]
        assert take_requests(token_id, minute=minute - timedelta(minutes=1), wanted=30, limit=100) == (0, 100)
        rate.forget()
        assert call("GET", "/api/me", token=secret)[0] == 429


@pytest.mark.parametrize(
    ("raw", "headers", "status", "code"),
    [
        (b"{}", {"Content-Type": "text/plain"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"", {}, 400, "MALFORMED_JSON"),
        (b"{", {}, 400, "MALFORMED_JSON"),
        (b'{"key": "a", "other": 1}', {}, 422, "UNKNOWN_FIELD"),
        (b'{"key": "' + b"a" * 1000 + b'"}', {}, 413, "BODY_TOO_LARGE"),
        (b'{"key": "a"}', {"Accept": "image/png"}, 406, "NOT_ACCEPTABLE"),
        (b'{"key": "late-refusal"}', {"Idempotency-Key": "k"}, 404, "NOT_FOUND"),
        (b'{"key": "soft-refusal"}', {"Idempotency-Key": "k"}, 422, "NO"),
    ],
)
def test_what_cannot_be_read_changes_nothing(
    token: str, raw: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    call("GET", "/api/me", token=token)
    with unchanged():
        found, _, body = call("POST", "/api/thing", token=token, raw=raw, headers=headers)
    assert (found, body["code"]) == (status, code)


def test_a_repeated_key_gets_the_first_answer_and_one_effect(token: str) -> None:
    key = {"Idempotency-Key": "8e03978e-40d5"}
    first = call("POST", "/api/thing", token=token, raw=b'{"key": "one", "amount": 1.50}', headers=key)
    quoted = {"Idempotency-Key": '"8e03978e-40d5"'}
    again = call("POST", "/api/thing", token=token, raw=b'{"amount": 1.5,  "key": "one"}', headers=quoted)
    assert first[0] == again[0] == 201
    assert first[2] == again[2]
    assert again[1]["Location"] == first[1]["Location"]
    assert (first[1].get("Idempotency-Replayed"), again[1]["Idempotency-Replayed"]) == (None, "true")
    assert Program.objects.filter(key="one").count() == 1


def test_a_key_is_for_one_request_of_one_token(token: str, api_client: ClientMaker, manager: Principal) -> None:
    key = {"Idempotency-Key": "k1"}
    call("POST", "/api/thing", token=token, raw=b'{"key": "one"}', headers=key)
    for path, raw in (
        ("/api/thing", b'{"key": "two"}'),
        ("/api/Thing2", b'{"key": "one"}'),
        ("/api/thing?x=1", b'{"key": "one"}'),
    ):
        status, _, body = call("POST", path, token=token, raw=raw, headers=key)
        assert (status, body["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    other = api_client(manager).secret
    assert call("POST", "/api/thing", token=other, raw=b'{"key": "two"}', headers=key)[0] == 201


def test_the_lower_case_address_is_the_same_request(token: str) -> None:
    key = {"Idempotency-Key": "k2"}
    call("POST", "/api/Thing2", token=token, raw=b'{"key": "three"}', headers=key)
    assert call("POST", "/api/thing2", token=token, raw=b'{"key": "three"}', headers=key)[1]["Idempotency-Replayed"]


def test_a_refused_request_may_be_corrected_under_its_key(token: str) -> None:
    key = {"Idempotency-Key": "k3"}
    assert call("POST", "/api/thing", token=token, raw=b'{"key": "late-refusal"}', headers=key)[0] == 404
    assert Command.objects.count() == 0
    assert call("POST", "/api/thing", token=token, raw=b'{"key": "good"}', headers=key)[0] == 201


def test_a_key_is_forgotten_after_its_time(token: str) -> None:
    key = {"Idempotency-Key": "k4"}
    with clock.frozen(NOON):
        call("POST", "/api/thing", token=token, raw=b'{"key": "four"}', headers=key)
    with clock.frozen(NOON + timedelta(days=3)):
        assert call("POST", "/api/thing", token=token, raw=b'{"key": "five"}', headers=key)[0] == 201


@pytest.mark.parametrize(
    "key", ["", '"', '"open', "two words", "a,b", "é", "x" * 256, '""', '"' + "y" * 256 + '"', "tab\t"]
)
def test_a_malformed_key_is_refused(token: str, key: str) -> None:
    status, _, body = call("POST", "/api/thing", token=token, raw=b'{"key": "a"}', headers={"Idempotency-Key": key})
    assert (status, body["code"]) == (400, "IDEMPOTENCY_KEY_MALFORMED")


def test_where_a_key_is_required_its_absence_is_told(token: str) -> None:
    status, _, body = call("POST", "/api/Thing2", token=token, raw=b'{"key": "a"}')
    assert (status, body["code"]) == (400, "IDEMPOTENCY_KEY_REQUIRED")


def test_a_bug_is_told_by_its_number_alone(caplog: pytest.LogCaptureFixture) -> None:
    status, headers, body = call("GET", "/api/boom/bug")
    assert (status, body["code"]) == (500, "INTERNAL_ERROR")
    assert headers["X-Request-Id"] in body["detail"]
    assert "secret" not in json.dumps(body)
    assert "secret detail" in caplog.text


def test_a_database_that_is_away_is_no_bug() -> None:
    status, headers, body = call("GET", "/api/boom/away")
    assert (status, body["code"], headers["Retry-After"]) == (503, "SERVICE_UNAVAILABLE", "1")
