"""What parties refuses."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class NotFound(Refusal):
    """Not found, or not yours."""

    code = "NOT_FOUND"
    status = 404


class NotPermitted(Refusal):
    """This needs the permission "{verb}"; an administrator can grant it."""

    code = "NOT_PERMITTED"
    status = 403


class UnknownRole(Refusal):
    """There is no role "{role}". The roles are: {roles}."""

    code = "UNKNOWN_ROLE"
    status = 422


class UnknownCustomer(Refusal):
    """There is no customer with number "{number}"."""

    code = "UNKNOWN_CUSTOMER"
    status = 422


class UnknownVendor(Refusal):
    """There is no vendor with number "{number}"."""

    code = "UNKNOWN_VENDOR"
    status = 422


class UnknownZone(Refusal):
    """ "{zone}" is not a time zone of the IANA list, such as America/New_York."""

    code = "UNKNOWN_ZONE"
    status = 422


class EmailTaken(Refusal):
    """Somebody with the e-mail {email} exists already."""

    code = "EMAIL_TAKEN"
    status = 409


class BadEmail(Refusal):
    """ "{email}" is not an e-mail address."""

    code = "BAD_EMAIL"
    status = 422


class PartyRequired(Refusal):
    """A {role} belongs to a {party}; name it by its number."""

    code = "PARTY_REQUIRED"
    status = 422


class PermissionNeeded(Refusal):
    """ "{verb}" cannot be granted without "{need}"."""

    code = "PERMISSION_NEEDED"
    status = 422


class NumberTaken(Refusal):
    """The number "{number}" is already used by another {kind}."""

    code = "NUMBER_TAKEN"
    status = 409
