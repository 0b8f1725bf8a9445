"""How people get in: with e-mail, password and a second step, in accounts that the operator makes."""

from __future__ import annotations

import base64
import hashlib
import logging
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest

from makegood.parties.models import User
from makegood.parties.selectors import signed_in
from makegood.web import sign_in_notes
from makegood.web.reauth import confirmed_lately

log = logging.getLogger(__name__)


def mail_is_on() -> bool:
    """Whether mail leads anywhere: a mail server or a folder for mail is configured."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]
    """The right password of somebody who is switched off is answered like a wrong one."""

    def _check_password(self, user: User | None, password: str) -> User | None:
        found: User | None = super()._check_password(user, password)
        if found is None:
            self.unstash_authenticated_user()
        return found

    def get_user(self, user_id: int) -> User | None:
        """Who a session belongs to, while they may sign in."""
        found = signed_in(user_id)
        return found if found is not None and self.user_can_authenticate(found) else None


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves; what goes wrong at the door is written down."""

    error_messages = {  # noqa: RUF012 - the attribute of the base
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "E-mail or password is not correct.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes and try again.",
        "incorrect_password": "The password is not correct.",
        "enter_current_password": "The password is not correct.",
        "rate_limited": "Too many attempts. Wait five minutes and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always closed."""
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count it."""
        sign_in_notes.refused(request, str(credentials.get("email", "")))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in within the last minutes is not asked again."""
        request = context.request
        return bool(super().is_reauthentication_required(app=app, **kwargs)) and not confirmed_lately(request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link that sets a new password: at the operator's address, whatever host the request named.

        Where the operator named none it is the host that was asked, which is one of the allowed hosts or refused.
        """
        asked: str = super().get_reset_password_from_key_url(key)
        return f"{settings.PUBLIC_URL}{urlsplit(asked).path}" if settings.PUBLIC_URL else asked

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send it where mail is configured; a mail server that fails changes nothing of what was done."""
        if not mail_is_on():
            return
        try:
            super().send_mail(template_prefix, email, {**context, "site": settings.SITE_URL})
        except (OSError, SMTPException):
            log.exception("A message about an account could not be sent.")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps are kept sealed with the installation's key."""

    error_messages = {  # noqa: RUF012 - the attribute of the base
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "The code is not correct, or was used already.",
    }

    def encrypt(self, text: str) -> str:
        """Sealed, as text."""
        return _seals()[0].encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Opened with this key, or one that was used before."""
        for seal in _seals():
            try:
                return seal.decrypt(encrypted_text.encode()).decode()
            except InvalidToken:
                continue
        raise ValueError("The secret was sealed with another SECRET_KEY.")


def _seals() -> list[Fernet]:
    keys: list[str] = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(f"makegood.second_factor:{key}".encode()).digest() for key in keys]
    return [Fernet(base64.urlsafe_b64encode(digest)) for digest in digests]


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Asks for a new password. Who was never let in needs an invitation, not this."""

    users: list[User]

    def clean_email(self) -> str:
        """The address; whether anybody has it is never told."""
        email: str = super().clean_email()
        self.users = [user for user in self.users if user.has_usable_password()]
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send the link, or say to an unknown address that it is unknown: a letter goes out in either case."""
        if self.users:
            sent: str = super().save(request, **kwargs)
            return sent
        email: str = self.cleaned_data["email"]
        ClosedAccountAdapter(request).send_mail("account/email/unknown_account", email, {})
        return email
