"""Why one row is left out; the importer fills the fields."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


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


class TooWide(RowFault):
    """The row holds more text in its {found} columns than can be kept. Leave out columns that say nothing of the
    call."""

    code = "TOO_WIDE"


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
