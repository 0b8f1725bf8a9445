"""The bills of a customer with what is in dispute of each, and one bill with its lines and how each of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from makegood.billing.selectors import BillLine
from makegood.billing.selectors.bill_pages import KindSum, line_page, line_sums
from makegood.billing.selectors.facts import many_charge_facts
from makegood.billing.selectors.issued import IssuedBill, OpenPeriod, issued_bills, open_period
from makegood.billing.selectors.usage_on_bills import UsageOnBill, usage_on_bill
from makegood.disputes.eligibility import Verdict
from makegood.disputes.policy import Severity
from makegood.disputes.selectors.account import account_seen
from makegood.disputes.selectors.call_log import CallRow, call_rows
from makegood.disputes.selectors.disputed import InDispute, disputes_on_bill, in_dispute_by_bill, in_dispute_on_bill
from makegood.disputes.selectors.rows import DisputeRow
from makegood.kernel.money import Money
from makegood.kernel.paging import Page
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb

MOST_DISPUTES = 100


@dataclass(frozen=True)
class BillRow:
    """A bill in the list; ``disputed`` is None where nothing of it is in dispute."""

    issued: IssuedBill
    disputed: InDispute | None
    is_overdue: bool


@dataclass(frozen=True)
class Bills:
    """All issued bills, the newest first, and the period that no bill was issued for yet."""

    rows: tuple[BillRow, ...]
    open_period: OpenPeriod | None


@dataclass(frozen=True)
class LineRow:
    """A line of a bill. ``charge`` says how it stands; None for credits, which nobody disputes."""

    line: BillLine
    charge: CallRow | None
    can_override: bool = False

    @property
    def can_pick(self) -> bool:
        """Whether it can go into a dispute, if need be by overriding a rule."""
        return self.charge is not None and (bool(self.charge.can_dispute) or self.can_override)


@dataclass(frozen=True)
class LineGroup:
    """The lines of one kind on a page; ``whole`` is what all of that kind come to on the bill."""

    subkind: str
    lines: tuple[LineRow, ...]
    whole: KindSum

    @property
    def total(self) -> Money:
        """What all lines of the kind come to, those on other pages included."""
        return self.whole.total


@dataclass(frozen=True)
class BillSeen:
    """One bill: a page of its lines in groups, its usage records, and the disputes about it. Sums are those of all
    lines. ``unexplained`` is what its total has beyond its lines; None where it states no total."""

    issued: IssuedBill
    page: Page[LineRow]
    groups: tuple[LineGroup, ...]
    lines: int
    usage: tuple[UsageOnBill, ...]
    disputes: tuple[DisputeRow, ...]
    disputed: InDispute | None
    lines_total: Money
    unexplained: Money | None
    before: int | None = None
    is_overdue: bool = False
    pickable: int = field(default=0)


def account_bills(principal: Principal, customer_id: int, today: date) -> Bills:
    """The bills of a customer in scope."""
    disputed = in_dispute_by_bill(principal, customer_id)
    rows = [
        BillRow(one, disputed.get(one.bill.id), one.is_overdue(today)) for one in issued_bills(principal, customer_id)
    ]
    return Bills(tuple(rows), open_period(principal, customer_id))


def account_bill(
    principal: Principal, customer_id: int, number: int, today: date, after: str = "", before: str = ""
) -> BillSeen:
    """One bill of a customer with a page of its lines. Raises NotPermitted, and NotFound for one that is not there, is
    another customer's, is out of scope, or is not issued."""
    account_seen(principal, customer_id)
    bills = issued_bills(principal, customer_id)
    issued = next((one for one in bills if one.bill.number == number), None)
    if issued is None:
        raise NotFound()
    bill = issued.bill
    sums = line_sums(principal, bill.id, bill.currency)
    page = line_page(principal, bill.id, bill.currency, [one.kind for one in sums], after, before)
    rows = _lines(principal, page.rows)
    total = sum((one.total for one in sums), Money(0, bill.currency))
    older = [one for one in bills[bills.index(issued) + 1 :] if one.bill.currency == bill.currency]
    return BillSeen(
        issued=issued,
        page=page.with_rows(rows),
        groups=tuple(_groups(rows, sums)),
        lines=sum(one.count for one in sums),
        usage=tuple(usage_on_bill(principal, bill.id)),
        disputes=tuple(disputes_on_bill(principal, customer_id, bill.id, MOST_DISPUTES)),
        disputed=in_dispute_on_bill(principal, customer_id, bill.id),
        lines_total=total,
        unexplained=bill.total - total if bill.total is not None else None,
        before=older[0].bill.number if older else None,
        is_overdue=issued.is_overdue(today),
        pickable=sum(row.can_pick for row in rows),
    )


def _lines(principal: Principal, lines: Sequence[BillLine]) -> list[LineRow]:
    ids = [line.charge_id for line in lines if line.charge_id is not None]
    facts = many_charge_facts(principal, ids)
    rows = {row.charge.id: row for row in call_rows(principal, [facts[pk] for pk in ids if pk in facts])}
    overrides = principal.can(Verb.DISPUTE_OVERRIDE) and principal.can(Verb.DISPUTE_CREATE)
    found = []
    for line in lines:
        row = rows.get(line.charge_id) if line.charge_id is not None else None
        can = overrides and row is not None and row.dispute is None and _overridable(row.verdict)
        found.append(LineRow(line, row, can_override=can))
    return found


def _overridable(verdict: Verdict | None) -> bool:
    """Whether only rules stand in the way that may be overridden with a cause."""
    return verdict is not None and all(rule.severity is Severity.OVERRIDE for rule in verdict.in_the_way)


def _groups(rows: list[LineRow], sums: list[KindSum]) -> list[LineGroup]:
    """The kinds that a page has lines of."""
    by_kind = [(one, tuple(row for row in rows if row.line.subkind == one.kind)) for one in sums]
    return [LineGroup(one.kind, lines, one) for one, lines in by_kind if lines]
