"""The operator's own words in place of the shipped ones: which pieces a message has, and how words are filled in. Pure.

Own words name what they speak of in braces: ``{label} was accepted``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from babel import Locale

from makegood.notifications.states.templates import Template

COUNT, LINE, HEADING = "count", "line", "heading"
SINGLE = ""
"""The form of words that do not count anything."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Piece:
    """Words that can be replaced: ``holders`` are the names they may speak of, ``facts`` bring out this variant.

    One that ``counts`` has a form for each plural of its language.
    """

    key: str
    title: str
    holders: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    counts: bool = False


_COUNTING = Piece(COUNT, "Subject, when there are several", ("count",), counts=True)
_HEADING = Piece(HEADING, "What the message is called")
_ON_ONE = Piece(LINE, "About one dispute", ("label",))

PIECES: Mapping[Template, tuple[Piece, ...]] = {
    Template.NEW: (_HEADING, _COUNTING),
    Template.NEW_BY_OTHERS: (_HEADING, _COUNTING),
    Template.FLAGGED: (_HEADING, _COUNTING),
    Template.REVIEWED: (_HEADING, _COUNTING),
    Template.LETTER: (
        _HEADING,
        _COUNTING,
        Piece("accepted", "Accepted", ("label", "amount"), {"outcome": "accepted"}),
        Piece("accepted_partial", "Accepted in part", ("label", "amount"), {"outcome": "accepted_partial"}),
        Piece("rejected", "Rejected", ("label",), {"outcome": "rejected"}),
        Piece("why", "Title above the explanation"),
        Piece("heard", "Title above what was heard"),
        Piece("guideline", "Title above the guideline"),
        Piece("again", "Title above the way to a second look"),
        Piece("contact", "Title above who answers further questions"),
    ),
    Template.VENDOR_REVENUE: (_HEADING, _COUNTING),
    Template.MONEY_MOVED: (
        _HEADING,
        _COUNTING,
        Piece("reversed", "A credit was reversed", ("label", "amount"), {"tax_micros": 0}),
        Piece("reversed_taxed", "A credit with tax was reversed", ("label", "amount", "tax")),
        Piece(
            "fee", "A fee for a reversal", ("label", "amount", "note"), {"is_fee": True, "tax_micros": 0, "note": ""}
        ),
        Piece("fee_taxed", "A fee with tax", ("label", "amount", "tax", "note"), {"is_fee": True, "note": ""}),
    ),
    Template.REOPENED: (_HEADING, _COUNTING, _ON_ONE),
    Template.REOPENED_OWN: (_HEADING, _COUNTING, _ON_ONE),
    Template.INFO: (_HEADING, _COUNTING, Piece(LINE, "About one dispute", ("label", "question"))),
    Template.ANSWERED: (_HEADING, _COUNTING, _ON_ONE),
    Template.SLA: (
        _HEADING,
        _COUNTING,
        Piece("due", "Something is due", ("what", "label"), {"is_breach": False}),
        Piece("overdue", "Something is overdue", ("what", "label"), {"is_breach": True}),
    ),
    Template.CLOSED: (
        _HEADING,
        _COUNTING,
        Piece("resolution", "Closed with a resolution", ("label", "resolution")),
        Piece("decided", "Closed after a decision", ("label",), {"resolution": "", "outcome": "rejected"}),
        Piece("undecided", "Closed without a decision", ("label",), {"resolution": "", "outcome": ""}),
    ),
    Template.TO_SIGN: (_HEADING, _COUNTING),
    Template.NOT_SIGNED: (_HEADING, _COUNTING, Piece(LINE, "About one dispute", ("label", "cause"))),
    Template.ASSIGNED: (_HEADING, _COUNTING, _ON_ONE),
    Template.ESCALATED: (_HEADING, _COUNTING, Piece(LINE, "About one dispute", ("label", "cause"))),
    Template.FOLLOWED: (
        _HEADING,
        _COUNTING,
        Piece("decided", "It was decided", ("label",), {"news": "decided"}),
        Piece("commented", "Somebody wrote to the parties", ("label",), {"news": "commented"}),
        Piece("noted", "Somebody wrote a note", ("label",), {"news": "noted"}),
    ),
}
"""The pieces of each message. What the machinery tells its owners (broken invariants, webhooks) has none: it names what
broke, and is said alike everywhere."""


@dataclass(frozen=True)
class Own:
    """The operator's words for one language, by message, piece and form; ``locale`` is the language they are in."""

    locale: str = "en"
    said: Mapping[tuple[str, str, str], str] = field(default_factory=dict)

    def words(self, template: Template, piece: str, form: str = SINGLE) -> str:
        """The words of a piece; empty where the shipped ones hold."""
        return self.said.get((template.value, piece, form), "")


NO_WORDS = Own()


def forms_of(locale: str) -> tuple[str, ...]:
    """The plural forms of a language as CLDR names them, ``other`` last: ``one``, ``other``."""
    tags = Locale.parse(locale).plural_form.tags - {"other"}
    order = ("zero", "one", "two", "few", "many")
    return (*(tag for tag in order if tag in tags), "other")


def form_for(locale: str, count: int) -> str:
    """The plural form of a number in a language."""
    return str(Locale.parse(locale).plural_form(count))


def number_of(locale: str, form: str) -> int:
    """A small number that has this form, for a preview."""
    candidates = (1, *range(2, 200), 1_000_000, 0)
    return next((n for n in candidates if form_for(locale, n) == form), 3)


def piece_named(template: Template, key: str) -> Piece | None:
    """A piece of a message; None where it has none of that name."""
    return next((piece for piece in PIECES.get(template, ()) if piece.key == key), None)


def strange_in(text: str, piece: Piece) -> str:
    """The first placeholder that the piece does not know, a stray brace among them; empty when all is well."""
    for name in _PLACEHOLDER.findall(text):
        if name not in piece.holders:
            return f"{{{name}}}"
    rest = _PLACEHOLDER.sub("", text)
    return next((mark for mark in rest if mark in "{}"), "")


def filled(text: str, values: Mapping[str, Any]) -> str:
    """The words with what they name; a name that nothing is known of stays empty."""
    said = _PLACEHOLDER.sub(lambda found: str(values.get(found[1], "")), text)
    return " ".join(said.split())
