"""The columns of the queue: which there are, which a person sees, and what each is in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from makegood.disputes.selectors.queue import ALL, DECIDED
from makegood.disputes.selectors.queue_rows import QueueRow
from makegood.kernel.money import Money
from makegood.parties.entries import Preferences
from makegood.web.queue_fields import ORIGINS

PAGE = "queue"
"""The name of this list among preferences and saved views."""
Value = str | int | None | datetime | Money


@dataclass(frozen=True)
class Column:
    """A column: its key in addresses and preferences, its heading, and its value in a file.

    ``only`` names the kinds of lists that have it, waiting or settled; ``is_usual`` whether it is shown
    unasked, and ``usual_in`` in which kind alone.
    """

    key: str
    label: str
    value: Callable[[QueueRow], Value]
    is_amount: bool = False
    is_usual: bool = True
    only: str = ""
    usual_in: str = ""

    def opens(self, kind: str) -> bool:
        """Whether a list of that kind shows it unasked."""
        return self.is_usual and self.usual_in in {"", kind}


def _sound(row: QueueRow) -> Value:
    if row.sound is None:
        return ""
    words = "no speech" if row.sound.is_silent else f"{row.sound.speech_ms // 1000} s of speech"
    return f"{row.sound.duration_ms // 1000} s, {words}, {'heard' if row.was_heard else 'not heard'}"


def _hands(row: QueueRow) -> Value:
    return row.held_by or row.given_to


COLUMNS = (
    Column("due", "Due", lambda row: row.answer_at or row.due_at, only="waiting"),
    Column("decided", "Decided", lambda row: row.dispute.decided_at, only="settled"),
    Column("age", "Waiting", lambda row: row.dispute.submitted_at, is_usual=False),
    Column("buyer", "Buyer", lambda row: row.dispute.charge.customer),
    Column("reason", "Reason", lambda row: row.dispute.reason),
    Column("asked", "Asked", lambda row: row.dispute.asked, is_amount=True),
    Column("credit", "Credit", lambda row: row.dispute.decided, is_amount=True, only="settled"),
    Column("policy", "Policy", lambda row: row.verdict),
    Column("sound", "Recording", _sound, only="waiting"),
    Column("hint", "Hint", lambda row: row.hint.words if row.hint else "", only="waiting"),
    Column("vendor", "Vendor", lambda row: row.dispute.charge.vendor),
    Column("caller", "Caller", lambda row: row.dispute.charge.caller, is_usual=False),
    Column("hands", "Hands", _hands),
    Column("round", "Round", lambda row: row.round, is_usual=False),
    Column("origin", "Origin", lambda row: ORIGINS.get(row.origin, row.origin), is_usual=False),
    Column("status", "Status", lambda row: row.dispute.word.label, usual_in="settled"),
)
BY_KEY = {column.key: column for column in COLUMNS}


def kind_of(tab: str) -> str:
    """Whether a tab lists what waits or what is settled."""
    return "settled" if tab in {DECIDED, ALL, "items"} else "waiting"


def on_offer(tab: str) -> tuple[Column, ...]:
    """The columns that a tab can show, in their order."""
    return tuple(column for column in COLUMNS if column.only in {"", kind_of(tab)})


def chosen(preferences: Preferences, tab: str) -> tuple[str, ...]:
    """The keys of the columns that a person sees in a tab."""
    kept = preferences.columns.get(PAGE)
    offered = on_offer(tab)
    if kept is None:
        return tuple(column.key for column in offered if column.opens(kind_of(tab)))
    shown = tuple(column.key for column in offered if column.key in kept)
    return shown or tuple(column.key for column in offered if column.opens(kind_of(tab)))


def kept_with(preferences: Preferences, tab: str, wanted: Iterable[str]) -> tuple[str, ...]:
    """What to keep when a person chooses columns in one tab: those of the other tabs stay as they were."""
    offered = {column.key for column in on_offer(tab)}
    before = preferences.columns.get(PAGE) or tuple(column.key for column in COLUMNS if column.is_usual)
    now = {key for key in wanted if key in offered} | {key for key in before if key not in offered}
    return tuple(column.key for column in COLUMNS if column.key in now)
