"""Pure words of billing."""

from __future__ import annotations

from enum import StrEnum


class ChargeKind(StrEnum):
    """What a charge is tied to: a feature on an invoice, or a usage record."""

    INVOICE_FEATURE = "invoice_feature"
    USAGE = "usage"


class Subkind(StrEnum):
    """What the charge is for."""

    CALL = "call"
    LEAD = "lead"
    DATA = "data"
    MESSAGE = "message"
    RECURRING = "recurring"
    ONE_TIME = "one_time"
    FEE = "fee"
    TAX = "tax"


class LogKind(StrEnum):
    """What a list of charges holds: each is a tab of the log."""

    CALLS = "calls"
    LEADS = "leads"
    USAGE = "usage"
    LINES = "lines"


class HangupBy(StrEnum):
    """Who ended the call."""

    CALLER = "caller"
    CALLEE = "callee"
    SYSTEM = "system"
    UNKNOWN = "unknown"


class PeriodStatus(StrEnum):
    """Whether a bill period still takes charges."""

    OPEN = "open"
    CLOSED = "closed"


class InvoiceStatus(StrEnum):
    """Where an invoice stands."""

    DRAFT = "draft"
    ISSUED = "issued"
    PAID = "paid"
    WRITTEN_OFF = "written_off"
