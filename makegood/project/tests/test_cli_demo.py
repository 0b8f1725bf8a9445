"""`makegood demo` as a whole: one line on standard output, then people can sign in; started again, reset, refused."""

from __future__ import annotations

import http.cookiejar
import json
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

import psycopg
import pytest

from makegood.project.postgres import EmbeddedServer
from makegood.project.tests.servers import environment, place
from tests.docs.quickstart import check_quickstart

pytestmark = pytest.mark.slow

ROLES = {"buyer", "vendor", "manager", "csr", "billing", "qa", "admin"}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
FEW = ("--rows", "300")


@contextmanager
def demo(data: Path, *words: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A running `makegood demo`; ended hard if the test did not end it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "makegood.project.cli", "demo", "--data", str(data), "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(MAKEGOOD_TESTING="0", **variables),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _first_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def _end(process: subprocess.Popen[str], number: signal.Signals) -> tuple[str, str]:
    """What was left to read on both streams after the signal; the exit was clean."""
    process.send_signal(number)
    rest = process.communicate(timeout=40)
    assert process.returncode == 0
    return rest


def _landing(sign_in: str, person: dict[str, str]) -> str:
    """Where the site leads somebody who signed in through the form."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(jar)
    with opener.open(sign_in, timeout=30) as page:
        assert page.status == 200
        token = TOKEN.search(page.read().decode())
    assert token is not None
    fields = {"csrfmiddlewaretoken": token[1], "login": person["email"], "password": person["password"]}
    request = urllib.request.Request(sign_in, urllib.parse.urlencode(fields).encode(), {"Referer": sign_in})  # noqa: S310
    with opener.open(request, timeout=30) as page:
        assert page.status == 200
        return str(urllib.parse.urlsplit(page.url).path)


def check_api(told: dict[str, Any], data: Path) -> None:
    """The token is of a person of the demo, and its file is for the owner alone."""
    api = told["api"]
    assert (api["base_url"], api["acts_for"]) == (f"{told['base_url']}/api", "billing@demo.example")
    file = data / "api-token"
    assert file.read_text(encoding="ascii") == f"{api['token']}\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert isinstance(api["customer_id"], int)


def test_a_demo_from_nothing_and_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with place() as data:
        with demo(data, "--json", *FEW) as process:
            told = _first_line(process)
            assert {person["role"] for person in told["sign_ins"]} == ROLES
            check_api(told, data)
            for person in told["sign_ins"]:
                path = _landing(told["sign_in"], person)
                assert "login" not in path, person
            api = told["api"]
            check_quickstart(f"{api['base_url']}/customer/{api['customer_id']}/dispute", api["token"])
            out, err = _end(process, signal.SIGTERM)
            assert out == ""
            assert "Living through" in err
        with demo(data, *FEW) as process:
            assert process.stdout is not None
            page = ""
            while page.count("curl -s ") < 4 and (line := process.stdout.readline()):
                page += line
            assert all(person["password"] in page for person in told["sign_ins"])
            assert page.count("curl -s ") == 4
            assert [look for look in told["pages"] if look["words"] not in page] == []
            assert f"TOKEN={told['api']['token']}\n" in page
            _, err = _end(process, signal.SIGINT)
            assert "Using the demo that is there" in err
            assert "Living through" not in err
        with demo(data, "--reset", *FEW) as process:
            # What it makes then is what the first run made; so it is left alone there.
            assert process.stderr is not None
            heard = "".join(takewhile(lambda line: "Living through" not in line, process.stderr))
            assert heard.startswith("Starting over.")
            assert "Importing" in heard


def test_a_database_in_use_is_refused() -> None:
    with place() as home, EmbeddedServer(home / "server") as server:
        server.ensure_database()
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute("CREATE TABLE payroll (name text)")
        for words in ((), ("--reset",)):
            with demo(home / "demo", "--json", *words, DATABASE_URL=server.dsn()) as process:
                out, err = process.communicate(timeout=60)
                assert process.returncode == 1
                assert out == ""
                assert err.startswith("This database holds data that no demo made")
        with psycopg.connect(server.dsn()) as connection:
            assert connection.execute("SELECT count(*) FROM payroll").fetchone() == (0,)
