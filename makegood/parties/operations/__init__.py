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
from makegood.parties.operations.disputing import switch_disputing
from makegood.parties.operations.preferences import set_display, set_keys
from makegood.parties.operations.saved_views import delete_view, rename_view, save_view, set_default_view
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
    "delete_view",
    "grant_verbs",
    "rename_view",
    "revoke_token",
    "save_view",
    "set_default_view",
    "set_display",
    "set_grants",
    "set_keys",
    "switch_disputing",
    "take_requests",
    "touch_token",
    "zone_named",
]
