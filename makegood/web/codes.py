"""Codes of authenticator apps and recovery codes, each good for one use."""

from __future__ import annotations

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.cache import cache

_CODE_WORKS_SECONDS = 90
"""A code is taken in its own half minute, the one before and the one after."""


class _OnceOnly:
    """A code that was used is refused for as long as it could be used again."""

    authenticator: Authenticator

    def clean_code(self) -> str:
        """The code."""
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            cache.touch(self.authenticator.wrap()._get_used_cache_key(code), _CODE_WORKS_SECONDS)
        return code


class CodeForm(_OnceOnly, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class CodeAgainForm(_OnceOnly, ReauthenticateForm):  # type: ignore[misc]
    """Confirming with a code."""
