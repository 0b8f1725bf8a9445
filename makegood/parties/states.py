"""Pure words of parties: verbs that can be granted, roles that bundle them, dimensions that limit sight."""

from __future__ import annotations

from enum import StrEnum


class Verb(StrEnum):
    """What a person may be allowed to do."""

    DISPUTE_VIEW = "dispute.view"
    DISPUTE_CREATE = "dispute.create"
    DISPUTE_EDIT = "dispute.edit"
    DISPUTE_OVERRIDE = "dispute.override"
    DISPUTE_DECIDE = "dispute.decide"
    DISPUTE_DECIDE_ANY = "dispute.decide_any"
    DISPUTE_DECIDE_OVER_LIMIT = "dispute.decide_over_limit"
    DISPUTE_REVERSE = "dispute.reverse"
    DISPUTE_FEE = "dispute.fee"
    DISPUTE_CLOSE = "dispute.close"
    DISPUTE_REOPEN = "dispute.reopen"
    CUSTOMER_VIEW = "customer.view"
    CHARGE_VIEW = "charge.view"
    PAYOUT_VIEW = "payout.view"
    LEDGER_VIEW = "ledger.view"
    STATEMENT_CLOSE = "statement.close"
    RECORDING_LISTEN = "recording.listen"
    PHONE_VIEW = "phone.view"
    POLICY_EDIT = "policy.edit"
    IMPORT_RUN = "import.run"
    USER_EDIT = "user.edit"
    TOKEN_MANAGE = "token.manage"  # noqa: S105 - a permission
    WEBHOOK_MANAGE = "webhook.manage"


NEEDS: dict[Verb, Verb] = {
    Verb.DISPUTE_CREATE: Verb.DISPUTE_VIEW,
    Verb.DISPUTE_EDIT: Verb.DISPUTE_VIEW,
    Verb.DISPUTE_DECIDE: Verb.DISPUTE_VIEW,
    Verb.DISPUTE_DECIDE_ANY: Verb.DISPUTE_DECIDE,
    Verb.DISPUTE_DECIDE_OVER_LIMIT: Verb.DISPUTE_DECIDE,
    Verb.DISPUTE_REVERSE: Verb.DISPUTE_VIEW,
    Verb.DISPUTE_FEE: Verb.DISPUTE_VIEW,
    Verb.DISPUTE_CLOSE: Verb.DISPUTE_VIEW,
    Verb.DISPUTE_REOPEN: Verb.DISPUTE_VIEW,
    Verb.STATEMENT_CLOSE: Verb.LEDGER_VIEW,
}
"""A verb that cannot be granted without another one."""


class RoleKey(StrEnum):
    """The roles an installation starts with."""

    BUYER = "buyer"
    VENDOR = "vendor"
    MANAGER = "manager"
    CSR = "csr"
    BILLING = "billing"
    QA = "qa"
    ADMIN = "admin"


ROLES: dict[RoleKey, tuple[str, frozenset[Verb]]] = {
    RoleKey.BUYER: (
        "Buyer",
        frozenset(
            {
                Verb.DISPUTE_VIEW,
                Verb.DISPUTE_CREATE,
                Verb.DISPUTE_EDIT,
                Verb.CUSTOMER_VIEW,
                Verb.CHARGE_VIEW,
                Verb.RECORDING_LISTEN,
            }
        ),
    ),
    RoleKey.VENDOR: ("Vendor", frozenset({Verb.PAYOUT_VIEW})),
    RoleKey.MANAGER: (
        "Manager",
        frozenset(
            {
                Verb.DISPUTE_VIEW,
                Verb.DISPUTE_DECIDE,
                Verb.DISPUTE_DECIDE_ANY,
                Verb.DISPUTE_REVERSE,
                Verb.DISPUTE_FEE,
                Verb.DISPUTE_CLOSE,
                Verb.DISPUTE_REOPEN,
                Verb.CUSTOMER_VIEW,
                Verb.CHARGE_VIEW,
                Verb.PAYOUT_VIEW,
                Verb.LEDGER_VIEW,
                Verb.STATEMENT_CLOSE,
                Verb.RECORDING_LISTEN,
                Verb.PHONE_VIEW,
            }
        ),
    ),
    RoleKey.CSR: (
        "Representative",
        frozenset(
            {
                Verb.DISPUTE_VIEW,
                Verb.DISPUTE_CREATE,
                Verb.DISPUTE_EDIT,
                Verb.DISPUTE_OVERRIDE,
                Verb.CUSTOMER_VIEW,
                Verb.CHARGE_VIEW,
                Verb.PHONE_VIEW,
            }
        ),
    ),
    # Files and settles, as the representatives of a communications provider do (IDI CostGuard's csr_user).
    RoleKey.BILLING: (
        "Billing representative",
        frozenset(
            {
                Verb.DISPUTE_VIEW,
                Verb.DISPUTE_CREATE,
                Verb.DISPUTE_EDIT,
                Verb.DISPUTE_DECIDE,
                Verb.DISPUTE_REVERSE,
                Verb.DISPUTE_FEE,
                Verb.DISPUTE_CLOSE,
                Verb.DISPUTE_REOPEN,
                Verb.CUSTOMER_VIEW,
                Verb.CHARGE_VIEW,
                Verb.LEDGER_VIEW,
                Verb.PHONE_VIEW,
            }
        ),
    ),
    RoleKey.QA: ("Quality assurance", frozenset({Verb.DISPUTE_VIEW, Verb.CHARGE_VIEW, Verb.RECORDING_LISTEN})),
    RoleKey.ADMIN: ("Administrator", frozenset(Verb) - {Verb.DISPUTE_CREATE, Verb.DISPUTE_EDIT}),
}
"""Name and verbs of each role."""

SUBMITTER_ROLES = frozenset({RoleKey.BUYER, RoleKey.CSR, RoleKey.BILLING})


class Dimension(StrEnum):
    """What a limit-to grant limits by."""

    ALL = "all"
    CUSTOMER_SUBTREE = "customer_subtree"
    CUSTOMER_TAG = "customer_tag"
    AGENT = "agent"
    BILL_PROFILE = "bill_profile"
    PROGRAM = "program"
    VENDOR = "vendor"


class BillingMode(StrEnum):
    """How a customer pays: on account, or from a prepaid balance."""

    POSTPAID = "postpaid"
    PREPAID = "prepaid"


def missing_needs(verbs: frozenset[Verb]) -> list[tuple[Verb, Verb]]:
    """The pairs (verb, needed verb) for which the needed one is not among ``verbs``."""
    return [(verb, need) for verb, need in NEEDS.items() if verb in verbs and need not in verbs]


class TokenState(StrEnum):
    """Whether a token lets anybody in, and if not, why."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    PERSON_OFF = "person switched off"


class Density(StrEnum):
    """How tall the rows of lists are."""

    COMPACT = "compact"
    COMFORTABLE = "comfortable"


class ZoneFrom(StrEnum):
    """Whose time zone a person's pages are shown in: the person's own, or that of the browser they are read in."""

    OWN = "own"
    BROWSER = "browser"
