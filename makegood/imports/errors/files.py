"""What imports refuse a whole file with, or an option it is imported with."""

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
    """ "{text}" is no rate between zero and 1,000 a minute or 100,000 a call. Write a price per minute or second and,
    if calls are rounded up, the seconds of the first and of each further step, or a price each: 0.022/min, 0.0004/s,
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


class SightLimited(Refusal):
    """A file may name any customer and vendor, so it is imported by who sees whole programs."""

    code = "SIGHT_LIMITED"
    status = 403


class UploadBusy(Refusal):
    """{file} is {state}; this cannot be done to it now."""

    code = "UPLOAD_BUSY"
    status = 409
