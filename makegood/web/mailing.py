"""Letters with their links: what the worker sends, and the token by which a reader stops one kind of message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext

from makegood.notifications.operations import forward_due, mail_due
from makegood.notifications.selectors.forwards import Forwarded
from makegood.notifications.selectors.letters import Letter, Passage
from makegood.notifications.selectors.texts import own_words, title_of
from makegood.notifications.states import speaking

SALT = "makegood.web.mailing"
STYLE = (
    "body{margin:0;padding:24px 16px;font:16px/1.5 system-ui,sans-serif;color:#1c2733;background:#fff}"
    "main{max-width:36rem;margin:0 auto}h1{font-size:20px;line-height:1.3;margin:0 0 16px}"
    "h2{font-size:14px;margin:24px 0 4px;color:#4b5a68}p,ul{margin:0 0 8px}ul{padding-left:20px}"
    "blockquote{margin:0 0 8px;padding-left:12px;border-left:3px solid #c3ccd5}a{color:#1f5fae}"
    "footer{margin-top:32px;padding-top:12px;border-top:1px solid #dde3e8;font-size:13px;color:#4b5a68}"
)


_FORWARDED = ("forward.txt", "forward.html", "case.txt")


@dataclass(frozen=True)
class Part:
    """A passage with the address that its link leads to; empty: none."""

    passage: Passage
    href: str


def run() -> int:
    """Send what is due by e-mail, letters and questions to contacts; says how many were taken up."""
    return mail_due(compose) + forward_due(forward)


def forward(said: Forwarded) -> EmailMultiAlternatives:
    """A question after a decision for its contact: answers go to who asked, and the case is attached as a text."""
    with speaking(said.locale):
        context = {
            "said": said,
            "subject": _one_line(said.subject),
            "parts": [Part(passage, _address(passage)) for passage in said.case],
            "link": settings.SITE_URL + reverse("dispute", args=[said.number_only]),
            "language": (get_language() or "en").partition("-")[0],
            "style": STYLE,
            "words": {
                "asks": gettext("Who asks"),
                "question": gettext("The question"),
                "open": gettext("Open"),
                "reply": gettext("An answer to this message goes to who asks."),
            },
        }
        text, html, case = (render_to_string(f"web/mail/{name}", context) for name in _FORWARDED)
    message = EmailMultiAlternatives(
        subject=_one_line(said.subject),
        body=text,
        to=[said.to],
        reply_to=[said.reply_to],
        headers={
            "Message-ID": f"<question-{said.event_id}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(html, "text/html")
    message.attach(f"{said.number}.txt", case, "text/plain")
    return message


def compose(letter: Letter) -> EmailMultiAlternatives:
    """A message in plain text and in simple HTML, with the link to exactly its items.

    One click stops messages of its kind, by its links and by the button of the mail program (RFC 8058). The Message-ID
    names the digest, so a mail server that is handed the same letter again can tell.
    """
    stop = settings.SITE_URL + reverse("unsubscribe", args=[token_of(letter.user_id, letter.template.value)])
    with speaking(letter.locale):
        context = _context(letter, stop)
        text, html = (render_to_string(f"web/mail/letter.{kind}", context) for kind in ("txt", "html"))
    message = EmailMultiAlternatives(
        subject=_one_line(letter.subject),
        body=text,
        to=[letter.to],
        headers={
            "Message-ID": f"<digest-{letter.digest_id}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def _context(letter: Letter, stop: str) -> dict[str, object]:
    return {
        "subject": _one_line(letter.subject),
        "parts": [Part(passage, _address(passage)) for passage in letter.passages],
        "link": settings.SITE_URL + reverse("notice", args=[letter.digest_id]),
        "stop": stop,
        "language": (get_language() or "en").partition("-")[0],
        "style": STYLE,
        "words": {
            "open": gettext("Open"),
            "why": gettext('You get "%(title)s" by e-mail.')
            % {"title": title_of(letter.template, own_words(letter.locale))},
            "stop": gettext("Stop these"),
            "settings": gettext("Settings"),
        },
        "settings": settings.SITE_URL + reverse("preferences"),
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _address(passage: Passage) -> str:
    if passage.guideline is not None:
        return settings.SITE_URL + reverse("guideline", args=list(passage.guideline))
    if passage.dispute is None:
        return ""
    return settings.SITE_URL + reverse("further" if passage.to_contact else "dispute", args=[passage.dispute])


def token_of(user_id: int, template: str) -> str:
    """What a reader's link carries: who, and which message; signed, and the same whenever it is made."""
    return signing.Signer(salt=SALT).sign_object([user_id, template])


def reader_of(token: str) -> tuple[int, str] | None:
    """Who a token was made for, and for which message; None for one that was not made here."""
    try:
        user_id, template = _opened(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(user_id), str(template)


def _opened(token: str) -> list[Any]:
    """What a token holds, of those with the time in them too, which older letters carry."""
    try:
        return list(signing.Signer(salt=SALT).unsign_object(token))
    except (signing.BadSignature, ValueError):
        return list(signing.loads(token, salt=SALT))
