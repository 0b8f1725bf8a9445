"""The books: the proof that they add up, entries with their postings, and what each account stands at."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from makegood.api.v1.representations.shapes import Money, Page, micros
from makegood.ledger.selectors import PostingLine, Proof, TrialLine
from makegood.ledger.selectors.laws import Break
from makegood.ledger.selectors.listed import AccountLine, Contested, ListedEntry
from makegood.ledger.states import WORDS, AccountKind

EntryId = Annotated[str, Meta(pattern=r"^ent_[1-9]\d*$", description="The id of an entry.", examples=["ent_12"])]


class TrialBalance(Struct, frozen=True):
    """Debits and credits of one kind of account."""

    kind: str
    words: str
    debit: Money
    credit: Money
    accounts: int
    postings: int


class CurrencyProof(Struct, kw_only=True):
    """One currency: its trial balance, whose debits equal its credits, and the disputed charges behind it."""

    currency: str
    balanced: bool
    debit: Money
    credit: Money
    lines: list[TrialBalance]
    charges: int
    billed: Money
    held: Money
    credited: Money


class LawProof(Struct, frozen=True):
    """A law of the ledger, and whether every row keeps it."""

    law: str
    holds: bool


class BrokenEntry(Struct, frozen=True):
    """Where a law does not hold, and what was found there."""

    law: str
    where: str
    found: str


class LedgerProof(Struct, kw_only=True):
    """The books proven from their rows alone, in one snapshot. ``first_broken`` is null when everything holds."""

    holds: bool
    entries: int
    postings: int
    adjustments: int
    currencies: list[CurrencyProof]
    laws: list[LawProof]
    first_broken: BrokenEntry | None


class LedgerPosting(Struct, frozen=True):
    """One line of an entry: a debit or a credit; the other is null."""

    account: str
    words: str
    debit: Money | None
    credit: Money | None


class LedgerEntry(Struct, kw_only=True):
    """An entry; its postings sum to zero per currency. ``dispute`` is null for a settlement of a statement."""

    id: EntryId
    at: datetime
    kind: str
    dispute: str | None
    adjustment: int | None
    postings: list[LedgerPosting]


class LedgerEntryPage(Page):
    """Entries, the newest first."""

    items: list[LedgerEntry]


class AccountBalance(Struct, frozen=True):
    """An account; ``signed_balance`` is above zero for a debit."""

    account: str
    kind: str
    words: str
    signed_balance: Money


class AccountBalancePage(Page):
    """Accounts, the oldest first."""

    items: list[AccountBalance]


def proven(proof: Proof, contested: list[Contested]) -> LedgerProof:
    """A proof as the service writes it."""
    charges = {one.currency: one for one in contested}
    broken = {one.law for one in proof.breaks}
    return LedgerProof(
        holds=proof.holds,
        entries=proof.entries,
        postings=proof.postings,
        adjustments=proof.adjustments,
        currencies=[_currency(proof, charges, currency) for currency in sorted({*proof.totals, *charges})],
        laws=[LawProof(law, law not in broken) for law in proof.checks],
        first_broken=_broken(proof.breaks[0]) if proof.breaks else None,
    )


def _currency(proof: Proof, charges: dict[str, Contested], currency: str) -> CurrencyProof:
    debit, credit = proof.totals.get(currency, (0, 0))
    facts = charges.get(currency, Contested(currency, 0, 0, 0, 0))
    return CurrencyProof(
        currency=currency,
        balanced=debit == credit,
        debit=micros(debit, currency),
        credit=micros(credit, currency),
        lines=[_line(line) for line in proof.lines if line.currency == currency],
        charges=facts.charges,
        billed=micros(facts.billed_micros, currency),
        held=micros(facts.held_micros, currency),
        credited=micros(facts.credited_micros, currency),
    )


def _line(line: TrialLine) -> TrialBalance:
    return TrialBalance(
        kind=line.kind,
        words=WORDS[AccountKind(line.kind)],
        debit=micros(line.debit_micros, line.currency),
        credit=micros(line.credit_micros, line.currency),
        accounts=line.accounts,
        postings=line.postings,
    )


def _broken(one: Break) -> BrokenEntry:
    return BrokenEntry(one.law, one.where, one.found)


def entry(row: ListedEntry, dispute: str | None) -> LedgerEntry:
    """An entry as the service writes it; ``dispute`` is the public id."""
    return LedgerEntry(
        id=f"ent_{row.entry.id}",
        at=row.entry.at,
        kind=row.entry.kind,
        dispute=dispute,
        adjustment=row.adjustment_id,
        postings=[_posting(line) for line in row.entry.postings],
    )


def _posting(line: PostingLine) -> LedgerPosting:
    amount = micros(abs(line.micros), line.currency)
    debit, credit = (amount, None) if line.micros > 0 else (None, amount)
    return LedgerPosting(line.account, line.words, debit, credit)


def balance(row: AccountLine) -> AccountBalance:
    """An account as the service writes it."""
    return AccountBalance(row.key, row.kind.value, WORDS[row.kind], micros(row.micros, row.currency))
