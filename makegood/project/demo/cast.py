"""Who appears in the demo: the tree of customers, the vendors, the kinds of business and the campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PROGRAM = "calls"
RANGE_DAYS = 60
WINDOW_DAYS = 10
DRIFT_DAYS = 20


class Temper(StrEnum):
    """How a buyer uses disputes."""

    CAREFUL = "careful"
    FORGETFUL = "forgetful"
    OVER_ASKING = "over_asking"


class Region(StrEnum):
    """Where the callers of a campaign live."""

    US = "us"
    CANADA = "canada"


@dataclass(frozen=True)
class Buyer:
    """A customer of the demo; one without area code only holds others together and is never charged."""

    number: str
    name: str
    zone: str
    parent: str = ""
    currency: str = "USD"
    temper: Temper = Temper.CAREFUL
    area_code: str = ""
    answers: float = 0.88


@dataclass(frozen=True)
class Vendor:
    """Who sends calls: ``share`` of the traffic; ``invalid`` is the part of its billed calls that is bad."""

    number: str
    name: str
    share: float
    invalid: float
    payout_percent: int = 60
    currency: str = "USD"
    zone: str = "America/New_York"
    drifts_to: float = 0.0

    def invalid_at(self, age_days: float) -> float:
        """Its true rate of bad calls so many days ago."""
        if not self.drifts_to or age_days >= DRIFT_DAYS:
            return self.invalid
        return self.invalid + (self.drifts_to - self.invalid) * (DRIFT_DAYS - age_days) / DRIFT_DAYS


@dataclass(frozen=True)
class Vertical:
    """A kind of business: what a call costs there, and after how many seconds it does."""

    code: str
    name: str
    cents: int
    billable_after_s: int
    share: float


@dataclass(frozen=True)
class Campaign:
    """What buyers ordered. A ``currency`` other than USD keeps to buyers and vendors of that currency."""

    number: str
    name: str
    vertical: str
    buyers: tuple[str, ...]
    duplicate_window_days: int = 30
    price_percent: int = 100
    share: float = 1.0
    region: Region = Region.US
    currency: str = "USD"
    price_units: int = 0

    @property
    def text(self) -> str:
        """The published conditions in words."""
        area = "the Canadian provinces ON, BC and AB" if self.region is Region.CANADA else "the United States"
        return (
            f"One consumer with a need of their own, calling from {area}. "
            f"A second call of the same number within {self.duplicate_window_days} days is not billed."
        )


_EAST, _CENTRAL, _MOUNTAIN, _PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)
_FORGETFUL, _OVER_ASKING = Temper.FORGETFUL, Temper.OVER_ASKING

BUYERS: tuple[Buyer, ...] = (
    Buyer("C100", "Evergreen Home Group", _PACIFIC),
    Buyer("C110", "Evergreen West", _PACIFIC, parent="C100"),
    Buyer("C111", "Evergreen Plumbing & Drain", _PACIFIC, "C110", area_code="206", answers=0.91),
    Buyer("C112", "Evergreen Plumbing, Tacoma", _PACIFIC, "C111", area_code="253", answers=0.89),
    Buyer("C115", "Evergreen Heating & Air", _PACIFIC, "C110", area_code="425", answers=0.92),
    Buyer("C120", "Northgate Insurance Agency", _EAST, temper=_OVER_ASKING, area_code="215", answers=0.91),
    Buyer("C130", "Lakeshore Comfort Systems", _CENTRAL, temper=_FORGETFUL, area_code="312", answers=0.82),
    Buyer("C140", "Canyon Solar", "America/Phoenix", area_code="602"),
    Buyer("C150", "Redwood Injury Law", _PACIFIC, area_code="415", answers=0.95),
    Buyer("C160", "Bluebonnet Roofing", _CENTRAL, temper=_FORGETFUL, area_code="512", answers=0.81),
    Buyer("C170", "Front Range Debt Advisors", _MOUNTAIN, temper=_OVER_ASKING, area_code="303", answers=0.9),
    Buyer("C180", "Maple & Main Brokers", "America/Toronto", "", "CAD", area_code="416", answers=0.9),
    Buyer("C190", "Hikari Relocation KK", "Asia/Tokyo", "", "JPY", area_code="808", answers=0.86),
    Buyer("C200", "Bright Harbor Recovery", _EAST, area_code="561", answers=0.94),
    Buyer("C210", "Homestead Warranty", _CENTRAL, temper=_OVER_ASKING, area_code="214", answers=0.86),
    Buyer("C220", "Garnet Tax Group", _EAST, area_code="704"),
    Buyer("C230", "Keystone Pest Control", _EAST, temper=_FORGETFUL, area_code="412", answers=0.83),
    Buyer("C240", "Doorwright Garage Doors", _MOUNTAIN, area_code="801", answers=0.86),
    Buyer("C250", "Silver Birch Senior Plans", _EAST, area_code="239", answers=0.91),
    Buyer("C260", "Fixwell Appliance Service", _CENTRAL, area_code="614", answers=0.87),
)

GOOD, DRIFTING, LUCKY, BURSTING = "V310", "V320", "V330", "V340"

VENDORS: tuple[Vendor, ...] = (
    Vendor(GOOD, "Clearwater Leads", 14.0, 0.012, 64),
    Vendor(DRIFTING, "Ridgeline Traffic", 13.0, 0.05, 60, zone=_MOUNTAIN, drifts_to=0.19),
    Vendor(LUCKY, "Pine Street Media", 0.4, 0.0, 58),
    Vendor(BURSTING, "Nightline Digital", 9.0, 0.06, 57, zone=_PACIFIC),
    Vendor("V350", "Beacon Call Network", 12.0, 0.055, 60),
    Vendor("V351", "Copperfield Ads", 9.0, 0.068, 61, zone=_CENTRAL),
    Vendor("V352", "Lantern Search", 8.0, 0.049, 62),
    Vendor("V353", "Mesa Performance", 7.0, 0.074, 59, zone="America/Phoenix"),
    Vendor("V354", "Orchard Pay-Per-Call", 6.0, 0.061, 60),
    Vendor("V355", "Tidewater Media", 5.0, 0.082, 56),
    Vendor("V356", "Wren & Fox Digital", 4.0, 0.052, 63, zone=_CENTRAL),
    Vendor("V357", "Granite Publishing", 3.0, 0.09, 58),
    Vendor("V360", "Aspen Lane Affiliates", 2.2, 0.047, 60, zone=_MOUNTAIN),
    Vendor("V361", "Bluejay Offers", 1.4, 0.064, 60),
    Vendor("V370", "Kestrel Media Toronto", 6.0, 0.058, 60, currency="CAD", zone="America/Toronto"),
    Vendor("V380", "Aloha Bridge Media", 6.0, 0.05, 60, currency="JPY", zone="Pacific/Honolulu"),
)

VERTICALS: tuple[Vertical, ...] = (
    Vertical("plumbing", "Plumbing", 4500, 60, 1.5),
    Vertical("hvac", "Heating and cooling", 6800, 90, 1.2),
    Vertical("appliance_repair", "Appliance repair", 5200, 60, 1.1),
    Vertical("pest_control", "Pest control", 4400, 60, 0.9),
    Vertical("roofing", "Roofing", 9500, 90, 0.7),
    Vertical("auto_insurance", "Auto insurance", 3100, 90, 1.5),
    Vertical("medicare", "Medicare plans", 5900, 120, 1.0),
    Vertical("final_expense", "Final expense", 5400, 120, 0.8),
    Vertical("solar", "Solar", 8200, 120, 0.7),
    Vertical("injury_law", "Motor vehicle injury", 24000, 120, 0.3),
    Vertical("debt_relief", "Debt relief", 7400, 120, 0.8),
    Vertical("home_warranty", "Home warranty", 3800, 75, 0.8),
    Vertical("tax_help", "Tax resolution", 8600, 120, 0.5),
    Vertical("garage_door", "Garage doors", 4700, 60, 0.7),
    Vertical("recovery", "Recovery centers", 18500, 120, 0.3),
    Vertical("relocation", "Relocation", 6800, 90, 0.4),
)

CAMPAIGNS: tuple[Campaign, ...] = (
    Campaign("K101", "Plumbing - Pacific Northwest", "plumbing", ("C111", "C112"), share=1.6),
    Campaign("K102", "Plumbing - Emergency line", "plumbing", ("C111",), 7, 120, 0.7),
    Campaign("K111", "Heating and cooling - West", "hvac", ("C115", "C130")),
    Campaign("K112", "Heating and cooling - Great Lakes", "hvac", ("C130",), 60, 95, 0.9),
    Campaign("K121", "Appliance repair - Nationwide", "appliance_repair", ("C260",)),
    Campaign("K122", "Appliance repair - Same day", "appliance_repair", ("C260",), 7, 110, 0.6),
    Campaign("K131", "Pest control - Mid-Atlantic", "pest_control", ("C230",)),
    Campaign("K141", "Roofing - Storm response", "roofing", ("C160",), 90, 110, 0.8),
    Campaign("K142", "Roofing - Replacement", "roofing", ("C160",), 90, 100, 0.6),
    Campaign("K151", "Auto insurance - Nationwide", "auto_insurance", ("C120",), 30, 100, 1.4),
    Campaign("K152", "Auto insurance - High risk", "auto_insurance", ("C120",), 30, 125, 0.5),
    Campaign("K161", "Medicare - Plan review", "medicare", ("C250", "C120"), 60),
    Campaign("K171", "Final expense - Inbound", "final_expense", ("C250", "C120"), 60),
    Campaign("K181", "Solar - Sun Belt", "solar", ("C140",), 90),
    Campaign("K182", "Solar - Battery add-on", "solar", ("C140",), 90, 70, 0.4),
    Campaign("K191", "Motor vehicle injury - West", "injury_law", ("C150",), 90),
    Campaign("K201", "Debt relief - Nationwide", "debt_relief", ("C170",), 60),
    Campaign("K202", "Debt relief - Business", "debt_relief", ("C170",), 60, 130, 0.3),
    Campaign("K211", "Home warranty - Nationwide", "home_warranty", ("C210",)),
    Campaign("K221", "Tax resolution - Nationwide", "tax_help", ("C220",), 90),
    Campaign("K231", "Garage doors - Rockies", "garage_door", ("C240",)),
    Campaign("K232", "Garage doors - Openers", "garage_door", ("C240",), 30, 85, 0.5),
    Campaign("K241", "Recovery centers - Admissions", "recovery", ("C200",), 30),
    Campaign(
        "K251", "Home and auto - Canada", "auto_insurance", ("C180",), 30, share=0.5,
        region=Region.CANADA, currency="CAD", price_units=42,
    ),
    Campaign("K261", "Relocation to Japan", "relocation", ("C190",), 60, currency="JPY", price_units=6800),
)  # fmt: skip

BUYER_BY_NUMBER = {buyer.number: buyer for buyer in BUYERS}
VENDOR_BY_NUMBER = {vendor.number: vendor for vendor in VENDORS}
VERTICAL_BY_CODE = {vertical.code: vertical for vertical in VERTICALS}
CAMPAIGN_BY_NUMBER = {campaign.number: campaign for campaign in CAMPAIGNS}
