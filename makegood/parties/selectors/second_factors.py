"""Who signs in with a second step."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.models import Authenticator

TOTP = Authenticator.Type.TOTP.value
RECOVERY_CODES = Authenticator.Type.RECOVERY_CODES.value


def has_totp(user_id: int) -> bool:
    """Whether the person has an authenticator app."""
    return bool(Authenticator.objects.filter(user_id=user_id, type=TOTP).exists())


def with_totp(user_ids: Iterable[int]) -> set[int]:
    """Those of the people who have an authenticator app."""
    found = Authenticator.objects.filter(user_id__in=list(user_ids), type=TOTP)
    return set(found.values_list("user_id", flat=True))


def recovery_codes_left(user_id: int) -> int | None:
    """How many recovery codes can still be used; None without any."""
    found = Authenticator.objects.filter(user_id=user_id, type=RECOVERY_CODES).first()
    return None if found is None else len(found.wrap().get_unused_codes())
