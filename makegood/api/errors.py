"""What the edge of the web service refuses, before or around an operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from makegood.disputes.errors import Conflict
from makegood.journal.errors import KeyInUse
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound


class EdgeRefusal(Refusal):
    """A refusal of the service itself; ``headers`` go out with the answer, ``more`` into its body."""

    code = "BAD_REQUEST"
    status = 400

    def __init__(self, *, headers: Mapping[str, str] | None = None, **fields: Any) -> None:
        super().__init__(**fields)
        self.headers = dict(headers or {})
        self.more: dict[str, Any] = {}


class AddressUnknown(EdgeRefusal):
    """There is nothing at this address."""

    code = "ADDRESS_UNKNOWN"
    status = 404


class NoAccess(EdgeRefusal, NotFound):
    """You do not have access to {kind} ID {id} or it does not exist."""

    code = "NOT_FOUND"
    status = 404


class MethodNotAllowed(EdgeRefusal):
    """This address does not take {method}."""

    code = "METHOD_NOT_ALLOWED"
    status = 405


class NotAcceptable(EdgeRefusal):
    """The answer cannot be given as {wanted}."""

    code = "NOT_ACCEPTABLE"
    status = 406


class NotAuthenticated(EdgeRefusal):
    """A valid token is needed, in the header Authorization: Bearer mg_... or WRAP access_token="mg_..."."""

    code = "NOT_AUTHENTICATED"
    status = 401


class TokenInAddress(EdgeRefusal):
    """A token belongs into the header Authorization, never into the address."""

    code = "TOKEN_IN_ADDRESS"
    status = 401


class TokenLimited(EdgeRefusal):
    """A token with limits of its own does not open a person's messages; they may speak of more than it may see."""

    code = "TOKEN_LIMITED"
    status = 403


class RateLimited(EdgeRefusal):
    """This token may make {limit} requests a minute; try again in {wait} s."""

    code = "RATE_LIMITED"
    status = 429


class BadParameter(EdgeRefusal):
    """{field}: {cause}."""

    code = "BAD_PARAMETER"
    status = 400


class BadCursor(EdgeRefusal):
    """The cursor is damaged, or belongs to another list or caller."""

    code = "BAD_CURSOR"
    status = 400


class BadHeader(EdgeRefusal):
    """The header {field} cannot be read: {cause}."""

    code = "BAD_HEADER"
    status = 400


class MalformedJson(EdgeRefusal):
    """The body is not the JSON we read: {cause}."""

    code = "MALFORMED_JSON"
    status = 400


class BodyTooLarge(EdgeRefusal):
    """The body is larger than {limit} bytes."""

    code = "BODY_TOO_LARGE"
    status = 413


class UnsupportedMediaType(EdgeRefusal):
    """This address takes {accepted}."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415


class UnknownField(EdgeRefusal):
    """There is no field "{field}" here."""

    code = "UNKNOWN_FIELD"
    status = 422


class FieldRequired(EdgeRefusal):
    """The field "{field}" is required."""

    code = "FIELD_REQUIRED"
    status = 422


class FieldInvalid(EdgeRefusal):
    """The field "{field}" is not right: {cause}."""

    code = "FIELD_INVALID"
    status = 422


class KeyRequired(EdgeRefusal):
    """This call needs the header Idempotency-Key, so that it can be repeated safely."""

    code = "IDEMPOTENCY_KEY_REQUIRED"
    status = 400


class KeyMalformed(EdgeRefusal):
    """The header Idempotency-Key is 1 to 255 visible ASCII characters, bare or in double quotes, and sent once."""

    code = "IDEMPOTENCY_KEY_MALFORMED"
    status = 400


class KeyInProgress(EdgeRefusal, KeyInUse):
    """The first request with this idempotency key is still running."""

    code = "IDEMPOTENCY_IN_PROGRESS"
    status = 409


class MatchRequired(EdgeRefusal):
    """This change needs the header If-Match with the ETag that was read."""

    code = "PRECONDITION_REQUIRED"
    status = 428


class MatchFailed(EdgeRefusal):
    """It was changed meanwhile; its present ETag is {etag}."""

    code = "PRECONDITION_FAILED"
    status = 412


class ServiceAway(EdgeRefusal):
    """The database does not answer in time. Nothing was done; try again."""

    code = "SERVICE_UNAVAILABLE"
    status = 503


class Lost(EdgeRefusal, Conflict):
    """Something else changed the same thing at the same moment. Nothing was done; try again."""

    code = "CONFLICT"
    status = 409


class Broken(EdgeRefusal):
    """Something went wrong on our side; its number is {number}."""

    code = "INTERNAL_ERROR"
    status = 500


class Refused(EdgeRefusal):
    """What an operation answered about an item, as a refusal of the whole call."""

    code = "REFUSED"
    status = 409
    _message = "It was refused."

    def __init__(self, answer: Answer, status: int) -> None:
        super().__init__(**dict(answer.data))
        self.code = answer.code  # type: ignore[misc]  # the answer's own, not the class's
        self.status = status  # type: ignore[misc]
        self._message = answer.message

    @property
    def message(self) -> str:
        return self._message
