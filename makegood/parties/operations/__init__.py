"""Verbs of parties: customers, vendors, programs, people with what they may see, and tokens."""

from makegood.parties.operations.contacts import set_customer_contact, set_program_contact
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
from makegood.parties.operations.installation import describe_installation, mark_step
from makegood.parties.operations.invitations import (
    MadeInvitation,
    accept_invitation,
    invite,
    invite_again,
    revoke_invitation,
)
from makegood.parties.operations.people import change_person, limit_person, reset_second_step, switch_person
from makegood.parties.operations.preferences import set_columns, set_display, set_keys, set_tour
from makegood.parties.operations.roles import delete_role, set_role
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
    "MadeInvitation",
    "MadeToken",
    "accept_invitation",
    "add_user",
    "change_person",
    "change_settings",
    "create_customer",
    "create_program",
    "create_token",
    "create_vendor",
    "delete_role",
    "delete_view",
    "describe_installation",
    "grant_verbs",
    "invite",
    "invite_again",
    "limit_person",
    "mark_step",
    "rename_view",
    "reset_second_step",
    "revoke_invitation",
    "revoke_token",
    "save_view",
    "set_columns",
    "set_customer_contact",
    "set_default_view",
    "set_display",
    "set_grants",
    "set_keys",
    "set_program_contact",
    "set_role",
    "set_tour",
    "switch_disputing",
    "switch_person",
    "take_requests",
    "touch_token",
    "zone_named",
]
