"""Pure values of imports: what was asked, what the file looks like, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from makegood.imports.policy.rate import Rate
from makegood.imports.states import PAYMENTS, Container
from makegood.kernel.money import plain

Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Options:
    """What was asked for. Empty texts mean "not said": the file, then the program decides.

    ``columns`` are pairs (column of the format, header of the file; empty: not in the file) that win over recognition.
    """

    format: str = ""
    program: str = ""
    timezone: str = ""
    currency: str = ""
    customer: str = ""
    create_parties: bool = False
    dry_run: bool = False
    rejects: Path | None = None
    rate: str = ""
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Survey:
    """What a look at the file found; ``sample`` holds its first records, ``note`` what the reader should know.

    ``first`` is the very first row of a CSV file, which names the columns unless ``has_header`` is false.
    """

    path: Path
    size: int
    sha256: str
    encoding: str
    container: Container
    headers: tuple[str, ...]
    sample: tuple[Cells, ...]
    delimiter: str = ","
    records: str = ""
    note: str = ""
    ends_with_newline: bool = True
    first: Cells = ()
    has_header: bool = True

    @property
    def rows(self) -> tuple[Cells, ...]:
        """The first rows of a CSV file, as they would be if it had no header."""
        return (self.first, *self.sample) if self.first else ()

    def without_header(self, names: tuple[str, ...]) -> Survey:
        """The same file, whose first row is a call and whose columns are called so."""
        rows = tuple(cells for cells in self.rows if len(cells) == len(names))
        return replace(self, headers=names, sample=rows, has_header=False)


@dataclass(frozen=True)
class Setting:
    """Everything the statement is told: chosen before row one, the same for all rows. ``zone`` may be unknown."""

    program_id: int
    zone: str | None
    customers_zone: str
    currency: str | None
    no_customer: str | None
    rate: Rate | None = None


@dataclass(frozen=True)
class Rejected:
    """One reason why a row was left out. ``row`` is the line in the file, or the record's place in JSON."""

    row: int
    column: str
    code: str
    reason: str
    source: str


@dataclass
class Tally:
    """What came of the rows so far; sums are micros by currency: billed, payout."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    frozen: int = 0
    rejected: int = 0
    billed_calls: int = 0
    ambiguous: int = 0
    corrections: int = 0
    left_out: int = 0
    children: int = 0
    orphans: int = 0
    legs: int = 0
    sums: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, summary: Mapping[str, Any]) -> None:
        """Count a chunk in."""
        for name in ("imported", "updated", "unchanged", "frozen", "billed_calls", "ambiguous", "corrections"):
            setattr(self, name, getattr(self, name) + summary[name])
        for currency, (billed, payout) in (summary["sums"] or {}).items():
            before = self.sums.get(currency, (0, 0))
            self.sums[currency] = (before[0] + int(billed), before[1] + int(payout))


@dataclass(frozen=True)
class ImportAnswer:
    """The answer of an import."""

    tally: Tally
    format: str
    recognized: str
    dry_run: bool
    batch: int | None
    rejects_file: str | None
    messages: tuple[str, ...]

    def sums(self) -> dict[str, dict[str, str]]:
        """Billed and payout per currency, as exact decimals."""
        return {
            currency: {"billed": plain(billed, currency), "payout": plain(payout, currency)}
            for currency, (billed, payout) in sorted(self.tally.sums.items())
        }

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        tally = self.tally
        return {
            "imported": tally.imported,
            "unchanged": tally.unchanged,
            "updated": tally.updated,
            "rejected": tally.rejected,
            "corrections_proposed": tally.corrections,
            "billed_calls": tally.billed_calls,
            "sums": self.sums(),
            "format": self.format,
            "recognized": self.recognized,
            "dry_run": self.dry_run,
            "batch": self.batch,
            "rejects_file": self.rejects_file,
            "messages": list(self.messages),
        }


@dataclass(frozen=True)
class Found:
    """Some calls of a check: under which rule or sign, which dispute reason fits, how many, micros by currency."""

    code: str
    reason: str
    sentence: str
    calls: int
    sums: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Its part of what ``--json`` prints; words that say nothing are left out."""
        words = {"code": self.code, "reason": self.reason, "sentence": self.sentence}
        sums = {currency: plain(micros, currency) for currency, micros in sorted(self.sums.items())}
        return {**{name: word for name, word in words.items() if word}, "calls": self.calls, "sums": sums}


