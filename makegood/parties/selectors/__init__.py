"""Reads of parties. Every read of rows that belong to somebody starts from a principal's scope."""

from makegood.parties.selectors.contacts import ContactCard, contact_for, contact_of_customer, contacts_of_programs
from makegood.parties.selectors.customers_called import customers_called, customers_offered
from makegood.parties.selectors.people import (
    people_of,
    people_who,
    person_called,
    person_known,
    principal_of,
    signed_in,
)
from makegood.parties.selectors.saved_views import saved_views
from makegood.parties.selectors.scopes import (
    LATERAL_LIMIT,
    customer_predicate,
    has_customer_limits,
    owned_predicate,
    scope_of,
    scope_parameters,
)
from makegood.parties.selectors.signing_in import acting_again, sign_in
from makegood.parties.selectors.tokens import OwnToken, TokenRow, limits_named, own_token, tokens, tokens_called
from makegood.parties.selectors.visible import (
    CustomerSeen,
    customer_in_scope,
    customers_visible_to,
    demand,
    demand_for_all,
    programs_visible_to,
    vendors_visible_to,
    zone_names,
)

__all__ = [
    "LATERAL_LIMIT",
    "ContactCard",
    "CustomerSeen",
    "OwnToken",
    "TokenRow",
    "acting_again",
    "contact_for",
    "contact_of_customer",
    "contacts_of_programs",
    "customer_in_scope",
    "customer_predicate",
    "customers_called",
    "customers_offered",
    "customers_visible_to",
    "demand",
    "demand_for_all",
    "has_customer_limits",
    "limits_named",
    "own_token",
    "owned_predicate",
    "people_of",
    "people_who",
    "person_called",
    "person_known",
    "principal_of",
    "programs_visible_to",
    "saved_views",
    "scope_of",
    "scope_parameters",
    "sign_in",
    "signed_in",
    "tokens",
    "tokens_called",
    "vendors_visible_to",
    "zone_names",
]
