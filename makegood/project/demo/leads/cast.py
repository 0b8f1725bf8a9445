"""Who buys leads in the demo, and in which trade. One program sells credits back, the other reviews billability."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.parties.states import BillingMode

CREDITS, REVIEWS = "leads", "reviews"
"""The keys of the two programs."""
RANGE_DAYS = 30
DAILY_CAP = 5
"""How many credits one buyer of the first program may ask for in a day."""


@dataclass(frozen=True)
class Pro:
    """A business that buys leads of one trade, so many a day, at a price in cents."""

    number: str
    name: str
    zone: str
    program: str
    trade: str
    trade_name: str
    cents: int
    a_day: float
    area_code: str
    billing_mode: BillingMode = BillingMode.PREPAID


_EAST, _CENTRAL, _MOUNTAIN, _PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)
_ON_ACCOUNT = BillingMode.POSTPAID

PROS: tuple[Pro, ...] = (
    Pro("L110", "Anchor Plumbing", _EAST, CREDITS, "plumbing", "Plumbing", 4_500, 3.0, "212"),
    Pro("L120", "Blue Ladder Roofing", _CENTRAL, CREDITS, "roofing", "Roofing", 7_500, 1.6, "312"),
    Pro("L130", "Cold Front Air", _CENTRAL, CREDITS, "hvac", "Heating and cooling", 5_200, 2.2, "214"),
    Pro("L140", "Drywell Restoration", _EAST, CREDITS, "water_damage", "Water damage", 16_500, 0.9, "404"),
    Pro("L150", "Even Keel Pest", _PACIFIC, CREDITS, "pest_control", "Pest control", 3_900, 2.0, "415"),
    Pro("L160", "Fulcrum Garage Doors", _MOUNTAIN, CREDITS, "garage_door", "Garage doors", 4_100, 1.8, "303"),
    Pro("L170", "Gatekeeper Locksmiths", _EAST, CREDITS, "locksmith", "Locksmiths", 2_900, 2.6, "617"),
    Pro("L180", "Hightail Towing", _PACIFIC, CREDITS, "towing", "Towing", 2_400, 2.4, "503"),
    Pro("L190", "Ivory Legal", _EAST, CREDITS, "legal", "Legal services", 14_000, 0.8, "202"),
    Pro("L210", "Jasper Moving", _CENTRAL, REVIEWS, "moving", "Moving", 3_600, 2.4, "512", _ON_ACCOUNT),
    Pro("L220", "Keel & Sons Electric", _EAST, REVIEWS, "electrical", "Electricians", 4_800, 1.9, "215", _ON_ACCOUNT),
    Pro("L230", "Lumen Tree Care", _PACIFIC, REVIEWS, "tree_care", "Tree care", 5_500, 1.4, "206", _ON_ACCOUNT),
    Pro("L240", "Mainsail Drains", _MOUNTAIN, REVIEWS, "plumbing", "Plumbing", 4_600, 2.1, "801", _ON_ACCOUNT),
)
PRO_BY_NUMBER = {pro.number: pro for pro in PROS}
