"""My disputes: what one filed and how it stands, narrowed as the address says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from django.db.models import BigIntegerField, Count, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from makegood.disputes.models import Dispute, Reason
from makegood.disputes.selectors.dues import Due, dues_of
from makegood.disputes.selectors.messages import Message, last_messages
from makegood.disputes.selectors.places import Waiting, places_of
from makegood.disputes.selectors.rows import DisputeRow, rows_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED, Stage
from makegood.kernel.money import Money
from makegood.kernel.paging import Key, Page, page_of, place_of
from makegood.kernel.phones import to_e164
from makegood.parties.entries import Principal

SIZE = 50
CHUNK = 500
COUNT_LIMIT = 1_000
ANSWER, PENDING = "answer", "pending"
TABS: dict[str, Q] = {
    ANSWER: Q(stage=Stage.INFO_NEEDED),
    PENDING: Q(stage__in=[*UNDECIDED, Stage.DECIDED]),
    "decided": Q(stage__in=[Stage.RESOLVED, Stage.CLOSED]),
    "drafts": Q(stage=Stage.DRAFT),
    "all": ~Q(stage=Stage.DRAFT),
}
COUNTED = (ANSWER, PENDING, "drafts")
STANDS = """
(SELECT -sum(a.amount_micros)::bigint FROM ledger_adjustment a
 WHERE a.charge_id = disputes_dispute.charge_id AND a.dispute_id = disputes_dispute.id AND a.kind <> 'reversal_fee')
"""
ORDER = (Key("created_at", descending=True), Key("id", descending=True))
_LAST_DIGITS, _LONGEST_NUMBER = 4, 18


@dataclass(frozen=True)
class Total:
    """Sums of one currency; amounts of different currencies are never added."""

    count: int
    asked: Money
    credited: Money


@dataclass(frozen=True)
class MineQuery:
    """What the list is narrowed to; empty and None mean any. It was sent in ``[since, until)``.

    ``ids`` narrows it to exactly those (a notice opened as a list), whatever the tab.
    """

    tab: str = PENDING
    program: int | None = None
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    ids: tuple[int, ...] | None = None
    after: str = ""
    before: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether it is narrowed by more than its tab and program."""
        return bool(self.reason or self.since or self.until or self.text.strip())


@dataclass(frozen=True)
class Followed:
    """A dispute as whoever follows it sees it: how it stands, what is due, what was said last, its place."""

    row: DisputeRow
    due: Due | None
    said: Message | None
    place: Waiting | None = None


@dataclass(frozen=True)
class Mine:
    """One tab: its rows, its totals per currency, and how many wait behind each tab."""

    tab: str
    page: Page[Followed]
    totals: tuple[Total, ...]
    counts: dict[str, int]


def totals_of(disputes: QuerySet[Dispute]) -> tuple[Total, ...]:
    """Asked and credited per currency; credited is what stands in the ledger, so a reversal takes its part away."""
    stands = RawSQL(STANDS, [], output_field=BigIntegerField())  # noqa: S611 - a fixed text
    sums = (
        disputes.order_by()
        .values("currency")
        .annotate(n=Count("id"), asked=Sum("amount_micros"), given=Sum(stands, default=0))
    )
    return tuple(
        Total(row["n"], Money(row["asked"], row["currency"]), Money(row["given"], row["currency"]))
        for row in sums.order_by("-n", "currency")
    )


def mine(principal: Principal, wanted: MineQuery) -> Mine:
    """A page of a tab of the disputes in scope."""
    rows = _like(principal, wanted)
    page = page_of(rows, ORDER, place_of(wanted.after, wanted.before, ORDER), SIZE)
    places = places_of(page.rows)
    rows_followed = [replace(one, place=places.get(one.row.id)) for one in followed_of(principal, page.rows)]
    followed = page.with_rows(rows_followed)
    return Mine(tab_of(wanted.tab), followed, totals_of(rows), counts_of(principal, wanted.program))


def every(principal: Principal, wanted: MineQuery) -> Iterator[Followed]:
    """All rows of a tab, in the order of the list, a chunk at a time."""
    rows = _like(principal, wanted).order_by("-created_at", "-id")
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield from followed_of(principal, chunk)


def counts_of(principal: Principal, program: int | None = None) -> dict[str, int]:
    """How many wait behind each tab that says so, counted up to COUNT_LIMIT + 1."""
    visible = _of_program(principal, program)
    return {key: visible.filter(TABS[key]).order_by()[: COUNT_LIMIT + 1].count() for key in COUNTED}


def reasons_met(principal: Principal, program: int | None = None) -> list[tuple[str, str]]:
    """The reasons that disputes in scope can have, as code and label, by label."""
    programs = _of_program(principal, program).order_by().values("program").distinct()
    found = Reason.objects.filter(program__in=programs).order_by("label", "code").values_list("code", "label")
    return list(dict(found).items())


def tab_of(named: str) -> str:
    """The tab with that name; for any other the one that waits."""
    return named if named in TABS else PENDING


def followed_of(principal: Principal, disputes: Sequence[Dispute]) -> list[Followed]:
    """Disputes that came from a visible queryset, with what is due and what was said last."""
    dues = dues_of((dispute.pk, Stage(dispute.stage)) for dispute in disputes)
    said = last_messages(principal, [dispute.pk for dispute in disputes])
    return [Followed(row, dues.get(row.id), said.get(row.id)) for row in rows_of(principal, disputes)]


def _of_program(principal: Principal, program: int | None) -> QuerySet[Dispute]:
    visible = disputes_visible_to(principal)
    return visible if program is None else visible.filter(program=program)


def _like(principal: Principal, wanted: MineQuery) -> QuerySet[Dispute]:
    if wanted.ids is not None:
        return disputes_visible_to(principal).filter(pk__in=wanted.ids)
    rows = _of_program(principal, wanted.program).filter(TABS[tab_of(wanted.tab)])
    if wanted.reason:
        rows = rows.filter(reason__code=wanted.reason)
    if wanted.since is not None:
        rows = rows.filter(submitted_at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(submitted_at__lt=wanted.until)
    return rows.filter(_matching(wanted.text.strip())) if wanted.text.strip() else rows


def _matching(text: str) -> Q:
    """The number, the call's id at its source or at the buyer, its invoice, the caller, or words of the explanation."""
    named = re.fullmatch(r"[Dd]?-?(\d{1,18}(?:\.\d{1,5})?)", text)
    found = Q(charge__external_id=text) | Q(charge__buyer_ref=text) | Q(description__icontains=text)
    if named:
        found |= Q(label=f"D-{named[1]}")
    if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER:
        found |= Q(charge__invoice_number=int(text)) | Q(submission__number=int(text))
    digits = re.sub(r"\D", "", text)
    if re.fullmatch(r"[\d\s()+.*/-]+", text):
        caller = to_e164(text)
        if caller is not None:
            found |= Q(charge__caller_e164=caller)
        elif len(digits) == _LAST_DIGITS:
            found |= Q(charge__caller_e164__endswith=digits)
    return found
