"""Receivers that share no code with us: the specification's library for Node, and the formula by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from makegood.kernel import clock
from makegood.webhooks.entries import headers_of, new_secret

BODY = '{"type":"dispute.decided","timestamp":"2026-11-20T12:00:00Z","data":{"label":"D-1 \\u00e9"}}'


def by_hand(secret: str, message_id: str, timestamp: str, body: str) -> str:
    """The signature as the specification words it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{message_id}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def test_the_signature_is_that_of_the_specification() -> None:
    keys = (new_secret(), new_secret())
    headers = headers_of(keys, message_id="msg_1", at=clock.now(), body=BODY)
    expected = [by_hand(key, "msg_1", headers["webhook-timestamp"], BODY) for key in keys]
    assert headers["webhook-signature"].split(" ") == expected
    assert keys[0] != keys[1]


@pytest.mark.parametrize("forged", [False, True])
def test_node_verifies_it(forged: bool) -> None:  # noqa: FBT001 - a case
    secret = new_secret()
    headers = headers_of([new_secret(), secret], message_id="msg_1", at=clock.now(), body=BODY)
    body = BODY.replace("D-1", "D-2") if forged else BODY
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, str(Path(__file__).with_name("verify.js"))],
        input=json.dumps({"secret": secret, "headers": headers, "body": body}),
        env={**os.environ, "NODE_PATH": str(settings.NODE_MODULES)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    if forged:
        assert done.returncode != 0
        assert "No matching signature found" in done.stderr
    else:
        assert json.loads(done.stdout) == json.loads(BODY)
