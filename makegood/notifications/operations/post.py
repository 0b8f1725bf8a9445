"""What waits for the mail server goes out: claimed before it is handed over, marked after, tried again otherwise.

Rows that wait have ``mail_claimed_at``, ``mail_after``, ``mail_tries`` and ``mailed_at``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from types import TracebackType
from typing import Any, Self, TypeVar

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Model, Q, QuerySet

from makegood.kernel import clock

logger = logging.getLogger(__name__)

BATCH = 10
MOST_TRIES = 12
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
FORSAKEN = timedelta(minutes=15)
"""How old a claim is when whoever made it has stopped; far longer than a mail server is waited for."""

Row = TypeVar("Row", bound=Model)


class Post:
    """A connection that the first message opens and the end closes."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._connection is not None:
            self._connection.close()

    def hand_over(self, message: EmailMessage, *, done: Callable[[], None], later: Callable[[], None]) -> None:
        """Send one; what the server refuses of this one alone is put off. Raises OSError when there is no server."""
        self._connection = self._connection or get_connection()
        message.connection = self._connection
        try:
            self._connection.open()  # once; a connection that is open stays so
            message.send()
        except (SMTPRecipientsRefused, SMTPResponseException, SMTPNotSupportedError, ValueError) as error:
            logger.warning("a message to %s was not taken: %s", ", ".join(message.to), error)
            later()
        except OSError:
            later()
            raise
        else:
            done()


def waiting(now: datetime) -> Q:
    """What is neither mailed nor in somebody's hands, whose time has come and which was not tried too often."""
    return Q(
        Q(mail_after__isnull=True) | Q(mail_after__lte=now),
        Q(mail_claimed_at__isnull=True) | Q(mail_claimed_at__lte=now - FORSAKEN),
        mailed_at__isnull=True,
        mail_tries__lt=MOST_TRIES,
    )


def mail_in_turn(
    rows: QuerySet[Row],
    *,
    claim: Callable[[datetime], Row | None],
    written: Callable[[Row], EmailMessage | None],
    limit: int,
) -> int:
    """Hand over at most ``limit`` rows, one claimed after the other; says how many were claimed.

    ``written`` answers None for what nobody is to get any more. What cannot be written or is not taken is tried again,
    each time after twice the wait, 12 times at most, and holds up nothing else; while the mail server does not answer,
    all of ``rows`` waits.
    """
    claimed = 0
    with Post() as post:
        try:
            while claimed < limit and (row := claim(clock.now())) is not None:
                claimed += 1
                one = rows.filter(pk=row.pk)
                message = _message(one, row, written)
                if message is not None:
                    post.hand_over(message, done=partial(_mark, one), later=partial(_release, one))
        except OSError as error:
            logger.warning("the mail server cannot be reached: %s", error)
            now = clock.now()
            rows.filter(waiting(now)).update(mail_after=now + FIRST_WAIT)
    return claimed


def _message(one: QuerySet[Row], row: Row, written: Callable[[Row], EmailMessage | None]) -> EmailMessage | None:
    try:
        message = written(row)
        if message is None:
            one.update(mail_tries=MOST_TRIES)
    except Exception:
        logger.exception("%s %s could not be written", row._meta.verbose_name, row.pk)
        _release(one)
        return None
    return message


def _mark(one: QuerySet[Any]) -> None:
    one.update(mailed_at=clock.now())


def _release(one: QuerySet[Any]) -> None:
    """Let a later run try again: after twice the wait, at most six hours."""
    tries = one.values_list("mail_tries", flat=True).get()
    wait: timedelta = min(FIRST_WAIT * 2 ** min(tries, 16), LONGEST_WAIT)
    one.update(mail_claimed_at=None, mail_after=clock.now() + wait)
