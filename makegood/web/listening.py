"""Links to the sound of one recording: bound to whoever the page was made for, and good for a short time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing

from makegood.evidence.errors.recordings import LinkExpired
from makegood.evidence.operations.listening import Listener
from makegood.evidence.selectors.listening import is_in_use
from makegood.evidence.selectors.recordings import RecordingView, recording_named
from makegood.evidence.states import AccessVia
from makegood.kernel import clock, ids
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound

SALT = "makegood.recording.link"
LIVES = timedelta(minutes=10)
"""How long a link is good for; and how long after somebody last listened through it."""


@dataclass(frozen=True)
class Link:
    """A link as it was made. ``id`` names one opening of the player, through all its renewals."""

    recording: str
    user_id: int
    id: str
    until: datetime

    @property
    def token(self) -> str:
        """The link as it stands in an address, signed."""
        return signing.dumps([self.recording, self.user_id, self.id, int(self.until.timestamp())], salt=SALT)


def new_link(principal: Principal, view: RecordingView, link_id: str = "") -> Link:
    """A link to a recording in the person's scope; with ``link_id`` one that goes on where that one ends."""
    return Link(view.public_id, principal.id or 0, link_id or ids.ulid("lsn"), clock.now() + LIVES)


def followed(principal: Principal, token: str, *, late: bool = False) -> tuple[Link, RecordingView]:
    """The link and the recording behind it, its scope asked anew. ``late`` takes one that has expired.

    Raises NotFound for one that was made for somebody else, was changed, or leads to what the person may not hear any
    more; LinkExpired.
    """
    link = _read(token)
    if link is None or link.user_id != principal.id:
        raise NotFound()
    view = recording_named(principal, link.recording)
    if not late and clock.now() >= link.until and not is_in_use(view, link.id, LIVES):
        raise LinkExpired()
    return link, view


def listener(principal: Principal, link: Link) -> Listener:
    """Who listens by a link."""
    return Listener(principal, link.id, AccessVia.PAGE)


def _read(token: str) -> Link | None:
    try:
        recording, user_id, link_id, until = signing.loads(token, salt=SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return Link(recording, user_id, link_id, datetime.fromtimestamp(until, UTC))
