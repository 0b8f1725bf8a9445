"""The books as lists: entries with their postings, and what each account stands at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Count, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from makegood.kernel.paging import Key
from makegood.ledger.errors import WholeLedgerNeeded
from makegood.ledger.models import Account, Adjustment, ChargeBalance, Entry, Posting
from makegood.ledger.selectors.entries_of import EntryLine, entry_lines
from makegood.ledger.states import AccountKind
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

ENTRY_ORDER = (Key("id", descending=True),)
ACCOUNT_ORDER = (Key("id"),)


@dataclass(frozen=True)
class EntryFilter:
    """What a list of entries is narrowed by; empty and None mean any. ``account`` is a whole key such as ``AR:42``."""

    dispute_id: int | None = None
    account: str = ""
    currency: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class ListedEntry:
    """An entry, and the dispute whose adjustment it is (None for a settlement)."""

    entry: EntryLine
    dispute_id: int | None
    adjustment_id: int | None


def demand_books(principal: Principal) -> None:
    """Raise NotPermitted without the permission, WholeLedgerNeeded for who does not see everything."""
    demand(principal, Verb.LEDGER_VIEW)
    if not principal.scope.everything:
        raise WholeLedgerNeeded()


def entries_like(principal: Principal, wanted: EntryFilter) -> QuerySet[Entry]:
    """The entries that a filter names. Raises NotPermitted, WholeLedgerNeeded."""
    demand_books(principal)
    rows = Entry.objects.all()
    if wanted.dispute_id is not None:
        of_dispute = Adjustment.objects.filter(dispute_id=wanted.dispute_id)
        rows = rows.filter(pk__in=list(of_dispute.values_list("entry_id", flat=True)))
    if wanted.account:
        accounts = list(Account.objects.filter(key=wanted.account).values_list("pk", flat=True))
        rows = rows.filter(pk__in=Posting.objects.filter(account__in=accounts).values("entry"))
    if wanted.currency:
        rows = rows.filter(pk__in=Posting.objects.filter(currency=wanted.currency).values("entry"))
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    return rows.filter(at__lt=wanted.until) if wanted.until is not None else rows


def listed_entries(rows: Sequence[Entry]) -> list[ListedEntry]:
    """Entries of ``entries_like`` with their postings, in their order."""
    numbers = [row.pk for row in rows]
    lines = {line.id: line for line in entry_lines(numbers)}
    caused = {one.entry_id: one for one in Adjustment.objects.filter(entry__in=numbers)}
    found = []
    for number in numbers:
        cause = caused.get(number)
        found.append(ListedEntry(lines[number], cause.dispute_id if cause else None, cause.pk if cause else None))
    return found


@dataclass(frozen=True)
class AccountLine:
    """What an account stands at, in micros of its currency: debit above zero."""

    key: str
    kind: AccountKind
    currency: str
    micros: int


def account_lines(rows: Sequence[Any]) -> list[AccountLine]:
    """Accounts of ``accounts_like`` in their order."""
    return [AccountLine(row.key, AccountKind(row.kind), row.currency, row.micros) for row in rows]


def accounts_like(principal: Principal, prefix: str = "", currency: str = "") -> QuerySet[Account]:
    """Accounts whose key begins so, each with ``micros``: what it stands at, debit above zero.

    Raises NotPermitted, WholeLedgerNeeded.
    """
    demand_books(principal)
    posted = Posting.objects.filter(account=OuterRef("pk")).order_by().values("account")
    stands = Subquery(posted.annotate(sum=Sum("micros")).values("sum"), output_field=BigIntegerField())
    rows = Account.objects.annotate(micros=Coalesce(stands, Value(0), output_field=BigIntegerField()))
    if prefix:
        rows = rows.filter(key__startswith=prefix)
    return rows.filter(currency=currency) if currency else rows


@dataclass(frozen=True)
class Contested:
    """What was billed, is held and was credited on disputed charges of one currency, in micros."""

    currency: str
    charges: int
    billed_micros: int
    held_micros: int
    credited_micros: int


def contested(principal: Principal) -> list[Contested]:
    """The disputed charges by currency. Raises NotPermitted, WholeLedgerNeeded."""
    demand_books(principal)
    rows = ChargeBalance.objects.order_by("currency").values_list("currency")
    summed = rows.annotate(Count("pk"), Sum("billed_micros"), Sum("held_micros"), Sum("credited_micros"))
    return [Contested(currency, count, *map(int, micros)) for currency, count, *micros in summed]
