"""Usage records of the worked example's account: calls that its bill names one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from makegood.project.demo.dice import dice
from makegood.project.demo.telecom.accounts import TOLL_FREE
from makegood.project.demo.telecom.bills import Bill

HEADER = (
    "UsageRecordID", "UsageBatchID", "BillPeriodID", "InvoiceNumber", "CustomerID", "ServiceID", "ServiceNumber",
    "OriginatingNumber", "TerminatingNumber", "UsageDate", "BilledSeconds", "Seconds", "UsageType", "Amount",
)  # fmt: skip
RECORD, RECORD_CENTS = 465_320, 150
"""The usage record of the worked example, and what it was billed at."""
_SERVICE, _SERVICE_NUMBER = 10_430_092, TOLL_FREE.phone
_PER_MONTH, _PLACE = 40, 20
_MINUTE = 60


@dataclass(frozen=True)
class Record:
    """One call that was billed; ``micros`` of a dollar."""

    id: int
    batch: int
    bill: Bill
    at: datetime
    caller: str
    seconds: int
    billed_seconds: int
    micros: int

    @property
    def row(self) -> tuple[str | int, ...]:
        """As the file has it."""
        return (
            self.id, self.batch, self.bill.period, self.bill.number, self.bill.account.number, _SERVICE,
            _SERVICE_NUMBER, self.caller, _SERVICE_NUMBER, f"{self.at:%Y-%m-%dT%H:%M:%S}", self.billed_seconds,
            self.seconds, "TOLL FREE", f"{self.micros // 1_000_000}.{self.micros % 1_000_000:06d}"[:-2],
        )  # fmt: skip


def records(bill: Bill, newest: int, seed: int) -> Iterator[Record]:
    """The usage records of one bill; ``newest`` is the number of the newest month."""
    rng = dice(seed, f"usage {bill.account.number} {bill.month}")
    first = RECORD - _PLACE - (newest - bill.month) * _PER_MONTH
    days = (bill.ends_on - bill.starts_on).days
    zone = ZoneInfo(bill.account.zone)
    for place in range(_PER_MONTH):
        day = bill.starts_on + timedelta(days=place * days // _PER_MONTH)
        at = datetime.combine(day, time(8 + rng.randrange(10), rng.randrange(60), rng.randrange(60)), zone)
        seconds = 20 + int(rng.expovariate(1 / 160))
        minutes = -(-seconds // _MINUTE)
        named = bill.month == newest and place == _PLACE
        yield Record(
            id=first + place,
            batch=70 + bill.month,
            bill=bill,
            at=at,
            caller=f"{rng.choice((212, 617, 404, 305))}55501{rng.randrange(100):02d}",
            seconds=seconds,
            billed_seconds=minutes * _MINUTE,
            micros=RECORD_CENTS * 10_000 if named else minutes * 22_000,
        )
