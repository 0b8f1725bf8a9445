"""Where Chromium is, and how it is started."""

from __future__ import annotations

import os
import shutil

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")


class NoBrowser(RuntimeError):
    """No Chromium was found; install it, or name one in MAKEGOOD_CHROMIUM."""


def chromium() -> str:
    """The browser's program. Raises NoBrowser."""
    found = os.environ.get("MAKEGOOD_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise NoBrowser("Install Chromium, or name one in MAKEGOOD_CHROMIUM.")
    return found
