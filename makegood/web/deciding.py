"""The decision panel: what each decision would do, computed before any of them is pressed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from makegood.disputes.entries import HeardItem
from makegood.disputes.errors import TimeUnreadable
from makegood.disputes.selectors.detail import DisputeDetail, words_before_undo
from makegood.disputes.selectors.effect_tables import EffectTable, effect_tables
from makegood.disputes.selectors.partial_amounts import part_for
from makegood.disputes.selectors.queue import next_waiting
from makegood.disputes.states import DecisionKind
from makegood.kernel.answers import Answer, accepted
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.web import undoing
from makegood.web.middleware import PageRequest

HALF = "50%"
LONGEST_TIME = 12
TIME = re.compile(r"(\d{1,5}|(?:\d{1,2}:)?\d{1,3}:\d{2})", re.ASCII)
PRESETS = (("25%", "¼"), ("50%", "½"), ("75%", "¾"))
DONE = {DecisionKind.ACCEPT: "accepted", DecisionKind.PARTIAL: "accepted in part", DecisionKind.REJECT: "rejected"}


@dataclass(frozen=True)
class Typed:
    """What stands in the panel's fields; ``heard`` is a time as typed, by the code of a finding."""

    amount: str = HALF
    note: str = ""
    findings: tuple[str, ...] = ()
    heard: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    field: str = ""


@dataclass(frozen=True)
class Panel:
    """The three decisions with their consequences, and what was typed."""

    accept: EffectTable
    partial: EffectTable | None
    reject: EffectTable
    typed: Typed
    amount_error: str
    note_required: frozenset[str]
    decisions: frozenset[str]
    presets: tuple[tuple[str, str], ...] = PRESETS


def read(request: PageRequest) -> Typed:
    """What was typed into the panel."""
    post = request.POST
    findings = tuple(post.getlist("findings"))
    heard = {code: post.get(f"at-{code}", "").strip()[:LONGEST_TIME] for code in findings}
    return Typed(post.get("amount", "")[:40], post.get("note", "")[:5000], findings, heard)


def heard_in(typed: Typed) -> tuple[HeardItem, ...]:
    """What was heard where, of the findings that have a time: ``0:41``, ``1:02:33``, ``41``. Raises TimeUnreadable."""
    return tuple(HeardItem(code, _ms(text)) for code, text in typed.heard.items() if text)


def _ms(text: str) -> int:
    found = TIME.fullmatch(text)
    if found is None:
        raise TimeUnreadable(text=text)
    seconds = sum(int(part) * size for part, size in zip(found[1].split(":")[::-1], (1, 60, 3_600), strict=False))
    return seconds * 1_000


def remembered(principal: Principal, dispute_id: int) -> Typed:
    """An untouched panel, with the words of a decision that was just taken back."""
    words = words_before_undo(principal, dispute_id)
    return Typed(note=words.note, findings=words.findings)


def panel(principal: Principal, detail: DisputeDetail, typed: Typed) -> Panel | None:
    """The panel for a dispute that can be decided; None otherwise."""
    if not detail.can("accept"):
        return None
    micros, error = None, ""
    try:
        micros = part_for(principal, detail.row.id, typed.amount)
    except Refusal as refusal:
        error = refusal.message
    tables = {table.kind: table for table in effect_tables(principal, detail.row.id, micros)}
    return Panel(
        accept=tables[DecisionKind.ACCEPT],
        partial=tables.get(DecisionKind.PARTIAL),
        reject=tables[DecisionKind.REJECT],
        typed=typed,
        amount_error=error,
        note_required=detail.note_required,
        decisions=detail.decisions,
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


def following(principal: Principal, dispute_id: int) -> dict[str, str]:
    """The next one that waits, as the page's head shows it."""
    number = next_waiting(principal, dispute_id)
    return {"next": number, "next_number": number.removeprefix("D-")}
