"""What the OData face refuses."""

from __future__ import annotations

from makegood.api.errors import EdgeRefusal


class BadOption(EdgeRefusal):
    """{field}: {cause}."""

    code = "BAD_OPTION"
    status = 400


class FilterTooComplex(EdgeRefusal):
    """{field} is too complex: {cause}."""

    code = "FILTER_TOO_COMPLEX"
    status = 400


class BadSkipToken(EdgeRefusal):
    """{field} is damaged, or belongs to another query or caller; begin again without it."""

    code = "BAD_SKIPTOKEN"
    status = 400


class NotOffered(EdgeRefusal):
    """{feature} is OData, but this service does not offer it."""

    code = "NOT_OFFERED"
    status = 501


class TooSlow(EdgeRefusal):
    """The answer takes longer than {seconds} s to find. Narrow the filter, or order by the key."""

    code = "STATEMENT_LIMIT"
    status = 503
