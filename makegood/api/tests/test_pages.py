"""The pages for people who write clients: public, one for every code, none for another."""

from __future__ import annotations

import pytest
from django.test import Client

from makegood.api.problems import statuses
from makegood.api.registry import registry

pytestmark = pytest.mark.django_db


def test_every_code_has_a_page(client: Client) -> None:
    assert {code for code in statuses() if not code.startswith("TEST_")} >= set(registry())
    for code, told in registry().items():
        answer = client.get(told.page)
        assert answer.status_code == 200, code
        assert f"<code>{code}</code>" in answer.content.decode()
        assert told.todo


@pytest.mark.parametrize("slug", ["no-such-code", "NOT-FOUND", "not_found-", "0"])
def test_no_other_code_has_one(client: Client, slug: str) -> None:
    assert client.get(f"/problems/{slug}").status_code == 404


@pytest.mark.parametrize("path", ["/developers/", "/problems/"])
def test_the_pages_are_public_and_only_read(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert "<script>" not in answer.content.decode()
    assert client.post(path).status_code == 405
