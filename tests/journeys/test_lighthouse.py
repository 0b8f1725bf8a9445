"""What people see first, and the desk: accessible and of good practice in full."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from makegood.parties.entries import Principal
from makegood.parties.models import User
from tests.journeys.chromium import ARGUMENTS, chromium
from tests.journeys.scene import people_and_places
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCRIPT = Path(__file__).with_name("lighthouse.mjs")
FULL = {"accessibility": 1, "best-practices": 1}
PAGES = (
    ("buyer", "/calls/{free}/dispute/"),
    ("manager", "/queue/"),
    ("manager", "/lane/D-{waiting}/"),
    ("manager", "/quality/"),
    ("csr", "/accounts/{billed}/inquiries/bill/"),
    ("admin", "/admin/policies/{policy}/drafts/{draft}/"),
)
"""The pages with the most on them; axe looks at all."""
MORE = (
    ("buyer", "/leads/"),
    ("manager", "/plans/{plan}/"),
    ("csr", "/accounts/{billed}/"),
    ("csr", "/accounts/{billed}/dispute/{guided}/step/2/"),
    ("qa", "/reviews/{review}/"),
    ("admin", "/admin/people/"),
    ("buyer", "/calls/"),
    ("buyer", "/leads/{lead}/submit/"),
    ("buyer", "/guidelines/"),
    ("manager", "/disputes/D-{number}/?tab=money"),
    ("manager", "/approvals/"),
    ("manager", "/exposure/"),
    ("manager", "/do-not-bill/"),
    ("manager", "/re-reviews/?q=(212)+555-0142"),
    ("csr", "/accounts/"),
    ("csr", "/accounts/{billed}/bills/{bill}/"),
    ("csr", "/accounts/{billed}/inquiries/data/"),
    ("csr", "/accounts/{billed}/dispute/{guided}/step/7/"),
    ("qa", "/reviews/"),
    ("admin", "/admin/catalogs/{policy}/grid/"),
    ("admin", "/admin/people/{person}/limits/"),
    ("admin", "/admin/calendars/{calendar}/"),
    ("admin", "/admin/imports/{upload}/"),
    ("admin", "/admin/webhooks/{webhook}/"),
    ("admin", "/admin/health/"),
    ("admin", "/preferences/security/"),
)
"""Looked at by `make lighthouse`: a page takes seconds."""
TIME_LIMIT_S = 540


def cookie_of(principal: Principal) -> dict[str, str]:
    """What a browser keeps for somebody who is signed in."""
    client = Client()
    client.force_login(User.objects.get(pk=principal.id or 0))
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


def audited(pages: list[dict[str, Any]], profile: Path) -> list[dict[str, Any]]:
    """Lighthouse's words on each page: where it ended, its scores, what falls short."""
    flags = ["--headless", *ARGUMENTS, f"--user-data-dir={profile}"]
    asked = {"chrome": chromium(), "flags": flags, "categories": list(FULL), "pages": pages}
    variables = {"PATH": os.environ["PATH"], "HOME": str(profile), "CI": "1"}
    command, text = ["node", str(SCRIPT)], json.dumps(asked)
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, env=variables, timeout=TIME_LIMIT_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_pages_score_in_full(committed_world: World, live_server: Any, tmp_path: Path) -> None:
    people, places = people_and_places(committed_world)
    pages = PAGES + MORE if os.environ.get("MAKEGOOD_EVERY_PAGE") else PAGES
    cookies = {role: cookie_of(people[role]) for role in {role for role, _ in pages}}
    wanted = [(role, live_server.url + path.format(**places)) for role, path in pages]
    reports = audited([{"url": url, "cookie": cookies[role]} for role, url in wanted], tmp_path)
    assert [report["url"] for report in reports] == [url for _, url in wanted]
    assert [report for report in reports if report["scores"] != FULL] == []
