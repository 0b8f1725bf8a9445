"""Who signs in to the demo. The passwords are printed on purpose: everything here is made up."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.parties.states import RoleKey
from makegood.project.demo.cast import BUYER_BY_NUMBER, VENDOR_BY_NUMBER
from makegood.project.demo.plans import STORY_VENDOR


@dataclass(frozen=True)
class Person:
    """Somebody of the demo, with the customer or vendor they work for."""

    email: str
    name: str
    role: RoleKey
    customer: str | None = None
    vendor: str | None = None
    zone: str | None = None
    business: str = ""

    @property
    def password(self) -> str:
        """The same in every demo."""
        return f"demo-{self.role}-makegood"

    @property
    def works_for(self) -> str:
        """The customer or vendor by name and number; the operator for its own people."""
        if self.customer:
            return f"{self.business or BUYER_BY_NUMBER[self.customer].name} ({self.customer})"
        if self.vendor:
            return f"{VENDOR_BY_NUMBER[self.vendor].name} ({self.vendor})"
        return "the operator"


_DESK = "America/New_York"

BUYER = Person("buyer@demo.example", "Bea Lindqvist", RoleKey.BUYER, customer="C110")
OTHER_BUYER = Person("buyer2@demo.example", "Omar Haddad", RoleKey.BUYER, customer="C120")
LEAD_BUYER = Person("leads@demo.example", "Lena Ortiz", RoleKey.BUYER, customer="L210", business="Jasper Moving")
CREDIT_BUYER = Person(
    "credits@demo.example", "Noah Fischer", RoleKey.BUYER, customer="L110", business="Anchor Plumbing"
)
VENDOR = Person("vendor@demo.example", "Vera Castellan", RoleKey.VENDOR, vendor=STORY_VENDOR)
MANAGER = Person("manager@demo.example", "Marcus Bell", RoleKey.MANAGER, zone=_DESK)
OTHER_MANAGER = Person("manager2@demo.example", "Mina Osei", RoleKey.MANAGER, zone=_DESK)
CSR = Person("csr@demo.example", "Carla Nwosu", RoleKey.CSR, zone=_DESK)
QA = Person("qa@demo.example", "Quentin Sato", RoleKey.QA, zone=_DESK)
BILLING = Person("billing@demo.example", "Bianca Moreau", RoleKey.BILLING, zone=_DESK)
ADMIN = Person("admin@demo.example", "Ada Kowalski", RoleKey.ADMIN, zone=_DESK)

LEAD_PEOPLE = (LEAD_BUYER, CREDIT_BUYER)
"""They work for who buys leads, who comes after the buyers of calls."""
PEOPLE = (BUYER, OTHER_BUYER, *LEAD_PEOPLE, VENDOR, MANAGER, OTHER_MANAGER, CSR, QA, BILLING, ADMIN)

_BEA_FILES_FOR = frozenset({"C111", "C112", "C115"})


def filer(customer: str) -> Person:
    """Who files the disputes of a customer: somebody of theirs, else a representative on their behalf."""
    if customer in _BEA_FILES_FOR:
        return BUYER
    return next((person for person in PEOPLE if person.customer == customer), CSR)
