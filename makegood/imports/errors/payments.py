"""Why a file holds no payments, and why one payment is left out; the importer fills the fields."""

from __future__ import annotations

from makegood.imports.errors.rows import RowFault
from makegood.kernel.errors import Refusal


class NotPayments(Refusal):
    """{path} holds no payments: {reason}. Payments are CSV or JSON with a customer number, a date and an amount.
    Nothing was imported."""

    code = "NOT_PAYMENTS"
    status = 422


class NoPayer(RowFault):
    """The row does not say who paid; --customer gives such rows a customer."""

    code = "NO_PAYER"


class UnknownPayer(RowFault):
    """There is no customer "{value}". Import its bills first; nothing was kept of this payment."""

    code = "UNKNOWN_PAYER"


class NoPaymentDay(RowFault):
    """Column {column} is empty; a payment needs its day."""

    code = "NO_PAYMENT_DAY"


class NotAboveZero(RowFault):
    """ "{value}" in column {column} is not above zero. What went back to a customer is no payment."""

    code = "PAYMENT_NOT_ABOVE_ZERO"


class PaymentChanged(RowFault):
    """Payment "{value}" was imported as {before} and now says {after}. What came in stays as it is."""

    code = "PAYMENT_CHANGED"
