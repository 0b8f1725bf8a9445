"""The books, for those who see everything: the proof, entries, balances."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from makegood.api.errors import BadCursor, BadParameter
from makegood.api.http import Request, Response
from makegood.api.routing import Param, Route
from makegood.api.v1 import finding, paging
from makegood.api.v1.representations import ledger as shapes
from makegood.disputes.selectors.dossiers import handle_of
from makegood.disputes.selectors.submissions import filed_names
from makegood.ledger.errors import WholeLedgerNeeded
from makegood.ledger.selectors import proof
from makegood.ledger.selectors.listed import (
    ACCOUNT_ORDER,
    ENTRY_ORDER,
    EntryFilter,
    account_lines,
    accounts_like,
    contested,
    demand_books,
    entries_like,
    listed_entries,
)
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb

TAG = "ledger"
NOBODY = 0
ACCOUNT = Param("account", str, "The whole key of an account, such as AR:42.", example="AR:42")
CURRENCY = Param("currency", str, "ISO 4217.", example="USD")
FILTERS = (
    Param("dispute", str, "The id of a dispute."),
    ACCOUNT,
    CURRENCY,
    Param("from", str, "Posted at this moment or later.", example="2026-03-01T00:00:00Z"),
    Param("to", str, "Posted before this moment."),
)
KEYED_SO = (Param("prefix", str, "How the account's key begins.", example="AR:"), CURRENCY)


def seen(request: Request) -> None:
    """Raise NotPermitted, WholeLedgerNeeded."""
    demand_books(request.principal)


def proven(request: Request) -> Response:
    """The proof; each law is asked in one statement."""
    with transaction.atomic():
        return Response(body=shapes.proven(proof(), contested(request.principal)))


def entries(request: Request) -> Response:
    """A page of entries."""
    paging.check_known(request, FILTERS)
    wanted = EntryFilter(
        dispute_id=_dispute(request),
        account=request.one("account"),
        currency=request.one("currency"),
        since=finding.at(request, "from"),
        until=finding.at(request, "to"),
    )
    page = paging.page(request, entries_like(request.principal, wanted), ENTRY_ORDER)
    rows = listed_entries(page.rows)
    disputes = sorted({row.dispute_id for row in rows if row.dispute_id is not None})
    names = filed_names(disputes) if disputes else {}

    def shown(row: Any) -> shapes.LedgerEntry:
        return shapes.entry(row, names[row.dispute_id].public_id if row.dispute_id in names else None)

    return Response(body=paging.answered(page.with_rows(rows), shapes.LedgerEntryPage, shown))


def _dispute(request: Request) -> int | None:
    """The dispute that is asked for; one that nobody has has no entries."""
    text = request.one("dispute")
    if not text:
        return None
    try:
        return handle_of(request.principal, text).id
    except NotFound:
        return NOBODY


def balances(request: Request) -> Response:
    """A page of accounts."""
    paging.check_known(request, KEYED_SO)
    rows = accounts_like(request.principal, request.one("prefix"), request.one("currency"))
    page = paging.page(request, rows, ACCOUNT_ORDER)
    shown = page.with_rows(account_lines(page.rows))
    return Response(body=paging.answered(shown, shapes.AccountBalancePage, shapes.balance))


WHOLE = "Only who sees everything reads the books: a limited caller is refused with 403 WHOLE_LEDGER_NEEDED."

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/api/v1/ledger/proof",
        "getLedgerProof",
        proven,
        "Prove that the books add up.",
        TAG,
        scope=seen,
        verb=Verb.LEDGER_VIEW,
        answer=shapes.LedgerProof,
        refusals=(WholeLedgerNeeded,),
        description=f"Every row is read, so ask rarely. {WHOLE}",
    ),
    Route(
        "GET",
        "/api/v1/ledger/entries",
        "listLedgerEntries",
        entries,
        "List entries with their postings, the newest first.",
        TAG,
        scope=seen,
        verb=Verb.LEDGER_VIEW,
        answer=shapes.LedgerEntryPage,
        query=(*FILTERS, *paging.PARAMS),
        refusals=(WholeLedgerNeeded, BadParameter, BadCursor),
        description=WHOLE,
    ),
    Route(
        "GET",
        "/api/v1/ledger/balances",
        "listLedgerBalances",
        balances,
        "List what each account stands at.",
        TAG,
        scope=seen,
        verb=Verb.LEDGER_VIEW,
        answer=shapes.AccountBalancePage,
        query=(*KEYED_SO, *paging.PARAMS),
        refusals=(WholeLedgerNeeded, BadParameter, BadCursor),
        description=WHOLE,
    ),
)
