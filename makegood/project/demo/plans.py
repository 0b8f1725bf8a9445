"""Calls that must be there whatever the dice say: the bot burst of a Tuesday night, and the named stories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from makegood.project.demo.cast import BURSTING
from makegood.project.demo.rhythm import OPERATOR_ZONE
from makegood.project.demo.routes import Route
from makegood.project.demo.truth import Kind

_TUESDAY = 1
_BURST_HOUR = 22
_BURST_S = 3 * 3_600
_BURST_SHARE = 250  # one call in so many
_BURST_LEAST = 12
_BURST_MOST = 900


@dataclass(frozen=True)
class Planned:
    """A call that is planned: when, on which route, what it really is; a fixed id when a story names it."""

    at: datetime
    route: Route
    kind: Kind
    connected_s: int
    caller: int = 0
    call_id: str = ""


@dataclass(frozen=True)
class Named:
    """A call that a story needs: 45.00 USD with a payout of 30.00, billed so long ago."""

    call_id: str
    age: timedelta
    kind: Kind
    connected_s: int


PARTLY = Named("CL0000000000004501", timedelta(hours=53), Kind.DEAD_AIR, 71)
FULLY = Named("CL0000000000004502", timedelta(hours=50), Kind.ROBOCALL, 64)
WAITING = (
    Named("CL0000000000004503", timedelta(hours=30), Kind.ROBOCALL, 62),
    Named("CL0000000000004504", timedelta(hours=27), Kind.WRONG_SERVICE, 95),
    Named("CL0000000000004505", timedelta(hours=25), Kind.SOLICITOR, 118),
)
STORIES = (PARTLY, FULLY, *WAITING)
STORY_BUYER, STORY_CAMPAIGN, STORY_VENDOR = "C111", "K101", "V320"
STORY_PRICE_MICROS, STORY_PAYOUT_MICROS = 45_000_000, 30_000_000


def burst_night(now: datetime) -> datetime:
    """The latest Tuesday, 22:00 local, that was over a day ago: recent enough to be contested."""
    local = (now - timedelta(days=1)).astimezone(OPERATOR_ZONE)
    start = local.replace(hour=_BURST_HOUR, minute=0, second=0, microsecond=0)
    back = (local.weekday() - _TUESDAY) % 7
    start -= timedelta(days=back)
    return start if start + timedelta(seconds=_BURST_S) <= local else start - timedelta(days=7)


def burst_size(calls: int) -> int:
    """How many calls of the log belong to the burst."""
    return min(_BURST_MOST, max(_BURST_LEAST, calls // _BURST_SHARE))


def burst(calls: int, now: datetime, routes: tuple[Route, ...], rng: Random) -> Iterator[Planned]:
    """A dialer's work: few numbers, many calls, each a few seconds past the billing threshold."""
    route = next(
        route for route in routes if route.vendor.number == BURSTING and route.campaign.vertical == "auto_insurance"
    )
    start = burst_night(now)
    size = burst_size(calls)
    for _ in range(size):
        yield Planned(
            at=start + timedelta(seconds=int(rng.triangular(0, _BURST_S, _BURST_S // 3))),
            route=route,
            kind=Kind.BOT_BURST,
            connected_s=route.vertical.billable_after_s + rng.randrange(1, 7),
            caller=1 + rng.randrange(max(4, size // 8)),
        )


def stories(now: datetime, routes: tuple[Route, ...]) -> Iterator[Planned]:
    """The calls that named stories are told about."""
    usual = next(
        route
        for route in routes
        if (route.buyer.number, route.campaign.number, route.vendor.number)
        == (STORY_BUYER, STORY_CAMPAIGN, STORY_VENDOR)
    )
    route = replace(usual, price_micros=STORY_PRICE_MICROS, payout_micros=STORY_PAYOUT_MICROS)
    for named in STORIES:
        yield Planned(now - named.age, route, named.kind, named.connected_s, call_id=named.call_id)
