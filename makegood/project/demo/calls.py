"""Draws call after call: who called, whether anybody answered, how long, what was billed, the truth."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from random import Random
from statistics import NormalDist

from makegood.billing.states import HangupBy
from makegood.project.demo.dice import Wheel
from makegood.project.demo.numbers import Numbers
from makegood.project.demo.plans import Planned
from makegood.project.demo.rhythm import PROVINCES
from makegood.project.demo.routes import Route
from makegood.project.demo.truth import SOFT, Kind

DAY_S = 86_400
SETTLE_S = 240  # the last call of the log has ended and is billed before the log was taken

_REPEATS = 0.11
_REMEMBERED = 500  # recent callers of a campaign that may call again
_FLAGGED = 0.92  # duplicates that the platform notices by itself
_WITHHELD = 0.018
_GIVES_UP = 0.022
_RECORDED = 0.92
_BILLED_UNHEARD = 0.004  # unanswered calls that are billed by mistake
_HANGS_UP, _VOICEMAIL = 0.07, 0.135  # of the answered: under ten seconds; then, up to this mark, a voice box
_BURST_CONVERTS = 0.85

_MEDIAN_TALK_S, _SPREAD, _QUANTILES, _LONGEST_S = 140, 0.95, 4_096, 7_000


def _talk_s(quantile: float) -> int:
    """Seconds of talk at that quantile: half are shorter than the median, a few last long."""
    seconds = _MEDIAN_TALK_S * math.exp(_SPREAD * NormalDist().inv_cdf(quantile))
    return max(10, min(_LONGEST_S, int(seconds)))


_TALK = tuple(_talk_s((place + 0.5) / _QUANTILES) for place in range(_QUANTILES))

_BAD = Wheel(
    [
        (Kind.ROBOCALL, 30.0),
        (Kind.SOLICITOR, 18.0),
        (Kind.WRONG_SERVICE, 16.0),
        (Kind.DEAD_AIR, 12.0),
        (Kind.OUT_OF_AREA, 10.0),
        (Kind.PRANK, 8.0),
        (Kind.WRONG_NUMBER, 6.0),
    ]
)
_SHORT = frozenset({Kind.ROBOCALL, Kind.DEAD_AIR, Kind.PRANK, Kind.WRONG_NUMBER})
_SOFT_MARKS = ((0.07, SOFT[0]), (0.10, SOFT[1]), (0.16, SOFT[2]))

COMPLETED, UNHEARD = "completed", "not_connected"
CONVERSION = "_with_conversion"


@dataclass(slots=True)
class Call:
    """One line of the log before it is written; ``at`` counts seconds from the beginning of the log."""

    call_id: str
    at: int
    route: Route
    caller: str
    ring_s: int = 0
    connected_s: int = 0
    answered: bool = False
    disposition: str = "abandoned"
    hangup_by: HangupBy = HangupBy.CALLER
    converted: bool = False
    recorded: bool = False
    sub_id: str = ""
    kind: Kind = Kind.ORDINARY

    @property
    def ended(self) -> int:
        """When both had hung up."""
        return self.at + self.ring_s + self.connected_s

    @property
    def billed(self) -> int:
        """When the platform put it on the account: within two minutes of its end."""
        return self.ended + 20 + self.at % 97


class Drawer:
    """Draws calls; remembers only the recent callers of each campaign."""

    def __init__(self, rng: Random, end: int) -> None:
        self._rng = rng
        self._draw = rng.random
        self._numbers = Numbers(rng)
        self._end = end
        self._recent: dict[str, deque[tuple[str, int]]] = {}
        self._provinces = Wheel(PROVINCES)
        self._next_id = rng.getrandbits(64)
        self._dialers: dict[int, str] = {}

    def call(self, route: Route, state: str, at: int) -> Call:
        """A call of somebody in that state, over that route."""
        repeats = self._draw() < _REPEATS
        earlier = self._earlier(route) if repeats else None
        caller = earlier[0] if earlier else self._somebody(state)
        call = Call(self._id(), at, route, caller, sub_id=f"s{int(self._draw() * 40) + 1}")
        self._connect(call)
        window_s = route.campaign.duplicate_window_days * DAY_S
        self._bill(call, repeated=earlier is not None and at - earlier[1] <= window_s)
        if call.converted and caller and not earlier:
            self._remember(route).append((caller, at))
        return call

    def planned(self, plan: Planned, at: int) -> Call:
        """A call that was planned; a dialer uses its few numbers again and again."""
        caller = self._dialers.get(plan.caller) if plan.caller else None
        if caller is None:
            caller = self._numbers.fresh("WA" if plan.call_id else "NJ")
            if plan.caller:
                self._dialers[plan.caller] = caller
        call = Call(plan.call_id or self._id(), at, plan.route, caller, ring_s=4, sub_id="s7", kind=plan.kind)
        call.answered, call.recorded, call.disposition = True, True, COMPLETED
        call.connected_s = plan.connected_s
        if plan.call_id or self._draw() < _BURST_CONVERTS:
            self._convert(call)
        else:
            call.connected_s = 6
        return call

    def province(self) -> str:
        """Where a Canadian caller lives."""
        return self._rng.choices(self._provinces.items, cum_weights=self._provinces.marks)[0]

    def _id(self) -> str:
        self._next_id = self._next_id + 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        return f"CL{self._next_id:016X}"

    def _somebody(self, state: str) -> str:
        return "" if self._draw() < _WITHHELD else self._numbers.fresh(state)

    def _remember(self, route: Route) -> deque[tuple[str, int]]:
        number = route.campaign.number
        if number not in self._recent:
            self._recent[number] = deque(maxlen=_REMEMBERED)
        return self._recent[number]

    def _earlier(self, route: Route) -> tuple[str, int] | None:
        recent = self._remember(route)
        if not recent:
            return None
        return recent[-1 - int(self._draw() ** 2 * len(recent))]

    def _connect(self, call: Call) -> None:
        """Whether anybody answered, and how long they spoke."""
        mark = self._draw()
        if mark < _GIVES_UP:
            call.ring_s = 1 + int(self._draw() * 19)
            return
        if self._draw() >= call.route.buyer.answers:
            self._unheard(call)
            return
        call.ring_s = 2 + int(self._draw() ** 2 * 26)
        call.answered, call.disposition = True, COMPLETED
        call.recorded = self._draw() < _RECORDED
        call.connected_s = min(self._talk(call), self._end - SETTLE_S - call.at - call.ring_s)

    def _unheard(self, call: Call) -> None:
        call.ring_s = 20 + int(self._draw() * 26)
        call.hangup_by = HangupBy.SYSTEM
        mark = self._draw()
        call.disposition = UNHEARD if mark < 0.74 else "busy" if mark < 0.9 else "failed"
        if call.disposition == UNHEARD and self._draw() < _BILLED_UNHEARD:
            call.kind = Kind.NEVER_CONNECTED
            self._convert(call)

    def _talk(self, call: Call) -> int:
        mark = self._draw()
        if mark < _HANGS_UP:
            return 1 + int(self._draw() * 9)
        if mark < _VOICEMAIL:
            return 20 + int(self._draw() * 26)
        if self._draw() < 0.4:
            call.hangup_by = HangupBy.CALLEE
        return _TALK[int(self._draw() * _QUANTILES)]

    def _bill(self, call: Call, *, repeated: bool) -> None:
        """Bill a talk beyond the threshold, unless the platform notices a duplicate; then the truth."""
        threshold = call.route.vertical.billable_after_s
        if call.connected_s < threshold or (repeated and self._draw() < _FLAGGED):
            return
        self._convert(call)
        if repeated:
            call.kind = Kind.DUPLICATE
            return
        age_days = (self._end - call.at) / DAY_S
        if self._draw() >= call.route.vendor.invalid_at(age_days):
            call.kind = self._soft()
            return
        call.kind = self._rng.choices(_BAD.items, cum_weights=_BAD.marks)[0]
        if call.kind in _SHORT:
            call.connected_s = min(call.connected_s, threshold + int(self._draw() * 24))

    def _soft(self) -> Kind:
        mark = self._draw()
        return next((kind for limit, kind in _SOFT_MARKS if mark < limit), Kind.ORDINARY)

    def _convert(self, call: Call) -> None:
        call.converted = True
        call.disposition += CONVERSION
