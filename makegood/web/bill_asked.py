"""What an address asks about a bill: which one, against what, which part of the difference."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from makegood.billing.policy.decomposition import Bar, Key
from makegood.billing.selectors.bill_charges import use_by_day
from makegood.billing.selectors.bill_comparison import Against, Inquiry, bills_explained, inquiry
from makegood.billing.selectors.bill_lines import Loaded
from makegood.billing.selectors.invoices import Bill
from makegood.parties.errors import NotFound
from makegood.parties.selectors import customer_in_scope
from makegood.web.bill_sentences import Said
from makegood.web.filing import may_file
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id

LINE = "line"
"""In place of the name of a bar: the charges of one line of both bills."""
_MANY = 40
"""Of a line with more charges one chooses on its own page which to dispute."""


@dataclass(frozen=True)
class Choice:
    """Something a bill can be held against."""

    value: str
    words: str


AGAINST = (
    Choice(Against.PREVIOUS, "the bill before"),
    Choice(Against.MEAN3, "the mean of the last 3"),
    Choice(Against.MEAN6, "the mean of the last 6"),
    Choice(Against.LAST_YEAR, "the same month last year"),
)


@dataclass(frozen=True)
class Asked:
    """The bill of an address with what it is held against, and addresses of its parts."""

    customer_id: int
    zone: str
    found: Inquiry
    files: bool

    def link(self, bar: Bar | None, key: Key | None) -> str:
        """The address of the charges of a bar or of a line."""
        asked = {"bill": self.found.bill.number, "against": self.found.against}
        if key is not None:
            asked["line"] = line_id(key)
        at = reverse("inquiry_bar", args=[self.customer_id, bar.value if bar else LINE])
        return f"{at}?{urlencode(asked)}"

    def dispute(self, loaded: Loaded, key: Key) -> str:
        """Where a dispute of the charges of a line begins; empty for who files none, and for what nobody disputes."""
        origin = loaded.origins.get(key)
        if not self.files or origin is None or not (origin.charges or origin.groups):
            return ""
        if origin.groups or len(origin.charges) > _MANY:
            return f"{self.link(None, key)}#dispute"
        return dispute_address(self.customer_id, loaded.bill, sorted(origin.charges))


def dispute_address(customer_id: int, bill: Bill, charges: list[int]) -> str:
    """Where a guided dispute of these charges begins."""
    asked = [("bill", bill.number), *(("charge", pk) for pk in charges)]
    return f"{reverse('guided_new', args=[customer_id])}?{urlencode(asked)}"


def line_id(key: Key) -> str:
    """A short name for a line in addresses."""
    return hashlib.sha256("\0".join(key).encode()).hexdigest()[:16]


def bills_at(request: PageRequest, customer_id: int) -> tuple[Bill, ...]:
    """The bills to choose from. Raises NotFound."""
    return bills_explained(request.principal, customer_id)


def asked_of(request: PageRequest, customer_id: int, bills: tuple[Bill, ...]) -> Asked:
    """What the address asks about one of these bills; without a number about the newest. Raises NotFound."""
    get = request.GET
    number = row_id(get.get("bill", "")) if get.get("bill") else bills[0].number
    other = row_id(get.get("against", ""))
    against = get.get("against", "")
    if other is not None:
        against = str(other)
    elif against not in set(Against):
        against = Against.PREVIOUS
    seen = customer_in_scope(request.principal, customer_id)
    if seen is None or number is None:
        raise NotFound()
    found = inquiry(request.principal, bills, number, str(against))
    return Asked(customer_id, seen.zone, found, may_file(request))


def said_of(request: PageRequest, asked: Asked) -> Said:
    """What the sentences and figures of a bill are made from."""
    found = asked.found
    read = {one.bill.id: one for one in (found.after, *found.before)}
    use = use_by_day(request.principal, list(read.values()), asked.zone)
    return Said(found, use, asked.link, asked.dispute)


def key_of(found: Inquiry, line: str) -> Key:
    """The line of that name. Raises NotFound."""
    key = next((key for key in found.comparison.changes if line_id(key) == line), None)
    if key is None:
        raise NotFound()
    return key
