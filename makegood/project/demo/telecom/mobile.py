"""Use of mobile lines, record by record: data, messages and calls of a bakery's vans, in the layout of TM Forum 635.

Records of billed months stand on their bill; those since then wait for the next one. On two days of the newest month a
driver's telephone served as a hot spot. Pure: the same day gives the same records.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from makegood.project.demo.dice import dice
from makegood.project.demo.telecom.accounts import MONTHS, VANS, Account
from makegood.project.demo.telecom.bills import Bill
from makegood.project.demo.telecom.lines import MICROS_PER_CENT

WITH_RECORDS = 3
"""So many of the newest bills have records, as has the time since."""
_LAST = MONTHS - 1
_PER_GB, _PER_TEXT, _PER_MINUTE = 2_500_000, 10_000, 19_000
_PARTS = 1_000
_HOT_DAYS = frozenset({11, 12})
_CALLEES = ("+13035550128", "+13035550128", "+13035550155", "+13035550173", "+447700900461")


@dataclass(frozen=True)
class Use:
    """One record; ``parts`` are thousandths of a gigabyte, texts or seconds, ``bill`` 0 is not billed yet."""

    id: str
    kind: str
    phone: str
    at: datetime
    parts: int
    micros: int
    bill: int
    rated_on: date
    callee: str = ""


def uses(bills: Iterable[Bill], today: date, seed: int) -> Iterator[Use]:
    """Every record of the vans' lines, month by month, up to yesterday."""
    own = [bill for bill in bills if bill.account is VANS and bill.month > _LAST - WITH_RECORDS]
    for bill in own:
        yield from _month(VANS, bill.starts_on, bill.ends_on, seed, bill=bill, hot=bill.month == _LAST)
    if own:
        yield from _month(VANS, own[-1].ends_on, today, seed)


def cents_of(bill: Bill, seed: int) -> int:
    """What the records of a bill come to, rounded up to whole cents."""
    if bill.account is not VANS or bill.month <= _LAST - WITH_RECORDS:
        return 0
    found = _month(VANS, bill.starts_on, bill.ends_on, seed, bill=bill, hot=bill.month == _LAST)
    return -(-sum(use.micros for use in found) // MICROS_PER_CENT)


def _month(
    account: Account, first: date, end: date, seed: int, *, bill: Bill | None = None, hot: bool = False
) -> Iterator[Use]:
    """The records of the days ``[first, end)``."""
    zone = ZoneInfo(account.zone)
    number, rated_on = (bill.number, bill.ends_on) if bill else (0, end)
    for place, phone in enumerate(account.phones):
        rng = dice(seed, f"mobile {phone} {first}")
        for n in range((end - first).days):
            day = first + timedelta(days=n)
            hot_day = hot and place == 0 and n in _HOT_DAYS
            for kind, parts, micros, callee in _day(rng, day, hot=hot_day):
                at = datetime.combine(day, time(rng.randrange(5, 19), rng.randrange(60), rng.randrange(60)), zone)
                ident = f"M{day:%y%m%d}{place + 1}{kind[0].upper()}"
                yield Use(ident, kind, phone, at, parts, micros, number, rated_on, callee)


def _day(rng: Random, day: date, *, hot: bool) -> Iterator[tuple[str, int, int, str]]:
    """Kind, parts, micros and callee of a day's records: a few on Sundays, when the vans stand still."""
    rests = day.isoweekday() == 7
    parts = rng.randrange(20, 90) if rests else rng.randrange(160, 520)
    parts += rng.randrange(5_200, 6_800) if hot else 0
    yield "data", parts, parts * _PER_GB // _PARTS, ""
    texts, minutes, callee = rng.randrange(1, 9), rng.randrange(1, 14), rng.choice(_CALLEES)
    if not rests:
        yield "sms", texts, texts * _PER_TEXT, ""
        yield "voice", minutes * 60 - rng.randrange(50), minutes * _PER_MINUTE, callee


def write_uses(path: Path, found: Iterable[Use], account: Account = VANS) -> int:
    """Write the records as one JSON document; how many."""
    records = [_record(use, account) for use in found]
    path.write_text(json.dumps(records, indent=1), encoding="ascii")
    return len(records)


_WORDS = {"data": "Mobile data", "sms": "Text messages", "voice": "Mobile calls"}


def _record(use: Use, account: Account) -> dict[str, Any]:
    told: dict[str, Any] = {"serviceNumber": use.phone}
    if use.kind == "voice":
        told |= {"originatingNumber": f"+1{use.phone}", "destinationNumber": use.callee, "duration": use.parts}
        told |= {"quantity": str(-(-use.parts // 60)), "unit": "min"}
    else:
        whole, part = divmod(use.parts, _PARTS)
        told |= {"quantity": f"{whole}.{part:03d}", "unit": "GB"} if use.kind == "data" else {
            "quantity": str(use.parts), "unit": "message"}  # fmt: skip
    if use.bill:
        told["billNo"] = str(use.bill)
    amount = {"value": f"{use.micros // 1_000_000}.{use.micros % 1_000_000:06d}", "unit": "USD"}
    return {
        "id": use.id,
        "usageDate": use.at.isoformat(),
        "usageType": use.kind,
        "description": _WORDS[use.kind],
        "status": "billed" if use.bill else "rated",
        "relatedParty": [{"role": "customer", "id": account.number, "name": account.name}],
        "usageCharacteristic": [{"name": name, "value": value} for name, value in told.items()],
        "ratedProductUsage": [
            {
                "isBilled": bool(use.bill),
                "ratingDate": use.rated_on.isoformat(),
                "taxExcludedRatingAmount": amount,
                "taxIncludedRatingAmount": amount,
                "productRef": {"name": _WORDS[use.kind]},
            }
        ],
    }