@dataclass(frozen=True)
class CheckAnswer:
    """What can still be contested of a call log, and why not the rest."""

    imported: ImportAnswer
    contestable: Found
    billed: Found
    rules: tuple[Found, ...]
    signs: tuple[Found, ...]
    closes_at: datetime | None
    at: datetime
    has_window: bool

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        tally = self.imported.tally
        return {
            "contestable": self.contestable.as_json(),
            "next_window_closes_at": self.closes_at.isoformat() if self.closes_at else None,
            "has_window": self.has_window,
            "calls": tally.imported + tally.updated + tally.unchanged,
            "billed": self.billed.as_json(),
            "by_rule": [found.as_json() for found in self.rules],
            "by_likely_reason": [found.as_json() for found in self.signs],
            "rejected": tally.rejected,
            "format": self.imported.format,
            "recognized": self.imported.recognized,
            "messages": list(self.imported.messages),
        }


@dataclass(frozen=True)
class BillOptions(Options):
    """What was asked of an import of bills; ``issued_on`` is an ISO day for bills that do not say theirs."""

    issued_on: str = ""


@dataclass(frozen=True)
class BillOff:
    """A bill whose lines do not make its total; micros of ``currency``."""

    number: int
    currency: str
    total: int
    lines: int


@dataclass
class BillTally:
    """What came of the lines so far; sums are micros by currency: net, tax, credits (with tax)."""

    bills: int = 0
    imported: int = 0
    credits: int = 0
    updated: int = 0
    unchanged: int = 0
    corrections: int = 0
    rejected: int = 0
    off: int = 0
    total_changed: int = 0
    unlinked: int = 0
    sums: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    first_off: list[BillOff] = field(default_factory=list)

    def add(self, summary: Mapping[str, Any]) -> None:
        """Count a chunk in."""
        counts = ("bills", "imported", "credits", "updated", "unchanged", "rejected", "corrections", "off")
        for name in (*counts, "total_changed", "unlinked"):
            setattr(self, name, getattr(self, name) + summary.get(name, 0))
        for currency, (net, tax, back) in (summary["sums"] or {}).items():
            before = self.sums.get(currency, (0, 0, 0))
            self.sums[currency] = (before[0] + int(net), before[1] + int(tax), before[2] + int(back))


@dataclass(frozen=True)
class BillAnswer:
    """The answer of an import of bills."""

    tally: BillTally
    format: str
    recognized: str
    dry_run: bool
    batch: int | None
    rejects_file: str | None
    messages: tuple[str, ...]

    def sums(self) -> dict[str, dict[str, str]]:
        """Net amounts and taxes of the charges, what credits give back, and what is to pay, as exact decimals."""
        return {
            currency: {
                "net": plain(net, currency),
                "tax": plain(tax, currency),
                "credits": plain(back, currency),
                "total": plain(net + tax - back, currency),
            }
            for currency, (net, tax, back) in sorted(self.tally.sums.items())
        }

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        names = ("bills", "imported", "credits", "updated", "unchanged", "rejected")
        return {
            **{name: getattr(self.tally, name) for name in names},
            "corrections_proposed": self.tally.corrections,
            "bills_off": self.tally.off,
            "sums": self.sums(),
            "format": self.format,
            "recognized": self.recognized,
            "dry_run": self.dry_run,
            "batch": self.batch,
            "rejects_file": self.rejects_file,
            "messages": list(self.messages),
        }


@dataclass
class PaymentTally:
    """What came of the payments so far; sums are micros by currency, new payments alone. ``unlinked`` ones name a bill
    that is not here."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    unlinked: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    corrections: int = 0  # a payment that changed is rejected, never corrected


@dataclass(frozen=True)
class PaymentAnswer:
    """The answer of an import of payments."""

    tally: PaymentTally
    recognized: str
    dry_run: bool
    batch: int | None
    rejects_file: str | None
    messages: tuple[str, ...]
    format: str = PAYMENTS

    def sums(self) -> dict[str, dict[str, str]]:
        """What came in per currency, as exact decimals."""
        return {code: {"paid": plain(micros, code)} for code, micros in sorted(self.tally.sums.items())}

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        names = ("imported", "updated", "unchanged", "rejected")
        return {
            **{name: getattr(self.tally, name) for name in names},
            "sums": {code: figures["paid"] for code, figures in self.sums().items()},
            "recognized": self.recognized,
            "dry_run": self.dry_run,
            "batch": self.batch,
            "rejects_file": self.rejects_file,
            "messages": list(self.messages),
        }


@dataclass(frozen=True)
class Column:
    """A column of a file: its header, its first values, and what of the format it is read as (empty: not read)."""

    header: str
    values: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class Look:
    """A file as it would be read now: format, how that was told, its columns, and what ``names`` there are to choose.

    ``code`` and ``message`` say why it cannot be read so; ``needs`` are options that the file does not say, with why.
    ``required`` are names that must be given; ``is_bill`` says that it holds bills, whose columns are not chosen, and
    ``is_payment`` that it holds payments.
    """

    format: str
    recognized: str
    columns: tuple[Column, ...]
    names: tuple[str, ...]
    required: tuple[str, ...]
    is_bill: bool = False
    is_payment: bool = False
    takes_rate: bool = False
    code: str = ""
    message: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)
