"""Letters with their links: what the worker sends, and the token by which a reader stops one kind of message."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from makegood.notifications.operations import mail_due
from makegood.notifications.selectors.letters import Letter
from makegood.notifications.states import TITLES

SALT = "makegood.web.mailing"


def run() -> int:
    """Send what is due by e-mail; says how many letters were taken up."""
    return mail_due(compose)


def compose(letter: Letter) -> EmailMessage:
    """A plain-text message with the link to exactly its items, and one click to stop messages of its kind.

    The Message-ID names the digest, so a mail server that is handed the same letter again can tell.
    """
    stop = settings.SITE_URL + reverse("unsubscribe", args=[token_of(letter.user_id, letter.template.value)])
    context = {
        "letter": letter,
        "title": TITLES[letter.template],
        "link": settings.SITE_URL + reverse("notice", args=[letter.digest_id]),
        "stop": stop,
    }
    return EmailMessage(
        subject=" ".join(letter.subject.split()),
        body=render_to_string("web/mail/letter.txt", context),
        to=[letter.to],
        headers={
            "Message-ID": f"<digest-{letter.digest_id}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )


def token_of(user_id: int, template: str) -> str:
    """What a reader's link carries: who, and which message; signed."""
    return signing.dumps([user_id, template], salt=SALT)


def reader_of(token: str) -> tuple[int, str] | None:
    """Who a token was made for, and for which message; None for one that was not made here."""
    try:
        user_id, template = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return int(user_id), str(template)
