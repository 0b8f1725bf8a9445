"""Invitations by the secret of their link."""

from __future__ import annotations

from makegood.kernel import clock
from makegood.parties.entries import token_digest
from makegood.parties.errors import InvitationEnded, NotFound
from makegood.parties.models import Invitation


def invitation_of(secret: str) -> Invitation:
    """The open invitation behind a link, with its person and who asked. Raises NotFound, InvitationEnded."""
    found = (
        Invitation.objects.select_related("user__role", "user__customer", "user__vendor", "user__zone", "created_by")
        .filter(digest=token_digest(secret))
        .first()
    )
    if found is None:
        raise NotFound()
    return open_invitation(found)


def open_invitation(invitation: Invitation) -> Invitation:
    """The same one, if it can still be used. Raises InvitationEnded."""
    if invitation.used_at is not None:
        raise InvitationEnded(why="was used already. Sign in with the password that was chosen")
    if invitation.revoked_at is not None:
        raise InvitationEnded(why="was taken back. Ask your administrator for another one")
    if invitation.expires_at <= clock.now():
        raise InvitationEnded(why="is older than seven days. Ask your administrator for another one")
    return invitation
