"""Made-up leads of the last month: calls and forms, what they really were, and the ones that stories name.

The same seed and time give the same leads. Phone leads say whether they were answered and recorded; a form has a name
and an address instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from makegood.project.demo.dice import dice
from makegood.project.demo.leads.cast import CREDITS, PROS, RANGE_DAYS, REVIEWS, Pro

HEADER = (
    "call_id", "started_at", "billed_at", "lead_channel", "contact_name", "contact_email", "caller", "destination",
    "category", "buyer_id", "buyer_name", "duration_s", "connected_s", "answered", "status", "billed", "revenue",
    "currency", "recording_enabled", "tags",
)  # fmt: skip

GOOD = ""
BAD: dict[str, tuple[tuple[str, float], ...]] = {
    CREDITS: (("WRONG_NUMBER", 3), ("JOB_SEEKER", 1), ("OUT_OF_AREA", 3), ("SPAM_SOLICITOR", 4), ("NO_CALLER", 2),
              ("DUPLICATE", 2)),
    REVIEWS: (("WRONG_NUMBER", 3), ("SOLICITOR", 4), ("OUT_OF_AREA", 3), ("SERVICE_NOT_PROVIDED", 3), ("SPAM", 2)),
}  # fmt: skip
"""Why a lead is worth nothing, by program, with weights."""
BILLED_AFTER = timedelta(days=7)
"""Reviewed leads are billed weekly; until then one that is found worthless is simply not billed."""
_BAD_SHARE = 0.13
_PHONE_SHARE = 0.7
_ANSWERED = 0.86
_RECORDED = 0.93
_NAMES = (
    "Avery",
    "Blair",
    "Casey",
    "Drew",
    "Ellis",
    "Frankie",
    "Gray",
    "Harper",
    "Jamie",
    "Kendall",
    "Logan",
    "Morgan",
)
_LAST = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Hazel", "Juniper", "Linden", "Maple", "Oak", "Pine")

INSIDE, OUTSIDE = "LD0000000000009601", "LD0000000000009602"
SEVEN_DAYS, UNRECORDED = "LD0000000000016801", "LD0000000000016802"
OVERTURNED = "LD0000000000007001"
CAPPED = tuple(f"LD00000000000080{place:02d}" for place in range(1, 7))


@dataclass(frozen=True)
class Lead:
    """One lead; ``bad`` is the reason why it is worth nothing, empty for a good one."""

    id: str
    pro: Pro
    at: datetime
    phone: bool
    name: str
    number: str
    seconds: int
    answered: bool
    recorded: bool
    bad: str
    billed: bool = True

    @property
    def row(self) -> tuple[str | int, ...]:
        """As the log has it."""
        at = f"{self.at:%Y-%m-%dT%H:%M:%SZ}"
        words = ("yes", "no")
        return (
            self.id, at, at if self.billed else "", "phone" if self.phone else "form", self.name,
            "" if self.phone else f"{self.name.lower().replace(' ', '.')}@mail.example", self.number,
            f"+1{self.pro.area_code}5550100" if self.phone else "", self.pro.trade_name, self.pro.number,
            self.pro.name, self.seconds if self.phone else "", self.seconds if self.phone and self.answered else "",
            words[not self.answered] if self.phone else "", "completed" if self.answered else "no answer",
            words[not self.billed],
            f"{self.pro.cents // 100}.{self.pro.cents % 100:02d}", "USD",
            words[not self.recorded] if self.phone else "",
            self.pro.trade,
        )  # fmt: skip


def leads(program: str, now: datetime, seed: int) -> list[Lead]:
    """Every lead of a program, oldest first."""
    found = [*_ordinary(program, now, seed), *_named(program, now, seed)]
    if program == REVIEWS:
        found = [replace(lead, billed=now - lead.at >= BILLED_AFTER) for lead in found]
    return sorted(found, key=lambda lead: (lead.at, lead.id))


def _ordinary(program: str, now: datetime, seed: int) -> Iterator[Lead]:
    for pro in (pro for pro in PROS if pro.program == program):
        rng = dice(seed, f"leads {pro.number}")
        zone = ZoneInfo(pro.zone)
        serial = 0
        for back in range(RANGE_DAYS, 0, -1):
            day = (now - timedelta(days=back)).astimezone(zone).date()
            for _ in range(_how_many(pro.a_day, rng)):
                at = datetime.combine(day, time(7 + rng.randrange(13), rng.randrange(60), rng.randrange(60)), zone)
                serial += 1
                lead = _lead(f"LD{pro.number[1:]}{serial:013d}", pro, at.astimezone(now.tzinfo), rng)
                if lead.at < now - timedelta(minutes=10):
                    yield lead


def _how_many(a_day: float, rng: Random) -> int:
    whole = int(a_day)
    return max(0, whole + (rng.random() < a_day - whole) + rng.choice((-1, 0, 0, 1)))


def _lead(lead_id: str, pro: Pro, at: datetime, rng: Random) -> Lead:
    phone = rng.random() < _PHONE_SHARE
    bad = GOOD
    if rng.random() < _BAD_SHARE:
        reasons, weights = zip(*BAD[pro.program], strict=True)
        bad = rng.choices(reasons, weights)[0]
    answered = rng.random() < _ANSWERED
    seconds = rng.randrange(8, 40) if bad or not answered else 30 + int(rng.expovariate(1 / 150))
    return Lead(
        id=lead_id,
        pro=pro,
        at=at,
        phone=phone,
        name=f"{rng.choice(_NAMES)} {rng.choice(_LAST)}",
        number=f"+1{pro.area_code}55501{rng.randrange(100):02d}",
        seconds=seconds,
        answered=answered,
        recorded=rng.random() < _RECORDED,
        bad=bad,
    )


def _named(program: str, now: datetime, seed: int) -> Iterator[Lead]:
    """The leads that stories name: at the edge of a window, without a recording, overturned, above a limit."""
    rng = dice(seed, f"named leads {program}")
    first, second, *_ = (pro for pro in PROS if pro.program == program)
    ages: dict[str, timedelta] = {}
    if program == CREDITS:
        ages = {
            INSIDE: timedelta(hours=96) - timedelta(minutes=30),
            OUTSIDE: timedelta(hours=96, minutes=1),
            OVERTURNED: timedelta(days=6),
            **{lead_id: timedelta(hours=20 + place) for place, lead_id in enumerate(CAPPED)},
        }
    else:
        ages = {SEVEN_DAYS: timedelta(days=7), UNRECORDED: timedelta(days=2)}
    for lead_id, age in ages.items():
        pro = second if lead_id in CAPPED else first
        yield Lead(
            id=lead_id,
            pro=pro,
            at=now - age,
            phone=True,
            name=f"{rng.choice(_NAMES)} {rng.choice(_LAST)}",
            number=f"+1{pro.area_code}55501{rng.randrange(100):02d}",
            seconds=35,
            answered=True,
            recorded=lead_id != UNRECORDED,
            bad=BAD[program][0][0],
        )
