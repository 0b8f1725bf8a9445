"""Verbs of parties: customers, vendors, programs, people with what they may see, and tokens."""

from makegood.parties.operations.directory import (
    add_user,
    change_settings,
    create_customer,
    create_program,
    create_vendor,
    grant_verbs,
    set_grants,
    zone_named,
)
from makegood.parties.operations.tokens import (
    NOTED_EVERY,
    MadeToken,
    create_token,
    revoke_token,
    take_requests,
    touch_token,
)

__all__ = [
    "NOTED_EVERY",
    "MadeToken",
    "add_user",
    "change_settings",
    "create_customer",
    "create_program",
    "create_token",
    "create_vendor",
    "grant_verbs",
    "revoke_token",
    "set_grants",
    "take_requests",
    "touch_token",
    "zone_named",
]
