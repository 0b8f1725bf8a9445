"""Reads of statements, scoped by their party."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from makegood.disputes.models import StatementCredit
from makegood.kernel import sql
from makegood.kernel.money import plain
from makegood.parties.entries import Principal
from makegood.parties.selectors import customers_visible_to, demand, vendors_visible_to
from makegood.parties.states import Verb


@dataclass(frozen=True)
class StatementRow:
    """One statement, amounts in micros of ``currency``, signed as the party's balance sees them."""

    number: str
    party: str
    party_number: str
    party_name: str
    account: str
    currency: str
    up_to: date
    bill_period: int | None
    lines: int
    sum_micros: int
    carried_micros: int
    settled_micros: int
    remainder_micros: int
    at: datetime
    external_ref: str

    def as_json(self) -> dict[str, Any]:
        """Plain values; amounts as exact decimals."""
        amounts = ("sum", "carried", "settled", "remainder")
        plain_values = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in vars(self).items()
            if not name.endswith("_micros")
        }
        return plain_values | {name: plain(getattr(self, f"{name}_micros"), self.currency) for name in amounts}


@dataclass(frozen=True)
class StatementLine:
    """One adjustment on a statement: what it was and for which item."""

    statement: str
    dispute: str
    kind: str
    at: datetime
    external_source: str
    external_id: str
    invoice_number: int | None
    currency: str
    net_micros: int
    tax_micros: int
    micros: int

    def as_json(self) -> dict[str, Any]:
        """Plain values; amounts as exact decimals."""
        amounts = {
            "net": self.net_micros,
            "tax": self.tax_micros,
            "amount": self.micros,
        }
        rest = {name: value for name, value in vars(self).items() if not name.endswith("micros")}
        return rest | {"at": self.at.isoformat()} | {k: plain(v, self.currency) for k, v in amounts.items()}


def statements_visible_to(principal: Principal) -> QuerySet[StatementCredit]:
    """The statements of parties in scope. Raises NotPermitted."""
    demand(principal, Verb.LEDGER_VIEW)
    if principal.scope.everything:
        return StatementCredit.objects.all()
    return StatementCredit.objects.filter(
        Q(customer__in=customers_visible_to(principal)) | Q(vendor__in=vendors_visible_to(principal))
    )


def statements(
    principal: Principal, *, numbers: Sequence[int] | None = None, since: date | None = None
) -> list[StatementRow]:
    """Statements by number: the named ones, or those that close on ``since`` or later. Raises NotPermitted."""
    rows = statements_visible_to(principal).select_related("customer", "vendor", "bill_period")
    if numbers is not None:
        rows = rows.filter(number__in=numbers)
    if since is not None:
        rows = rows.filter(up_to__gte=since)
    return [_row(row, row.line_count) for row in rows.annotate(line_count=Count("lines")).order_by("number")]


def _row(row: StatementCredit, lines: int) -> StatementRow:
    party = row.customer or row.vendor
    return StatementRow(
        str(row),
        row.party,
        party.number if party else "",
        party.name if party else "",
        row.account_key,
        row.currency,
        row.up_to,
        row.bill_period.number if row.bill_period else None,
        lines,
        row.sum_micros,
        row.carried_micros,
        row.settled_micros,
        row.remainder_micros,
        row.at,
        row.external_ref,
    )


def statement_lines(principal: Principal, *, numbers: Sequence[int]) -> Iterator[StatementLine]:
    """The lines of the named statements, in their order. Raises NotPermitted."""
    visible = list(statements_visible_to(principal).filter(number__in=numbers).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(sql.load("disputes.statement_lines"), {"ids": visible})
        for number, *facts in cursor.fetchall():
            yield StatementLine(f"S-{number}", *facts)
