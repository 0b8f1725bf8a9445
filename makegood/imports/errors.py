"""What imports refuse: a whole file, or one row of it (``RowFault``, whose fields are filled by the importer)."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class FileNotReadable(Refusal):
    """{path} cannot be read: {reason}. Nothing was imported."""

    code = "FILE_NOT_READABLE"
    status = 422


class EmptyFile(Refusal):
    """{path} holds no rows. Nothing was imported."""

    code = "EMPTY_FILE"
    status = 422


class NotText(Refusal):
    """{path} is no text file, or UTF-16 without a byte order mark. Save it as UTF-8 CSV or JSON and try again."""

    code = "NOT_TEXT"
    status = 422


class UnknownFormat(Refusal):
    """No known call log: not one header is known. The formats are {formats}; --format names one."""

    code = "UNKNOWN_FORMAT"
    status = 422


class MissingColumns(Refusal):
    """Read as "{format}", the file lacks: {columns}. Rename its headers, or name another format with --format."""

    code = "MISSING_COLUMNS"
    status = 422


class NoHeader(Refusal):
    """The file begins with a call instead of the names of its columns, and its {columns} columns are not laid out like
    those of a format known without them ({formats}). Write the names into a first line, or name the format with
    --format."""

    code = "NO_HEADER"
    status = 422


class WrongLayout(Refusal):
    """Read as "{format}", a file without header has {columns} columns and its times in their places; the rows here, of
    {found}, have not. Write the names of the columns into a first line."""

    code = "WRONG_LAYOUT"
    status = 422


class BadRate(Refusal):
    """ "{text}" is no rate between zero and 1,000 a minute or 100,000 a call. Write a price per minute or second and, if
    calls are rounded up, the seconds of the first and of each further step, or a price each: 0.022/min, 0.0004/s,
    0.022/min:60/60, 35/call, 35/lead."""

    code = "BAD_RATE"
    status = 422


class NegativeRate(Refusal):
    """ "{text}" is below zero; a rate is not."""

    code = "NEGATIVE_RATE"
    status = 422


class RateTooFine(Refusal):
    """ "{text}" has more than ten decimals; write the rate with ten at most."""

    code = "RATE_TOO_FINE"
    status = 422


class RateNotTaken(Refusal):
    """{format} says itself what a call costs; --rate is for sources that do not: {formats}. Nothing was imported."""

    code = "RATE_NOT_TAKEN"
    status = 422


class MissingOptions(Refusal):
    """{sentence} Nothing was imported."""

    code = "MISSING_OPTIONS"
    status = 422

    def __init__(self, needs: dict[str, str]) -> None:
        """``needs`` gives the option (``timezone``, ``currency``, ``customer``, ``program``) and why it is needed."""
        wants = [f"--{option} ({why})" for option, why in needs.items()]
        super().__init__(needs=needs, sentence=f"This file needs {' and '.join(wants)}.")


class UnknownProgram(Refusal):
    """There is no program "{key}". The programs are: {keys}."""

    code = "UNKNOWN_PROGRAM"
    status = 422


class RejectsInTheWay(Refusal):
    """The rejects cannot be written to {path}: {reason}. Name another place with --rejects."""

    code = "REJECTS_IN_THE_WAY"
    status = 422


class BadIssueDay(Refusal):
    """ "{value}" is no day between 1990 and 2099; write --issued-on as 2026-06-01."""

    code = "BAD_ISSUE_DAY"
    status = 422


class NotABill(Refusal):
    """{path} is no bill: {reason}. Bills are TM Forum 678 or 635 JSON, or CSV with one line per charge. Nothing was
    imported."""

    code = "NOT_A_BILL"
    status = 422


class CorrectionSettled(Refusal):
    """This correction was {state} already."""

    code = "CORRECTION_SETTLED"
    status = 409


class ChargeInDispute(Refusal):
    """Dispute {number} on this charge is open; what it is about cannot change under it. Accept the correction once the
    dispute is closed."""

    code = "CHARGE_IN_DISPUTE"
    status = 409


class MoneyMoved(Refusal):
    """A credit on this charge stands, reckoned from what was billed. Reverse it first; then the correction can be
    accepted."""

    code = "MONEY_MOVED"
    status = 409


class RowFault(Refusal):
    """The row cannot be imported."""

    code = "ROW_FAULT"
    status = 422


class BadEncoding(RowFault):
    """The row holds bytes that are not {encoding}."""

    code = "BAD_ENCODING"


class NulByte(RowFault):
    """The row holds a NUL character, which no text has."""

    code = "NUL_BYTE"


class WrongColumns(RowFault):
    """The row has {found} columns; the header has {expected}."""

    code = "WRONG_COLUMNS"


class WrongWidth(RowFault):
    """The row has {found} columns; the first one has {expected}."""

    code = "WRONG_WIDTH"


class Truncated(RowFault):
    """The file ends in the middle of this row. Was it copied completely?"""

    code = "TRUNCATED"


class BadQuotes(RowFault):
    """The quotes in this row do not match: {reason}."""

    code = "BAD_QUOTES"


class BadJson(RowFault):
    """This is not valid JSON: {reason}. What follows could not be read."""

    code = "BAD_JSON"


class BadJsonLine(RowFault):
    """This line is no JSON object: {reason}."""

    code = "BAD_JSON_LINE"


class NoId(RowFault):
    """The call has no id, so it could not be told from others."""

    code = "NO_ID"


class DuplicateInFile(RowFault):
    """An earlier row of this file has the id "{value}" too; that one was taken."""

    code = "DUPLICATE_IN_FILE"


class ChargeChanged(RowFault):
    """This call was billed as {before} and now says {after}. What was billed is never overwritten; correct it
    by hand."""

    code = "CHARGE_CHANGED"


class CorrectsUnknown(RowFault):
    """This row corrects "{corrects}", which was never imported. Import the file that holds it first."""

    code = "CORRECTS_UNKNOWN"


class ChargeDisputed(RowFault):
    """This call changed, but it is in dispute since. Its facts stay as they were."""

    code = "CHARGE_DISPUTED"


class TooLong(RowFault):
    """ "{value}" in column {column} is too long."""

    code = "TOO_LONG"


class NoTime(RowFault):
    """Column {column} is empty; a call needs its time."""

    code = "NO_TIME"


class BadTime(RowFault):
    """ "{value}" in column {column} is not a time between 1990 and 2100."""

    code = "BAD_TIME"


class NoZone(RowFault):
    """ "{value}" in column {column} has no offset from UTC; name the time zone with --timezone."""

    code = "NO_ZONE"


class NonexistentTime(RowFault):
    """ "{value}" in column {column} never happened in {zone}: clocks were put forward over it. Is the zone right?"""

    code = "NONEXISTENT_TIME"


class BadAmountInRow(RowFault):
    """ "{value}" in column {column} is not an amount; write it as 1234.50."""

    code = "BAD_AMOUNT"


class NegativeAmount(RowFault):
    """ "{value}" in column {column} is below zero; a charge is not."""

    code = "NEGATIVE_AMOUNT"


class AmountTooFineInRow(RowFault):
    """ "{value}" in column {column} has more than six decimals. Amounts are not rounded; that is a rate, not an
    amount."""

    code = "AMOUNT_TOO_FINE"


class OutOfRange(RowFault):
    """ "{value}" in column {column} is too large or below zero."""

    code = "OUT_OF_RANGE"


class BadNumber(RowFault):
    """ "{value}" in column {column} is not a whole number."""

    code = "BAD_NUMBER"


class BadYesNo(RowFault):
    """ "{value}" in column {column} is neither yes nor no."""

    code = "BAD_YES_NO"


class UnknownCurrencyInRow(RowFault):
    """ "{value}" in column {column} is not a currency code such as USD."""

    code = "UNKNOWN_CURRENCY"


class NoCurrency(RowFault):
    """The row names no currency; --currency gives one to such rows."""

    code = "NO_CURRENCY"


class CurrencyMismatch(RowFault):
    """The row is in {currency}, but customer {customer} is billed in {customer_currency}."""

    code = "CURRENCY_MISMATCH"


class PayoutCurrencyMismatch(RowFault):
    """The payout is in {payout_currency}, but vendor {vendor} is paid in {vendor_currency}."""

    code = "PAYOUT_CURRENCY_MISMATCH"


class NoCustomer(RowFault):
    """The call reached no buyer. --customer books such calls on a customer, --create-parties on one called
    "unrouted"."""

    code = "NO_CUSTOMER"


class UnknownCustomerInRow(RowFault):
    """There is no customer "{customer}". --create-parties creates the ones that are missing."""

    code = "UNKNOWN_CUSTOMER"


class UnknownVendorInRow(RowFault):
    """There is no vendor "{vendor}". --create-parties creates the ones that are missing."""

    code = "UNKNOWN_VENDOR"


class UnknownCampaign(RowFault):
    """There is no campaign "{campaign}" in this program. --create-parties creates the ones that are missing."""

    code = "UNKNOWN_CAMPAIGN"


class UnknownCategory(RowFault):
    """There is no category "{category}". --create-parties creates the ones that are missing."""

    code = "UNKNOWN_CATEGORY"


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


def row_faults() -> dict[str, type[RowFault]]:
    """Every way a row can fail, by code."""
    return {fault.code: fault for fault in RowFault.__subclasses__()}
