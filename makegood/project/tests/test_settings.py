"""Settings that only another process can try."""

from __future__ import annotations

import subprocess
import sys

import pytest

from makegood.project.tests.servers import environment

_SHOW = "from makegood.project import settings; print(settings.DATABASES['default']['OPTIONS']['options'])"


def _settled(limit: str) -> subprocess.CompletedProcess[str]:
    given = environment(MAKEGOOD_STATEMENT_LIMIT=limit)
    return subprocess.run([sys.executable, "-c", _SHOW], capture_output=True, text=True, env=given, check=False)


def test_the_web_server_may_limit_its_statements() -> None:
    assert "-c statement_timeout=1500ms" in _settled("1500ms").stdout


@pytest.mark.parametrize("limit", ["30", "1 s", "5s; drop", "-1s"])
def test_a_limit_that_is_no_time_is_refused(limit: str) -> None:
    assert "MAKEGOOD_STATEMENT_LIMIT is a time such as 30s or 2min." in _settled(limit).stderr
