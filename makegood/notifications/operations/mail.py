"""Sends what goes out by e-mail: each delivered digest at least once, always as the same message."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q, QuerySet

from makegood.kernel import clock
from makegood.notifications.models import Digest
from makegood.notifications.selectors.letters import Letter, letters_of
from makegood.notifications.selectors.recipients import recipients_of
from makegood.notifications.states import Template

logger = logging.getLogger(__name__)

BATCH = 10
MOST_TRIES = 12
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
FORSAKEN = timedelta(minutes=15)
"""How old a claim is when whoever made it has stopped; far longer than a mail server is waited for."""

Compose = Callable[[Letter], EmailMessage]


def mail_due(compose: Compose, *, limit: int = BATCH) -> int:
    """Hand over at most ``limit`` delivered digests to the mail server; says how many were claimed.

    Each digest is claimed, in a transaction of its own, before it is handed over, and marked as mailed after. A run
    that breaks off between the two leaves it claimed; after a quarter of an hour it is handed over again, with the
    Message-ID it had, by which mail servers and mail programs know it (docs/adr/0026). What cannot be written or is
    not taken is tried again, each time after twice the wait, 12 times at most, and holds up nothing else; while the
    mail server does not answer, everything waits; inside the quiet hours of its reader a letter waits too. Who cannot
    sign in any more gets nothing. Refuses nothing.
    """
    claimed = 0
    connection: BaseEmailBackend | None = None
    try:
        while claimed < limit and (digest := _claim(clock.now())) is not None:
            claimed += 1
            message = _written(compose, digest)
            if message is not None:
                connection = connection or get_connection()
                _hand_over(message, digest.pk, connection)
    except OSError as error:
        logger.warning("the mail server cannot be reached: %s", error)
        now = clock.now()
        _due(now).update(mail_after=now + FIRST_WAIT)
    finally:
        if connection is not None:
            connection.close()
    return claimed


def pass_over_mail(*, before: datetime) -> int:
    """Count letters delivered before an instant as mailed without sending them; says how many.

    For a history that is filled in afterward: nobody gets mail about what is long past. Refuses nothing.
    """
    past = Digest.objects.filter(by_email=True, flushed_at__lt=before, mailed_at__isnull=True)
    return past.update(mail_claimed_at=F("flushed_at"), mailed_at=F("flushed_at"))


def _written(compose: Compose, digest: Digest) -> EmailMessage | None:
    """The message of a digest; None for who left, and where it cannot be written, which is told in the log."""
    try:
        letters = letters_of([digest])
        if not letters:
            Digest.objects.filter(pk=digest.pk).update(mail_tries=MOST_TRIES)
        return compose(letters[0]) if letters else None
    except Exception:
        logger.exception("message %s could not be written", digest.pk)
        _release(digest.pk)
        return None


def _hand_over(message: EmailMessage, digest_id: int, connection: BaseEmailBackend) -> None:
    """Send one; what the server refuses of this one alone is put off. Raises OSError when there is no server."""
    message.connection = connection
    try:
        connection.open()  # once; a connection that is open stays so
        message.send()
    except (SMTPRecipientsRefused, SMTPResponseException, SMTPNotSupportedError, ValueError) as error:
        logger.warning("a message to %s was not taken: %s", ", ".join(message.to), error)
        _release(digest_id)
    except OSError:
        _release(digest_id)
        raise
    else:
        _mark(digest_id)


def _due(now: datetime) -> QuerySet[Digest]:
    return Digest.objects.filter(
        Q(mail_after__isnull=True) | Q(mail_after__lte=now),
        Q(mail_claimed_at__isnull=True) | Q(mail_claimed_at__lte=now - FORSAKEN),
        by_email=True,
        flushed_at__isnull=False,
        mailed_at__isnull=True,
        count__gt=0,
        mail_tries__lt=MOST_TRIES,
    )


def _claim(now: datetime) -> Digest | None:
    with transaction.atomic():
        while digest := _due(now).order_by("flushed_at", "pk").select_for_update(skip_locked=True).first():
            reader = recipients_of([digest.recipient_id])[digest.recipient_id]
            after = reader.held(now, Template(digest.template))
            if after <= now:
                Digest.objects.filter(pk=digest.pk).update(mail_claimed_at=now, mail_tries=F("mail_tries") + 1)
                return digest
            Digest.objects.filter(pk=digest.pk).update(mail_after=after)
        return None


def _mark(digest_id: int) -> None:
    Digest.objects.filter(pk=digest_id).update(mailed_at=clock.now())


def _release(digest_id: int) -> None:
    """Let a later run try again."""
    tries = Digest.objects.filter(pk=digest_id).values_list("mail_tries", flat=True).get()
    wait = min(FIRST_WAIT * 2 ** min(tries, 16), LONGEST_WAIT)
    Digest.objects.filter(pk=digest_id).update(mail_claimed_at=None, mail_after=clock.now() + wait)
