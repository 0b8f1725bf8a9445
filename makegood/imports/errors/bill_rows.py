"""Why one line of a bill, or a usage record, is left out; the importer fills the fields."""

from __future__ import annotations

from makegood.imports.errors.rows import RowFault


class BadBillNumber(RowFault):
    """ "{value}" in column {column} is not a whole number of at most 18 digits, as numbers of bills and of periods are
    here."""

    code = "BAD_BILL_NUMBER"


class BillNotIssued(RowFault):
    """The bill is not issued yet ({column} says "{value}"), so nobody was billed. Import it again when it is."""

    code = "BILL_NOT_ISSUED"


class NoIssueDate(RowFault):
    """Column {column} is empty; a bill needs the day it was issued. --issued-on gives one to such bills."""

    code = "NO_ISSUE_DATE"


class NoBilledCustomer(RowFault):
    """The line does not say which customer was billed; --customer gives one to such lines."""

    code = "NO_BILLED_CUSTOMER"


class NoAmount(RowFault):
    """Column {column} is empty; a charge needs its amount, 0.00 if nothing was charged."""

    code = "NO_AMOUNT"


class BadPeriod(RowFault):
    """The bill period ends ("{value}" in column {column}) before it begins."""

    code = "BAD_PERIOD"


class LineContradicts(RowFault):
    """ "{value}" in column {column} is not the net amount and the tax of the line together."""

    code = "LINE_CONTRADICTS"


class MixedSigns(RowFault):
    """The tax of the line ("{value}" in column {column}) goes the other way than its amount."""

    code = "MIXED_SIGNS"


class InvoiceOfAnother(RowFault):
    """Invoice {invoice} belongs to another customer than "{value}" in column {column}."""

    code = "INVOICE_OF_ANOTHER"


class LineTaken(RowFault):
    """Invoice {invoice} has a line "{value}" already, which came from elsewhere. It stays as it is."""

    code = "LINE_TAKEN"


class LineChanged(RowFault):
    """Line "{value}" was billed as {before} and now says {after}. What was billed is never overwritten."""

    code = "LINE_CHANGED"


class UsageChanged(RowFault):
    """Usage record "{value}" was billed as {before} and now says {after}. What was billed is never overwritten."""

    code = "USAGE_CHANGED"


class NoUsageId(RowFault):
    """The usage record has no id, so it could not be told from others."""

    code = "NO_USAGE_ID"


class NoUsageTime(RowFault):
    """Column {column} is empty; a usage record needs its time."""

    code = "NO_USAGE_TIME"


class UsageRefused(RowFault):
    """The usage record was {value}, as {column} says, so nobody was billed."""

    code = "USAGE_REFUSED"
