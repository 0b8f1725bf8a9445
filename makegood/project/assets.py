"""Collecting the browser assets, only when one of them changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

MARKER = ".fingerprint"


def fingerprint() -> str:
    """A digest over name, size and time of every file that would be collected."""
    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_if_stale() -> bool:
    """Collect, hash and compress the assets into the data directory if any changed; whether that was
    needed."""
    marker = Path(settings.STATIC_ROOT) / MARKER
    wanted = fingerprint()
    if marker.exists() and marker.read_text() == wanted:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    marker.write_text(wanted)
    return True
