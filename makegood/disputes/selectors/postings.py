"""The money of one dispute for those who may see the ledger: in plain words, then as debits and credits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.core.exceptions import ObjectDoesNotExist

from makegood.disputes.selectors.detail import DisputeDetail
from makegood.disputes.states import Stage
from makegood.kernel.money import Money, format_money
from makegood.ledger.selectors import PostingLine, balance_of, entries_of
from makegood.ledger.states import AdjustmentKind
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

KINDS = {
    AdjustmentKind.CREDIT: "Credit",
    AdjustmentKind.REVERSAL: "Reversal",
    AdjustmentKind.REVERSAL_FEE: "Reversal fee",
}


class Balance(Protocol):
    """The guard row of a charge, as the ledger answers it."""

    currency: str
    payout_currency: str
    billed_micros: int
    held_micros: int
    credited_micros: int
    payout_micros: int
    clawed_micros: int

    @property
    def remaining_micros(self) -> int: ...


@dataclass(frozen=True)
class MoneyLine:
    """One posting: a debit or a credit."""

    account: str
    key: str
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True)
class MoneyEntry:
    """One entry; its lines sum to zero per currency."""

    id: int
    at: datetime
    kind: str
    lines: tuple[MoneyLine, ...]


@dataclass(frozen=True)
class MoneyFact:
    """One figure of the charge."""

    label: str
    amount: Money


@dataclass(frozen=True)
class MoneyPage:
    """Sentences, figures, what is held, and the entries."""

    sentences: tuple[str, ...]
    facts: tuple[MoneyFact, ...]
    held: Money | None
    held_until: datetime | None
    entries: tuple[MoneyEntry, ...]


def _line(posting: PostingLine) -> MoneyLine:
    amount = Money(abs(posting.micros), posting.currency)
    is_debit = posting.micros > 0
    return MoneyLine(posting.words, posting.account, amount if is_debit else None, None if is_debit else amount)


def _entries(dispute_id: int) -> tuple[MoneyEntry, ...]:
    return tuple(
        MoneyEntry(entry.id, entry.at, KINDS[AdjustmentKind(entry.kind)], tuple(map(_line, entry.postings)))
        for entry in entries_of(dispute_id)
    )


def _facts(balance: Balance) -> tuple[MoneyFact, ...]:
    buyer, payout = balance.currency, balance.payout_currency
    return (
        MoneyFact("Billed to the buyer", Money(balance.billed_micros, buyer)),
        MoneyFact("Held in an undo window", Money(balance.held_micros, buyer)),
        MoneyFact("Credited", Money(balance.credited_micros, buyer)),
        MoneyFact("Left to dispute", Money(balance.remaining_micros, buyer)),
        MoneyFact("Paid out to the vendor", Money(balance.payout_micros, payout)),
        MoneyFact("Taken back from the vendor", Money(balance.clawed_micros, payout)),
    )


def _sentences(detail: DisputeDetail, balance: Balance) -> tuple[str, ...]:
    row, live = detail.row, detail.live
    said = []
    if balance.held_micros and row.stage is Stage.DECIDED:
        held = format_money(balance.held_micros, balance.currency)
        said.append(f"{held} is held for this decision. Nothing is posted before the undo window ends.")
    if live.credit:
        credit, tax = format_money(live.credit, detail.currency), format_money(live.tax, detail.currency)
        said.append(f"The buyer got {credit} back{f', and {tax} tax with it' if live.tax else ''}.")
        back = format_money(live.clawback, detail.payout_currency)
        said.append(
            f"{back} of the payout was taken back from the vendor."
            if live.clawback
            else "Nothing was taken back from the vendor."
        )
    if not said:
        said.append("No money has moved for this dispute.")
    return tuple(said)


def money_of(principal: Principal, detail: DisputeDetail) -> MoneyPage | None:
    """The money of a dispute; None without the verb, and before it was submitted."""
    if not principal.can(Verb.LEDGER_VIEW):
        return None
    try:
        balance = balance_of(detail.charge_id)
    except ObjectDoesNotExist:
        return None
    held = Money(balance.held_micros, balance.currency) if balance.held_micros else None
    return MoneyPage(
        _sentences(detail, balance),
        _facts(balance),
        held,
        detail.row.commit_after,
        _entries(detail.row.id),
    )
