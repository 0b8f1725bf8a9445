"""Who gets a telecom bill in the demo, and what they ordered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PROGRAM = "telecom"
MONTHS = 13


class Plot(StrEnum):
    """What makes an account's bills worth looking at."""

    STEADY = "steady"
    PROMOTION_ENDED = "promotion ended"
    USAGE_SPIKE = "usage spike"
    PRORATION = "proration"
    NEW_ADD_ON = "new add-on"
    CREDIT = "credit"
    PRICE_RISE = "price rise"
    DOUBLE_CHARGE = "double charge"
    MANY = "many changes"
    WORKED_EXAMPLE = "worked example"


@dataclass(frozen=True)
class Product:
    """Something a provider bills every month, in whole cents a piece; ``phone`` is the number it is billed for."""

    code: str
    name: str
    cents: int
    phone: str = ""


FIBER = Product("FIBER500", "Fiber 500M", 14_900)
FIBER_LARGE = Product("FIBER1000", "Fiber 1G", 19_900)
TRUNK = Product("SIPCHANNEL", "SIP trunk channel", 1_850)
SEAT = Product("SEAT", "Hosted seat", 2_190)
NUMBERS = Product("DID20", "Block of 20 numbers", 1_200)
EMERGENCY = Product("E911", "Emergency location", 250)
ROUTER = Product("ROUTER", "Managed router", 2_500)
STATIC = Product("IP8", "Static addresses, block of 8", 1_500)
SUPPORT = Product("SUPPORT", "Premium support", 4_900)
TOLL_FREE = Product("TOLLFREE", "Toll-free number", 495, "8445550152")
MOBILE = Product("MOBILE", "Mobile line", 1_800)
MONTHLY = Product("MONTHLY", "MONTHLY FEE", 999, "1234567890")


@dataclass(frozen=True)
class Account:
    """A customer with a bill: what is billed each month, and the minutes it talks in an ordinary one.

    ``minutes`` are priced in hundredths of a cent; ``tax_rate`` is in ten-thousandths. ``phones`` are its mobile lines.
    """

    number: str
    name: str
    zone: str
    orders: tuple[tuple[Product, int], ...]
    minutes: int
    plot: Plot = Plot.STEADY
    parent: str = ""
    tax_rate: int = 825
    jurisdiction: str = "US-TX"
    phones: tuple[str, ...] = ()


_EAST, _CENTRAL, _MOUNTAIN, _PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)
_OFFICE = ((FIBER, 1), (TRUNK, 8), (NUMBERS, 1), (EMERGENCY, 1))
_SEATS = ((FIBER, 1), (SEAT, 14), (NUMBERS, 1), (EMERGENCY, 1))
_SITE = ((FIBER, 2), (TRUNK, 23), (NUMBERS, 3), (EMERGENCY, 2), (ROUTER, 2))

WORKED = Account(
    "1234", "Cardinal Courier", _EAST, ((MONTHLY, 1), (TOLL_FREE, 1), (TRUNK, 4)), 900, Plot.WORKED_EXAMPLE,
    tax_rate=0, jurisdiction="",
)  # fmt: skip
"""The account of the worked example: invoice 1984950 with feature 10986 and usage record 465320."""

VANS = Account(
    "T350", "Copper Kettle Bakeries", _MOUNTAIN, _OFFICE, 800, Plot.NEW_ADD_ON, "", 765, "US-CO",
    ("3035550161", "3035550162", "3035550163"),
)  # fmt: skip
"""Its vans' mobile lines are billed use by use."""

ACCOUNTS: tuple[Account, ...] = (
    WORKED,
    Account("T300", "Harborline Partners", _EAST, ((SUPPORT, 1),), 0),
    Account("T310", "Harbor Hotels", _EAST, _SITE, 5_200, Plot.USAGE_SPIKE, "T300", 700, "US-FL"),
    Account("T311", "Harbor Hotels, Pier 4", _EAST, _SEATS, 1_900, parent="T310", tax_rate=700, jurisdiction="US-FL"),
    Account("T320", "Harbor Catering", _EAST, _OFFICE, 1_250, Plot.CREDIT, "T300", 700, "US-FL"),
    Account("T330", "Juniper Dental Group", _CENTRAL, _SEATS, 2_100, Plot.PROMOTION_ENDED),
    Account("T340", "Brightwater School District", _CENTRAL, _SITE, 4_100, tax_rate=0, jurisdiction=""),
    VANS,
    Account("T360", "Larkspur Veterinary", _MOUNTAIN, _SEATS, 1_400, Plot.PRORATION, "", 765, "US-CO"),
    Account("T370", "Oakhurst Property Management", _PACIFIC, _SITE, 3_300, Plot.PRICE_RISE, "", 925, "US-CA"),
    Account("T380", "Sandpiper Logistics", _PACIFIC, _SITE, 6_800, Plot.DOUBLE_CHARGE, "", 925, "US-CA"),
    Account("T390", "Tallgrass Credit Union", _CENTRAL, _SITE, 3_900),
    Account("T400", "Whitcomb & Daughters", _EAST, _OFFICE, 600, tax_rate=887, jurisdiction="US-NY"),
    Account("T410", "Quarry Road Fitness", _EAST, _OFFICE, 950, Plot.NEW_ADD_ON, "", 887, "US-NY"),
    Account("T420", "Bellweather Books", _PACIFIC, _OFFICE, 500, tax_rate=925, jurisdiction="US-CA"),
    Account("T430", "Stonefly Outfitters", _MOUNTAIN, _SEATS, 1_300, Plot.PROMOTION_ENDED, "", 765, "US-CO"),
    Account("T440", "Marigold Senior Living", _CENTRAL, _SITE, 4_700),
    Account("T450", "Ironbridge Machine Works", _EAST, _OFFICE, 1_100, tax_rate=600, jurisdiction="US-PA"),
    Account("T460", "Riverside Dental", _CENTRAL, (), 0, Plot.MANY),
)
ACCOUNT_BY_NUMBER = {account.number: account for account in ACCOUNTS}
