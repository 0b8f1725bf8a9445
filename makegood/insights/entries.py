"""Pure figures: rates with their intervals, shrunk rates, and the money of a group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from makegood.insights.policy import intervals


@dataclass(frozen=True)
class Rate:
    """So many hits of so many; ``low`` and ``high`` are Wilson's 95% interval, 0 to 1 where nothing is known."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """The raw rate; None of nothing."""
        return self.hits / self.n if self.n else None

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return self.interval.low

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return self.interval.high

    @property
    def interval(self) -> intervals.Interval:
        """Both ends."""
        return intervals.wilson(self.hits, self.n)

    def shrunk(self, mean: float, strength: float) -> float:
        """The rate pulled toward ``mean`` as if ``strength`` charges of that mean had been seen before."""
        return intervals.shrunk(self.hits, self.n, intervals.Prior(mean, strength))

    @property
    def short(self) -> str:
        """In little room: ``88% (74-95)``, or ``3 of 7`` below ten."""
        return intervals.shortly(self.hits, self.n)

    def __str__(self) -> str:
        return intervals.said(self.hits, self.n)


@dataclass(frozen=True)
class Money:
    """Amounts of one pair of currencies in micros: the charge's, and the payout's for the last three."""

    currency: str
    payout_currency: str
    billed_micros: int
    asked_micros: int
    decided_asked_micros: int
    decided_micros: int
    credited_micros: int
    reversed_micros: int
    fee_micros: int
    payout_micros: int
    clawed_micros: int
    returned_micros: int

    @property
    def net_credited_micros(self) -> int:
        """Credited, less what was reversed."""
        return self.credited_micros - self.reversed_micros

    @property
    def net_clawed_micros(self) -> int:
        """Clawed back from vendors, less what was given back to them."""
        return self.clawed_micros - self.returned_micros

    @property
    def disputed_share(self) -> Fraction | None:
        """Asked of billed."""
        return _share(self.asked_micros, self.billed_micros)

    @property
    def award(self) -> Fraction | None:
        """Granted of asked, over decided disputes."""
        return _share(self.decided_micros, self.decided_asked_micros)

    @property
    def gross_leakage(self) -> Fraction | None:
        """Credited net of reversals, of billed."""
        return _share(self.net_credited_micros, self.billed_micros)

    @property
    def net_leakage(self) -> Fraction | None:
        """What the operator really loses, of billed; None where the two sides have different currencies."""
        if self.currency != self.payout_currency:
            return None
        return _share(self.net_credited_micros - self.net_clawed_micros, self.billed_micros)

    @property
    def clawback_coverage(self) -> Fraction | None:
        """How much of its share the vendor carries; 1 is all of it."""
        clawed, credited = (
            _share(self.net_clawed_micros, self.payout_micros),
            _share(self.net_credited_micros, self.billed_micros),
        )
        return clawed / credited if clawed is not None and credited else None


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


@dataclass(frozen=True)
class Figures:
    """One group: ``key`` is its number or day, None for "none"; ``is_mature`` says that its window is over.

    ``disputes`` leaves out what was withdrawn within 10 minutes and what quality assurance opened itself.
    """

    key: int | date | None
    label: str
    is_mature: bool
    charges: int
    billed: int
    disputes: int
    accepted: int
    accepted_partial: int
    rejected: int
    withdrawn: int
    closed: int
    open: int
    automatic: int
    invalid: int
    credits: int
    reversals: int
    fees: int
    money: tuple[Money, ...]

    @property
    def decided(self) -> int:
        """Disputes with a committed decision."""
        return self.accepted + self.accepted_partial + self.rejected

    @property
    def dispute_rate(self) -> Rate:
        """Disputes per billed charge."""
        return Rate(self.disputes, self.billed)

    @property
    def acceptance_rate(self) -> Rate:
        """Accepted, in full or in part, of decided; what is undecided counts on neither side."""
        return Rate(self.accepted + self.accepted_partial, self.decided)

    @property
    def full_acceptance_rate(self) -> Rate:
        """Accepted in full, of decided."""
        return Rate(self.accepted, self.decided)

    @property
    def invalid_rate(self) -> Rate:
        """Charges decided invalid, of delivered; decided, not merely disputed."""
        return Rate(self.invalid, self.charges)

    @property
    def reversal_rate(self) -> Rate:
        """Reversals, of credits."""
        return Rate(self.reversals, self.credits)

    @property
    def automatic_share(self) -> Rate:
        """Decisions by the system, of decided."""
        return Rate(self.automatic, self.decided)


@dataclass(frozen=True)
class Report:
    """Groups, the largest first (days in their order), and up to which day each program's cohorts are mature.

    ``waiting_days`` counts cohort days that are going to be computed anew; 0 says that the figures are current.
    """

    rows: tuple[Figures, ...]
    total: Figures
    mature_through: dict[int, date]
    as_of: datetime
    waiting_days: int
