"""What people see first: accessible and of good practice in full, and light."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from makegood.parties.models import User
from tests.journeys.chromium import ARGUMENTS, chromium
from tests.journeys.scene import people_and_places
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIGHTHOUSE = Path(settings.NODE_MODULES, "lighthouse", "cli", "index.js")
CATEGORIES = ("accessibility", "best-practices")


def audited(url: str, cookie: str, profile: Path) -> dict[str, Any]:
    """Lighthouse's report on one address, as somebody with that cookie."""
    flags = ("--headless", *ARGUMENTS, f"--user-data-dir={profile}")
    command = [
        *("node", str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"),
        f"--extra-headers={json.dumps({'Cookie': cookie})}",
        f"--chrome-flags={' '.join(flags)}",
    ]
    variables = {"PATH": os.environ["PATH"], "HOME": str(profile), "CHROME_PATH": chromium(), "CI": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=120, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize("path", ["/calls/", "/calls/{free}/dispute/"])
def test_log_and_form_score_in_full(path: str, committed_world: World, live_server: Any, tmp_path: Path) -> None:
    people, places = people_and_places(committed_world)
    client = Client()
    client.force_login(User.objects.get(pk=people["buyer"].id or 0))
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    report = audited(live_server.url + path.format(**places), cookie, tmp_path)
    assert report["finalDisplayedUrl"].endswith(path.format(**places))
    short = [
        f"{audit['id']}: {audit['title']} {json.dumps(audit.get('details', {}).get('items', []))[:600]}"
        for audit in report["audits"].values()
        if audit["score"] is not None and audit["score"] < 1
    ]
    assert {name: report["categories"][name]["score"] for name in CATEGORIES} == dict.fromkeys(CATEGORIES, 1), short
