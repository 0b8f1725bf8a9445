"""The filter of the lead manager: that of the log, over the leads of programs that review leads.

Without anything asked it shows what is billed for, of the last 90 days. A status or a search asks for any outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from makegood.billing.selectors import LogQuery, log_choices
from makegood.billing.selectors.log_query import ANY_TIME, OTHER_CHANNEL
from makegood.disputes.policy.settings import LEAD_WORDS
from makegood.disputes.selectors.call_log import LogWanted
from makegood.disputes.selectors.leads import CHANNEL_WORDS, mark_options, reason_choices, tag_choices
from makegood.disputes.selectors.review_status import StatusOption, status_options
from makegood.parties.models import Program
from makegood.web import programs
from makegood.web.log_fields import LEAD_KEYS, NotRead, Reader
from makegood.web.log_filter import (
    CAN,
    IN_PANEL,
    Asked,
    Part,
    address_of,
    may_name_buyers,
    parts_of,
    query_in,
    query_of,
    status_in,
)
from makegood.web.middleware import PageRequest

RANGE = "90d"
EVERY = "all"
BILLED = {"": None, "yes": True, "no": False}
CHANNELS = {**CHANNEL_WORDS, OTHER_CHANNEL: "Other"}
_PANEL = IN_PANEL | {"billed", "channel", "tag", "because"}


@dataclass(frozen=True)
class LeadsAsked(Asked):
    """What an address asks the lead manager for. ``marks``, ``reasons`` and ``tags`` are those on offer."""

    marks: tuple[StatusOption, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def at(self) -> str:
        """The name of the page's address."""
        return "leads"

    @property
    def noun(self) -> str:
        """What one item is called."""
        return "lead"

    @property
    def tab(self) -> str:
        """What the list is called."""
        return "Leads"

    @property
    def verb(self) -> str:
        """What happened to the items in the range of time."""
        return "received"

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The filters that only the panel has fields for, so that the form keeps them while it is closed."""
        return [(key, text) for key, text in self.typed.items() if key in _PANEL]

    @property
    def is_default_mark(self) -> bool:
        """Whether the outcome is narrowed although nobody asked for it."""
        return self.wanted.mark is not None and not self.typed.get("mark")

    @property
    def exactly(self) -> str:
        """The address of exactly these leads, the outcome said even where it is the usual one."""
        mark = self.wanted.mark.key if self.wanted.mark else EVERY
        length = ANY_TIME if self.wanted.query.looks_for_one else RANGE
        return query_of({**self.typed, "mark": mark, "range": self.typed.get("range") or length})

    def with_status(self, key: str) -> str:
        """The address of the same with another review status; empty for any."""
        return address_of({**self.typed, "status": key})

    @property
    def any_status(self) -> str:
        """The address of the same with any review status."""
        return self.with_status("")


def shown_programs(request: PageRequest) -> tuple[Program, ...]:
    """The programs whose leads the page shows: the one the pages are narrowed to, else all that review leads."""
    known = programs.reviewing_leads(request)
    chosen = programs.chosen(request)
    return (chosen,) if chosen in known and chosen is not None else known


def read(request: PageRequest, *, with_choices: bool, any_outcome: bool = False) -> LeadsAsked:
    """What the address asks for; ``any_outcome`` shows every outcome where none is asked for."""
    reader, shown = Reader(request, LEAD_KEYS), shown_programs(request)
    settings = tuple(one.settings for one in shown) or ({"vocabulary": LEAD_WORDS},)
    program = shown[0] if len(shown) == 1 and len(programs.met(request)) > 1 else None
    marks = mark_options(settings)
    status = reader.read("status", lambda key: status_in(settings, key), None)
    buyer, name = reader.buyer(request) if may_name_buyers(request) else (0, "")
    query = _query(request, reader, program, buyer, tuple(one.pk for one in shown))
    wanted = LogWanted(
        _never_longer(query) if status or reader.typed.get("mark") else query,
        status,
        reader.one_of("can", CAN),
        mark=_mark(reader, marks, query, narrowed=not (any_outcome or status)),
        tag=reader.typed.get("tag", "").lower(),
        reason=reader.typed.get("because", "").upper(),
    )
    named = any(reader.typed.get(key) for key in ("campaign", "category", "outcome"))
    choices = log_choices(request.principal, None, 0, query.leads_of) if with_choices or named else None
    shared = (_said(part, wanted) for part in parts_of(reader, wanted, choices, name, program))
    ids = query.leads_of or ()
    reasons = reason_choices(ids) if with_choices or wanted.reason else ()
    parts = (*shared, *_parts(reader, wanted, dict(reasons)))
    return LeadsAsked(
        wanted, reader.typed, reader.errors, query_of(reader.typed), parts, status_options(settings), program, choices,
        settings, marks, reasons, tag_choices(request.principal, ids) if with_choices else (),
    )  # fmt: skip


def under_status(asked: LeadsAsked, status: StatusOption) -> LogWanted:
    """What the address of a review status asks for: the same leads with that status, of any outcome unless one is
    asked for."""
    mark = asked.wanted.mark if asked.typed.get("mark") else None
    return replace(asked.wanted, status=status, mark=mark, query=_never_longer(asked.wanted.query))


def ranged(asked: LeadsAsked) -> LogWanted:
    """The same with its range said, the usual one where none is asked for."""
    query = asked.wanted.query
    return replace(asked.wanted, query=query if query.range else replace(query, range=RANGE))


def _never_longer(query: LogQuery) -> LogQuery:
    """The same, not widened where it finds nothing: that there is none of a status is an answer."""
    return query if query.range or query.looks_for_one else replace(query, range=RANGE)


def _query(
    request: PageRequest, reader: Reader, program: Program | None, buyer: int, leads_of: tuple[int, ...]
) -> LogQuery:
    named_range = reader.range()
    first, last = reader.days()
    query = query_in(
        request, reader, program, text=reader.typed.get("q", ""), billed=reader.one_of("billed", BILLED),
        customer=buyer, leads_of=leads_of, channel=reader.one_of("channel", {"": "", **{key: key for key in CHANNELS}}),
    )  # fmt: skip
    return replace(query, range=named_range, first=first, last=last, default_range=RANGE)


def _mark(reader: Reader, marks: Sequence[StatusOption], query: LogQuery, *, narrowed: bool) -> StatusOption | None:
    """The outcome asked for; where none is, the first (what is billed for) unless something is searched."""
    if not reader.typed.get("mark"):
        return marks[0] if narrowed and not query.looks_for_one else None

    def named(key: str) -> StatusOption | None:
        found = next((one for one in marks if key in one.keys), None)
        if found is None and key != EVERY:
            raise NotRead(f"“{key}” is no outcome here.")
        return found

    return reader.read("mark", named, None)


def _said(part: Part, wanted: LogWanted) -> Part:
    """A part of the log's sentence in the words of leads."""
    if part.key != "can":
        return part
    return replace(part, words=f"that can {'' if wanted.can else 'not '}be submitted for review")


def _parts(reader: Reader, wanted: LogWanted, reasons: Mapping[str, str]) -> list[Part]:
    """The filters that only leads have."""
    typed, query = reader.typed, wanted.query
    words: Mapping[str, Any] = {
        "mark": "" if typed.get("mark") else None,
        "channel": f"by {CHANNELS[query.channel].lower()}" if query.channel else None,
        "tag": f"tagged “{wanted.tag}”" if wanted.tag else None,
        "because": f"submitted as “{reasons.get(wanted.reason, wanted.reason)}”" if wanted.reason else None,
    }
    return [Part(key, said, address_of(typed, key)) for key, said in words.items() if said is not None]
