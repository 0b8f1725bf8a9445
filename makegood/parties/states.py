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
    REVIEW_PROACTIVE = "review.proactive"
    CUSTOMER_VIEW = "customer.view"
    CHARGE_VIEW = "charge.view"
    PAYOUT_VIEW = "payout.view"
    LEDGER_VIEW = "ledger.view"
    STATEMENT_CLOSE = "statement.close"
    RECORDING_LISTEN = "recording.listen"
    PHONE_VIEW = "phone.view"
    POLICY_VIEW = "policy.view"
    POLICY_EDIT = "policy.edit"
    PROGRAM_VIEW = "program.view"
    PROGRAM_EDIT = "program.edit"
    IMPORT_RUN = "import.run"
    USER_VIEW = "user.view"
    USER_EDIT = "user.edit"
    HEALTH_VIEW = "health.view"
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
    Verb.REVIEW_PROACTIVE: Verb.DISPUTE_VIEW,
    Verb.STATEMENT_CLOSE: Verb.LEDGER_VIEW,
    Verb.POLICY_EDIT: Verb.POLICY_VIEW,
    Verb.PROGRAM_EDIT: Verb.PROGRAM_VIEW,
    Verb.USER_EDIT: Verb.USER_VIEW,
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
                Verb.REVIEW_PROACTIVE,
                Verb.CUSTOMER_VIEW,
                Verb.CHARGE_VIEW,
                Verb.PAYOUT_VIEW,
                Verb.LEDGER_VIEW,
                Verb.STATEMENT_CLOSE,
                Verb.RECORDING_LISTEN,
                Verb.PHONE_VIEW,
                Verb.POLICY_VIEW,
                Verb.PROGRAM_VIEW,
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
    RoleKey.QA: (
        "Quality assurance",
        frozenset({Verb.DISPUTE_VIEW, Verb.REVIEW_PROACTIVE, Verb.CHARGE_VIEW, Verb.RECORDING_LISTEN}),
    ),
    RoleKey.ADMIN: ("Administrator", frozenset(Verb) - {Verb.DISPUTE_CREATE, Verb.DISPUTE_EDIT}),
}
"""Name and verbs of each role."""

DECIDES_ANY_AMOUNT = frozenset({RoleKey.MANAGER, RoleKey.BILLING, RoleKey.ADMIN})
"""Roles that an installation starts with whose people decide alone whatever the amount, until an administrator says
otherwise. Everybody else credits nothing alone unless it is granted: what they find waits for a second signature.
"""

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


class SignInEvent(StrEnum):
    """What the journal says of how a person gets in."""

    SIGNED_IN = "user.signed_in"
    SIGN_IN_FAILED = "user.sign_in_failed"
    CODE_FAILED = "user.code_failed"
    SIGNED_OUT = "user.signed_out"
    CONFIRMED = "user.confirmed"
    CONFIRM_FAILED = "user.confirm_failed"
    PASSWORD_CHANGED = "user.password_changed"  # noqa: S105 - an event
    PASSWORD_RESET = "user.password_reset"  # noqa: S105 - an event
    TOTP_ON = "user.totp_on"
    TOTP_OFF = "user.totp_off"
    TOTP_RESET = "user.totp_reset"
    RECOVERY_CODES_MADE = "user.recovery_codes_made"
    RECOVERY_CODE_USED = "user.recovery_code_used"
    SESSIONS_ENDED = "user.sessions_ended"


class PersonState(StrEnum):
    """How somebody stands with the installation."""

    ACTIVE = "active"
    INVITED = "invited"
    LAPSED = "invitation lapsed"
    OFF = "switched off"


class Density(StrEnum):
    """How tall the rows of lists are."""

    COMPACT = "compact"
    COMFORTABLE = "comfortable"


class ZoneFrom(StrEnum):
    """Whose time zone a person's pages are shown in: the person's own, or that of the browser they are read in."""

    OWN = "own"
    BROWSER = "browser"


class SetupStep(StrEnum):
    """The first steps of an installation, in their order."""

    ORGANIZATION = "organization"
    PROGRAMS = "programs"
    QUESTIONS = "questions"
    DATA = "data"
    RECORDINGS = "recordings"
    PEOPLE = "people"
    CHECK = "check"


class SetupState(StrEnum):
    """What became of a step; one that is not named is still to do."""

    DONE = "done"
    SKIPPED = "skipped"


LOCALES = {"en_US": "English (United States)", "de_DE": "Deutsch (Deutschland)"}
"""Languages that an installation can start its customers with."""
