"""From where somebody asks, when proxies of the operator stand in front."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

HEADER = "HTTP_X_FORWARDED_FOR"


def from_outside(environ: dict[str, Any], proxies: int) -> None:
    """Put the address that the outermost of so many proxies saw where the address of the last one stands.

    Each proxy adds one address at the end of ``X-Forwarded-For``; what stands further left is what the caller claims,
    and is not read. Without a proxy, or where the header does not fit, nothing is changed.
    """
    hops = [hop.strip() for hop in str(environ.get(HEADER, "")).split(",") if hop.strip()]
    if not 0 < proxies <= len(hops):
        return
    try:
        environ["REMOTE_ADDR"] = str(ip_address(hops[-proxies]))
    except ValueError:
        return
