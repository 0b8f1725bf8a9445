"""Whose address is believed behind proxies."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.project.proxies import from_outside


@pytest.mark.parametrize(
    ("proxies", "header", "seen"),
    [
        (0, "192.0.2.9", "10.0.0.1"),
        (1, "192.0.2.9", "192.0.2.9"),
        (1, "203.0.113.66, 192.0.2.9", "192.0.2.9"),
        (2, "203.0.113.66, 192.0.2.9, 10.0.0.2", "192.0.2.9"),
        (2, "192.0.2.9", "10.0.0.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
        (1, "nonsense", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_what_the_own_proxies_add_is_believed(proxies: int, header: str, seen: str) -> None:
    environ: dict[str, Any] = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": header}
    from_outside(environ, proxies)
    assert environ["REMOTE_ADDR"] == seen
