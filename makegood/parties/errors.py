"""What parties refuses."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class NotFound(Refusal):
    """Not found, or not yours."""

    code = "NOT_FOUND"
    status = 404


class NotPermitted(Refusal):
    """This needs the permission "{verb}"; an administrator can grant it."""

    code = "PERMISSION_DENIED"
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


class UnknownScope(Refusal):
    """ "{scope}" is no scope. The scopes are: {scopes}."""

    code = "UNKNOWN_SCOPE"
    status = 422


class ScopeNotHeld(Refusal):
    """{person} may not "{scope}", so a token that acts for them cannot either."""

    code = "SCOPE_NOT_HELD"
    status = 422


class BadNetwork(Refusal):
    """ "{network}" is not an address or a network such as 192.0.2.0/24."""

    code = "BAD_NETWORK"
    status = 422


class BadTokenTerms(Refusal):
    """The token cannot be made: {cause}."""

    code = "BAD_TOKEN_TERMS"
    status = 422


class UnknownPerson(Refusal):
    """There is nobody with the e-mail "{email}" who may sign in."""

    code = "UNKNOWN_PERSON"
    status = 422


class UnknownLimit(Refusal):
    """There is no {kind} "{value}" that a token could be limited to."""

    code = "UNKNOWN_LIMIT"
    status = 422


class BadPreference(Refusal):
    """ "{value}" cannot be chosen; choose one of: {choices}."""

    code = "BAD_PREFERENCE"
    status = 422


class BadKey(Refusal):
    """ "{key}" is no key that an action can have. Type one character, Shift+D, g d, Space or the name of a key."""

    code = "BAD_KEY"
    status = 422


class TooManyKeys(Refusal):
    """At most {limit} keys can be changed."""

    code = "TOO_MANY_KEYS"
    status = 422


class BadViewName(Refusal):
    """A saved view needs a name of 1 to {limit} characters."""

    code = "BAD_VIEW_NAME"
    status = 422


class ViewNameTaken(Refusal):
    """You have a saved view called "{name}" already."""

    code = "VIEW_NAME_TAKEN"
    status = 409


class TooManyViews(Refusal):
    """A page keeps at most {limit} saved views. Delete one first."""

    code = "TOO_MANY_VIEWS"
    status = 409


class ViewTooLong(Refusal):
    """This filter is too long to be saved; it has more than {limit} characters."""

    code = "VIEW_TOO_LONG"
    status = 422
