"""Where mail goes without a mail server: one file per message in a folder, as mail programs open them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from makegood.kernel import clock, ids

_NAMED = re.compile(r"[^A-Za-z0-9_-]+")


class EmailBackend(BaseEmailBackend):
    """Writes ``digest-7.eml``, named after the Message-ID, so that a message handed over again is there once."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each message whole or not at all; says how many. Raises OSError where the folder takes nothing."""
        folder = Path(settings.MAIL_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            _write(folder, message)
        return len(email_messages)


def _write(folder: Path, message: EmailMessage) -> None:
    named = str(message.extra_headers.get("Message-ID", "")).strip("<>").partition("@")[0]
    name = _NAMED.sub("-", named).strip("-") or f"{clock.now():%Y%m%dT%H%M%S}-{ids.ulid('mail')}"
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
        file.write(message.message().as_bytes())
    Path(file.name).rename(folder / f"{name}.eml")
