"""Every way a call can take through the demo: campaign, vendor, buyer, with price, payout and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from makegood.kernel.money import MICROS, minor_micros, plain
from makegood.project.demo.cast import (
    BUYER_BY_NUMBER,
    CAMPAIGNS,
    VENDORS,
    VERTICAL_BY_CODE,
    Buyer,
    Campaign,
    Vendor,
    Vertical,
)
from makegood.project.demo.numbers import desk, tracking

_CENT = MICROS // 100
_FIRST_BUYER_SHARE = (1.0, 0.6)


@dataclass(frozen=True)
class Route:
    """One campaign, one vendor, one buyer: everything about a call that does not depend on the caller."""

    campaign: Campaign
    vertical: Vertical
    vendor: Vendor
    buyer: Buyer
    price_micros: int
    payout_micros: int
    tracking: str
    destination: str
    share: float

    @cached_property
    def price(self) -> str:
        """What a billed call costs the buyer, as the file writes it."""
        return plain(self.price_micros, self.campaign.currency)

    @cached_property
    def payout(self) -> str:
        """What the vendor gets for a billed call, as the file writes it."""
        return plain(self.payout_micros, self.campaign.currency)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """What the file says about every call of the route: numbers, campaign, business, buyer, vendor."""
        return (
            self.destination,
            self.tracking,
            self.campaign.number,
            self.campaign.name,
            self.vertical.name,
            str(self.vertical.billable_after_s),
            str(self.campaign.duplicate_window_days),
            self.buyer.number,
            self.buyer.name,
            self.vendor.number,
            self.vendor.name,
        )


def _price(campaign: Campaign, vertical: Vertical) -> int:
    if campaign.price_units:
        return campaign.price_units * MICROS
    half = MICROS // 2
    return vertical.cents * _CENT * campaign.price_percent // 100 // half * half


def _payout(price_micros: int, percent: int, currency: str) -> int:
    coin = minor_micros(currency)
    return price_micros * percent // 100 // coin * coin


def _takes(campaign: Campaign, vendor: Vendor, place: int) -> bool:
    """Vendors keep to their currency, and each works about half of the campaigns."""
    if vendor.currency != campaign.currency:
        return False
    return vendor.currency != "USD" or vendor.share > 8 or (place + int(vendor.number[1:])) % 2 == 0


def routes() -> tuple[Route, ...]:
    """All routes, in a fixed order."""
    found: list[Route] = []
    for place, campaign in enumerate(CAMPAIGNS):
        vertical = VERTICAL_BY_CODE[campaign.vertical]
        price = _price(campaign, vertical)
        vendors = [vendor for vendor in VENDORS if _takes(campaign, vendor, place)]
        whole = sum(vendor.share for vendor in vendors)
        for vendor in vendors:
            for rank, number in enumerate(campaign.buyers):
                buyer = BUYER_BY_NUMBER[number]
                demand = vertical.share * campaign.share * _FIRST_BUYER_SHARE[rank]
                found.append(
                    Route(
                        campaign=campaign,
                        vertical=vertical,
                        vendor=vendor,
                        buyer=buyer,
                        price_micros=price,
                        payout_micros=_payout(price, vendor.payout_percent, campaign.currency),
                        tracking=tracking(len(found)),
                        destination=desk(buyer.area_code, 20 + place),
                        share=demand * vendor.share / whole,
                    )
                )
    return tuple(found)
