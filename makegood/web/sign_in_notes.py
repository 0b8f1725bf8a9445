"""What happens at the door, written into the journal: in, out, refused, second steps, confirmations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import authentication_step_completed, password_changed, password_reset, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from makegood.parties.operations import sign_ins
from makegood.parties.operations.sessions import end_every_session
from makegood.parties.selectors import principal_of
from makegood.parties.states import SignInEvent

TOTP, RECOVERY_CODES = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


def _address(request: HttpRequest | None) -> str | None:
    return (request.META.get("REMOTE_ADDR") or None) if request is not None else None


def _principal(request: HttpRequest | None, user: User) -> Principal:
    return principal_of(user, ip=_address(request))


def _note(request: HttpRequest | None, user: User, event: SignInEvent, **facts: Any) -> None:
    sign_ins.note(_principal(request, user), event, user_id=user.pk, facts=facts)


def refused(request: HttpRequest, email: str) -> None:
    """Somebody did not get in, or did not confirm. Of an address that nobody has, nothing is kept."""
    event = SignInEvent.CONFIRM_FAILED if request.user.is_authenticated else SignInEvent.SIGN_IN_FAILED
    sign_ins.note_refused(replace(SYSTEM, ip=_address(request)), event, email=email)


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    steps = [record.get("type") or record.get("method") for record in get_authentication_records(request, user)]
    _note(request, user, SignInEvent.SIGNED_IN, by=[str(step) for step in steps])


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        _note(request, user, SignInEvent.SIGNED_OUT)


@receiver(authentication_step_completed)
def _confirmed(request: HttpRequest, user: User, method: str, **facts: Any) -> None:
    if facts.get("reauthenticated"):
        _note(request, user, SignInEvent.CONFIRMED, by=str(facts.get("type") or method))


@receiver(password_changed)
def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    end_every_session(user.pk, but=request.session.session_key or "")
    _note(request, user, SignInEvent.PASSWORD_CHANGED)


@receiver(password_reset)
def _password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    end_every_session(user.pk)
    _note(request, user, SignInEvent.PASSWORD_RESET)


@receiver(authenticator_added)
@receiver(authenticator_reset)
def _added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    is_app = authenticator.type == TOTP
    _note(request, user, SignInEvent.TOTP_ON if is_app else SignInEvent.RECOVERY_CODES_MADE)


@receiver(authenticator_removed)
def _removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == TOTP:
        _note(request, user, SignInEvent.TOTP_OFF)


@receiver(authenticator_used)
def _used(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == RECOVERY_CODES:
        left = len(authenticator.wrap().get_unused_codes())
        _note(request, user, SignInEvent.RECOVERY_CODE_USED, left=left)


@receiver(authentication_failed)
def _code_refused(request: HttpRequest, user: User, reauthentication: bool = False, **_: Any) -> None:  # noqa: FBT001, FBT002 - the signal's
    event = SignInEvent.CONFIRM_FAILED if reauthentication else SignInEvent.CODE_FAILED
    sign_ins.note(replace(SYSTEM, ip=_address(request)), event, user_id=user.pk)
