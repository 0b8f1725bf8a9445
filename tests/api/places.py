"""What stands in the braces of an address: a number of one account, or one that nobody has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from makegood.api.routing import Route
from makegood.disputes.models import Dispute
from tests.api.seeded import Account

NAMES = re.compile(r"\{(\w+)\}")
_NOBODY = 900_000_000_000_001
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Place:
    """The value of a name, and one of the same form that nothing has."""

    value: str
    absent: str


def _numbered(value: int, prefix: str = "") -> Place:
    return Place(f"{prefix}{value}", f"{prefix}{_NOBODY}")


def _public(value: str) -> Place:
    kind, _, rest = value.partition("_")
    return Place(value, f"{kind}_{'0' * len(rest)}")


def _adjustment(account: Account, dispute: Dispute) -> Place:
    """One of the dispute; any other of the account where it has none."""
    return _numbered(account.adjustments.get(dispute.pk, min(account.adjustments.values())))


PLACES: Mapping[str, Callable[[Account, Dispute], Place]] = {
    "customerID": lambda account, _: _numbered(account.customer.pk),
    "disputeID": lambda _, dispute: _numbered(dispute.number),
    "adjustmentID": _adjustment,
    "dispute": lambda _, dispute: _public(dispute.public_id),
    "charge": lambda account, _: _numbered(account.charges[0], "chg_"),
    "decision": lambda account, _: _numbered(account.decision, "dec_"),
    "recommendation": lambda account, _: _public(account.recommendation),
    "review": lambda account, _: _numbered(account.review, "rvw_"),
    "submission": lambda account, _: _public(account.submission),
    "plan": lambda account, _: _public(account.plan),
    "webhook": lambda account, _: _public(account.webhook),
    "recording": lambda account, _: _public(account.recording),
    "delivery": lambda _account, _dispute: Place("whm_00000000000000000000000000", "whm_00000000000000000000000001"),
    "evidence": lambda account, _: _public(account.evidence),
    "program": lambda _account, _dispute: Place("telecom", "nowhere"),
    "policy": lambda _account, _dispute: Place("pol_telecom", "pol_nowhere"),
    "version": lambda _account, _dispute: Place("1", "99"),
    "import": lambda _account, _dispute: Place("imp_1", "imp_2"),
}
"""By name; whoever brings a new name into an address says here what it is."""

SHARED = frozenset({"delivery", "program", "policy", "version", "import"})
"""Names of what belongs to no account: to the installation, or to nobody here."""


def names_of(route: Route) -> list[str]:
    """The names in the braces of the route's address."""
    return NAMES.findall(route.path)
