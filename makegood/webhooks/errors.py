"""What webhooks refuse."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class UrlNotAllowed(Refusal):
    """This address cannot receive webhooks: {rule}."""

    code = "WEBHOOK_URL_NOT_ALLOWED"
    status = 422


class UnknownEvent(Refusal):
    """There is no event "{event}". The events are: {events}."""

    code = "UNKNOWN_WEBHOOK_EVENT"
    status = 422


class BadDescription(Refusal):
    """A description is a text of at most {limit} characters without control characters."""

    code = "BAD_WEBHOOK_DESCRIPTION"
    status = 422


class EndpointChanged(Refusal):
    """Somebody changed this webhook meanwhile; read it again."""

    code = "WEBHOOK_CHANGED"
    status = 412


class EndpointDisabled(Refusal):
    """This webhook is disabled; resume it first."""

    code = "WEBHOOK_DISABLED"
    status = 409


class EndpointActive(Refusal):
    """This webhook is active already."""

    code = "WEBHOOK_ACTIVE"
    status = 409


class TooManyEndpoints(Refusal):
    """There are {limit} webhooks of yours already; delete one first."""

    code = "TOO_MANY_WEBHOOKS"
    status = 409
