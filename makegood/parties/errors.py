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


class LastAdministrator(Refusal):
    """{person} is the last who can manage people and sees everything. Make somebody else an administrator first."""

    code = "LAST_ADMINISTRATOR"
    status = 409


class NotYourself(Refusal):
    """Nobody does this to themselves. Ask another administrator."""

    code = "NOT_YOURSELF"
    status = 409


class InvitationEnded(Refusal):
    """This invitation {why}."""

    code = "INVITATION_ENDED"
    status = 410


class SwitchedOff(Refusal):
    """{person} is switched off. Switch them on first."""

    code = "SWITCHED_OFF"
    status = 409


class NoPasswordYet(Refusal):
    """{person} never chose a password. Send the invitation again."""

    code = "NO_PASSWORD_YET"
    status = 409


class WeakPassword(Refusal):
    """{why}"""

    code = "WEAK_PASSWORD"
    status = 422


class NameTooLong(Refusal):
    """A name has at most {limit} characters."""

    code = "NAME_TOO_LONG"
    status = 422


class BadRoleName(Refusal):
    """A role needs a name of 1 to {limit} characters."""

    code = "BAD_ROLE_NAME"
    status = 422


class RoleTaken(Refusal):
    """There is a role called "{name}" already."""

    code = "ROLE_TAKEN"
    status = 409


class RoleInUse(Refusal):
    """{people} the role "{name}". Give them another one first."""

    code = "ROLE_IN_USE"
    status = 409


class RoleStays(Refusal):
    """The role "{name}" came with makegood and stays. Change what it may do instead."""

    code = "ROLE_STAYS"
    status = 409


class BadDecisionLimit(Refusal):
    """The largest amount in {currency} must be zero or more."""

    code = "BAD_DECISION_LIMIT"
    status = 422


class ContactIncomplete(Refusal):
    """A contact has a name and an e-mail address."""

    code = "CONTACT_INCOMPLETE"
    status = 422


class ContactTooLong(Refusal):
    """That is too long for a contact: at most {limit} characters."""

    code = "CONTACT_TOO_LONG"
    status = 422


class BeyondYourLimits(Refusal):
    """You can let others see only what you see yourself; "{value}" is more."""

    code = "BEYOND_YOUR_LIMITS"
    status = 422
