"""The decision panel: what each decision would do, computed before any of them is pressed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from makegood.disputes.entries import HeardItem
from makegood.disputes.errors import TimeUnreadable
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.detail import DisputeDetail, words_before_undo
from makegood.disputes.selectors.effect_tables import EffectRow, EffectTable, effect_tables, paid_now
from makegood.disputes.selectors.partial_amounts import part_for
from makegood.disputes.states import DecisionKind
from makegood.kernel.answers import Answer, accepted
from makegood.kernel.errors import Refusal
from makegood.kernel.money import Money
from makegood.kernel.typed_amounts import typed_amount
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb
from makegood.web import undoing
from makegood.web.middleware import PageRequest

HALF = "50%"
LONGEST_TIME = 12
TIME = re.compile(r"(\d{1,5}|(?:\d{1,2}:)?\d{1,3}:\d{2})", re.ASCII)
PRESETS = (("25%", "¼"), ("50%", "½"), ("75%", "¾"))
PARTIES = {"buyer": "Buyer pays", "vendor": "Vendor gets"}
DONE = {DecisionKind.ACCEPT: "accepted", DecisionKind.PARTIAL: "accepted in part", DecisionKind.REJECT: "rejected"}


class Clawback(StrEnum):
    """What is taken back from the vendor, whatever the buyer gets."""

    RULE = "rule"
    NONE = "none"
    WHOLE = "whole"
    TYPED = "typed"


CLAWBACKS = (
    (Clawback.RULE, "Claw back: by rule"),
    (Clawback.NONE, "Claw back: nothing"),
    (Clawback.WHOLE, "Claw back: whole payout"),
    (Clawback.TYPED, "Claw back:"),
)


@dataclass(frozen=True)
class Typed:
    """What stands in the panel's fields; ``heard`` is a time as typed, by the code of a finding.

    ``clawback`` is a :class:`Clawback`, ``taken`` the amount typed for it. ``pressed`` is the decision that was pressed
    once and waits for a second press.
    """

    amount: str = HALF
    note: str = ""
    findings: tuple[str, ...] = ()
    heard: Mapping[str, str] = field(default_factory=dict)
    clawback: str = Clawback.RULE
    taken: str = ""
    pressed: str = ""
    error: str = ""
    field: str = ""


@dataclass(frozen=True)
class Party:
    """One party's line of the panel: what it is now, and what the decisions would make of it."""

    key: str
    label: str
    now: Money | None
    accept: EffectRow
    partial: EffectRow | None


@dataclass(frozen=True)
class Panel:
    """The three decisions with their consequences, and what was typed."""

    accept: EffectTable
    partial: EffectTable | None
    reject: EffectTable
    typed: Typed
    amount_error: str
    clawback_error: str
    note_required: frozenset[str]
    decisions: frozenset[str]
    presets: tuple[tuple[str, str], ...] = PRESETS
    clawbacks: tuple[tuple[Clawback, str], ...] = CLAWBACKS

    @property
    def parties(self) -> tuple[Party, ...]:
        """The three parties, each with both decisions that move money."""
        parts = self.partial.rows if self.partial and not self.partial.code else (None,) * len(self.accept.rows)
        return tuple(
            Party(row.key, PARTIES.get(row.key, row.party), row.before, row, part)
            for row, part in zip(self.accept.rows, parts, strict=True)
        )


def read(request: PageRequest) -> Typed:
    """What was typed into the panel."""
    post = request.POST
    findings = tuple(post.getlist("findings"))
    heard = {code: post.get(f"at-{code}", "").strip()[:LONGEST_TIME] for code in findings}
    mode = post.get("clawback", "")
    return Typed(
        post.get("amount", "")[:40],
        post.get("note", "")[:5000],
        findings,
        heard,
        clawback=Clawback(mode) if mode in set(Clawback) else Clawback.RULE,
        taken=post.get("taken", "").strip()[:40],
        pressed=post.get("pressed", ""),
    )


def heard_in(typed: Typed) -> tuple[HeardItem, ...]:
    """What was heard where, of the findings that have a time: ``0:41``, ``1:02:33``, ``41``. Raises TimeUnreadable."""
    return tuple(HeardItem(code, _ms(text)) for code, text in typed.heard.items() if text)


def _ms(text: str) -> int:
    found = TIME.fullmatch(text)
    if found is None:
        raise TimeUnreadable(text=text)
    seconds = sum(int(part) * size for part, size in zip(found[1].split(":")[::-1], (1, 60, 3_600), strict=False))
    return seconds * 1_000


def remembered(principal: Principal, dispute: Dispute) -> Typed:
    """An untouched panel, with the words and findings of a decision that was just taken back."""
    words = words_before_undo(principal, dispute)
    return Typed(note=words.note, findings=words.findings, heard=words.heard)


def clawback_for(principal: Principal, dispute_id: int, typed: Typed) -> int | None:
    """Micros of the payout's currency to take back from the vendor; None is what the rule says.

    Only who sees payouts may say anything else. Raises BadAmount, AmountTooFine, NotPermitted.
    """
    if typed.clawback == Clawback.RULE:
        return None
    demand(principal, Verb.PAYOUT_VIEW)
    if typed.clawback == Clawback.NONE:
        return 0
    paid = paid_now(principal, dispute_id)
    if typed.clawback == Clawback.WHOLE:
        return paid.micros
    return typed_amount(typed.taken, whole=paid.micros, remaining=paid.micros, currency=paid.currency)


def panel(principal: Principal, detail: DisputeDetail, typed: Typed) -> Panel | None:
    """The panel for a dispute that can be decided; None otherwise."""
    if not detail.can("accept"):
        return None
    return panel_for(principal, detail.row.id, typed, detail.decisions, detail.note_required)


def panel_for(
    principal: Principal, dispute_id: int, typed: Typed, decisions: frozenset[str], note_required: frozenset[str]
) -> Panel:
    """The same for a dispute of which it is known that it can be decided."""
    micros, amount_error, clawback, clawback_error = None, "", None, ""
    try:
        micros = part_for(principal, dispute_id, typed.amount)
    except Refusal as refusal:
        amount_error = refusal.message
    try:
        clawback = clawback_for(principal, dispute_id, typed)
    except Refusal as refusal:
        clawback_error = refusal.message
    tables = {table.kind: table for table in effect_tables(principal, dispute_id, micros, clawback)}
    return Panel(
        accept=tables[DecisionKind.ACCEPT],
        partial=tables.get(DecisionKind.PARTIAL),
        reject=tables[DecisionKind.REJECT],
        typed=typed,
        amount_error=amount_error,
        clawback_error=clawback_error,
        note_required=note_required,
        decisions=decisions,
    )


def _until(answers: Sequence[Answer]) -> datetime:
    ends = [answer.data["commit_after"] for answer in answers]
    return min(end if isinstance(end, datetime) else datetime.fromisoformat(str(end)) for end in ends)


def offer_undo(request: PageRequest, answers: Sequence[Answer], kind: DecisionKind, back: str) -> None:
    """Remember what was just decided, so that the next page can take it back."""
    done = accepted(answers)
    ids = [answer.id for answer in done if answer.id is not None]
    if not ids:
        return
    what = str(done[0].data["number"]) if len(ids) == 1 else f"{len(ids)} disputes"
    undoing.remember(
        request,
        dispute_ids=ids,
        until=_until(done),
        sentence=f"{what} {DONE[kind]}",
        back=back,
    )


def filled(found: Panel, **fields: str) -> Panel:
    """The same panel with something else in its fields."""
    return replace(found, typed=replace(found.typed, **fields))  # type: ignore[arg-type]
