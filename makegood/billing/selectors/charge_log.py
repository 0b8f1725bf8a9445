"""The charge log: charges in scope, the newest first, page by page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from makegood.billing.models import Charge
from makegood.billing.selectors.facts import ChargeFacts, facts_of, with_parties
from makegood.billing.selectors.visible import charges_visible_to
from makegood.kernel import clock
from makegood.kernel.paging import Key, Page, page_of, place_of
from makegood.kernel.phones import to_e164
from makegood.parties.entries import Principal

RANGES: dict[str, timedelta | None] = {
    "1d": timedelta(days=1),
    "4d": timedelta(days=4),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
    "all": None,
}
DEFAULT_RANGE = "30d"
SIZE = 50
COUNT_LIMIT = 1_000
ORDER = (Key("occurred_at", descending=True), Key("id", descending=True))
_VISIBLE_DIGITS = 4
_FEWEST_DIGITS = 7


@dataclass(frozen=True)
class LogQuery:
    """What the address asks for. ``range`` is a key of RANGES; an unknown one is the default."""

    range: str = DEFAULT_RANGE
    text: str = ""
    billed_only: bool = False
    program: int = 0
    after: str = ""
    before: str = ""

    @property
    def since(self) -> datetime | None:
        """The earliest time shown."""
        length = RANGES.get(self.range, RANGES[DEFAULT_RANGE])
        return clock.now() - length if length else None


@dataclass(frozen=True)
class LogPage:
    """One page; ``count`` stops counting at COUNT_LIMIT + 1. ``range`` is what was used in the end."""

    page: Page[ChargeFacts]
    count: int
    range: str

    @property
    def has_more_than_counted(self) -> bool:
        """Whether there are more than COUNT_LIMIT."""
        return self.count > COUNT_LIMIT


def matching(text: str) -> Q:
    """Charges with this call id, or this caller number in any punctuation; four digits match a number's end."""
    wanted = text.strip()
    found = Q(external_id=wanted)
    if wanted.isdecimal() and len(wanted) < 18:
        found |= Q(pk=int(wanted)) | Q(invoice_number=int(wanted))
    digits = re.sub(r"\D", "", wanted)
    if re.fullmatch(r"[\d\s()+.*/-]+", wanted):
        e164 = to_e164(wanted) if len(digits) >= _FEWEST_DIGITS else None
        if e164:
            found |= Q(caller_e164=e164)
        elif len(digits) == _VISIBLE_DIGITS:
            found |= Q(caller_e164__endswith=digits)
    return found


def filtered(charges: QuerySet[Charge], query: LogQuery) -> QuerySet[Charge]:
    """The charges that the query names."""
    since = query.since
    if since is not None:
        charges = charges.filter(occurred_at__gte=since)
    if query.program:
        charges = charges.filter(program=query.program)
    if query.billed_only:
        charges = charges.filter(billed_at__isnull=False)
    return charges.filter(matching(query.text)) if query.text.strip() else charges


def charge_log(principal: Principal, query: LogQuery, narrowed: Q | None = None) -> LogPage:
    """A page of the charge log; ``narrowed`` is a further condition of the caller.

    Without a range in the query (empty) it is the default one; everything when that finds nothing, and for a search.
    """
    wanted = query if query.range else replace(query, range="all" if query.text.strip() else DEFAULT_RANGE)
    charges = charges_visible_to(principal).filter(narrowed or Q())
    rows = filtered(charges, wanted)
    if not query.range and wanted.range != "all" and not rows.exists():
        wanted = replace(query, range="all")
        rows = filtered(charges, wanted)
    place = place_of(wanted.after, wanted.before, ORDER)
    page = page_of(with_parties(rows), ORDER, place, SIZE)
    count = rows.order_by()[: COUNT_LIMIT + 1].count()
    return LogPage(page.with_rows([facts_of(principal, charge) for charge in page.rows]), count, wanted.range)
