"""The filter of the queue: read from the address, said as a sentence, and written back as the shortest address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from makegood.disputes.selectors import queue_offers as offers
from makegood.disputes.selectors.queue import AGAIN, ALL, FIRST, ME, NOBODY, PENDING, SLA, STATUSES, TABS, QueueQuery
from makegood.kernel import clock
from makegood.kernel.money import format_money
from makegood.parties.models import Program
from makegood.web import programs
from makegood.web.log_filter import Part
from makegood.web.middleware import PageRequest
from makegood.web.notice_items import notice_of
from makegood.web.queue_fields import GROUPS, KEYS, ORIGINS, ROUNDS, QueueReader, age_words
from makegood.web.typed_amounts import amounts_in

NOUNS = {
    PENDING: "pending dispute",
    "mine": "dispute in my hands",
    "info": "dispute that waits for an answer",
    "breaching": "dispute past its time",
    "signature": "dispute that waits for a second signature",
    "decided": "dispute decided today",
    ALL: "dispute",
}
PLURALS = {tab: words.replace("dispute", "disputes", 1).replace("waits", "wait") for tab, words in NOUNS.items()}
PLURALS["breaching"] = "disputes past their time"
IN_SENTENCE = frozenset({"reason", "sla", "status"})
"""Filters that have a control of their own in the sentence."""


@dataclass(frozen=True)
class Asked:
    """What an address asks the queue for. ``typed`` is as it was typed, ``errors`` says what could not be read.

    ``said`` is the query string of the filter without places, ``group`` caller, vendor or empty.
    """

    query: QueueQuery
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    said: str
    parts: tuple[Part, ...]
    group: str
    program: Program | None

    @property
    def drop(self) -> dict[str, str]:
        """The address without each active filter."""
        return {part.key: part.without for part in self.parts}

    @property
    def in_sentence(self) -> tuple[Part, ...]:
        """The active filters that have no control of their own."""
        return tuple(part for part in self.parts if part.words)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What a form of the sentence's own controls has to carry along."""
        return [(key, text) for key, text in self.typed.items() if key not in IN_SENTENCE]

    @property
    def is_narrow(self) -> bool:
        """Whether anything but tab and program narrows the list."""
        return self.query.is_filtered

    @property
    def everything(self) -> str:
        """The address of the tab without any filter."""
        return address_of({key: text for key, text in self.typed.items() if key in {"tab", "program"}})

    def noun(self, count: int) -> str:
        """What so many of its rows are called."""
        tab = self.query.tab if self.query.tab in NOUNS else PENDING
        return (NOUNS if count == 1 else PLURALS)[tab]

    def grouped(self, by: str) -> str:
        """The address of the same in groups, or of its rows where ``by`` is empty."""
        return address_of({**self.typed, "group": by})


def query_of(typed: Mapping[str, str], *without: str) -> str:
    """The query string of a filter, without some of its keys; the tab that opens first is not written."""
    pairs = [(key, typed[key]) for key in KEYS if typed.get(key) and key not in without]
    return urlencode([(key, text) for key, text in pairs if (key, text) != ("tab", PENDING)])


def address_of(typed: Mapping[str, str], *without: str) -> str:
    """The same as a link."""
    return "?" + query_of(typed, *without)


def midnight_of() -> datetime:
    """When the viewer's day began."""
    return timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)


def read(request: PageRequest) -> Asked:
    """What the address asks for. Raises NotFound for a notice that is not the viewer's."""
    reader, program, notice = QueueReader(request), programs.chosen(request), notice_of(request)
    caller, caller_shown = reader.same()
    buyer, buyer_name = reader.buyer(request)
    tab = reader.typed.get("tab", PENDING)
    currency = reader.currency()
    amounts = amounts_in(request, reader, program, currency)
    query = QueueQuery(
        tab=tab if tab in TABS else PENDING,
        midnight=midnight_of(),
        reason=reader.row("reason"),
        buyer=buyer,
        vendor=reader.row("vendor"),
        program=program.pk if program and not notice else 0,
        ids=notice.dispute_ids if notice else None,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        status=reader.status(),
        currency=amounts.currency or currency,
        min_micros=amounts.low,
        max_micros=amounts.high,
        older_s=reader.age(),
        verdict=reader.code("verdict"),
        finding=reader.code("finding"),
        sla=reader.sla(),
        assignee=reader.assignee(),
        round=reader.one_of("round", ROUNDS),
        origin=reader.origin(),
        caller=caller,
        team=reader.code("team").lower(),
        case=reader.case(),
    )
    said = _words(request, reader, query, program, {"same": caller_shown, "buyer": buyer_name})
    parts = tuple(Part(key, words, address_of(reader.typed, key)) for key, words in said.items() if words is not None)
    group = reader.one_of("group", GROUPS)
    return Asked(query, reader.typed, reader.errors, query_of(reader.typed), parts, group, program)


def read_query(request: PageRequest, text: str) -> Asked:
    """The same for the query string of another address, such as a saved view's, a form's or the lane's."""
    before = request.GET
    try:
        request.GET = QueryDict(text.removeprefix("?"))
        return read(request)
    finally:
        request.GET = before


def _words(
    request: PageRequest, reader: QueueReader, query: QueueQuery, program: Program | None, called: Mapping[str, str]
) -> dict[str, str | None]:
    """The words of every active filter; those with a control in the sentence have none of their own."""
    principal, typed = request.principal, reader.typed
    reason = offers.reason_called(principal, query.reason) if query.reason else ""
    vendor = offers.vendor_called(principal, query.vendor) if query.vendor else ""
    return {
        "status": "" if query.status else None,
        "reason": ("" if reason else f"for reason {query.reason}") if query.reason else None,
        "sla": "" if query.sla else None,
        "program": f"of {program.name}" if program and typed.get("program") else None,
        "buyer": f"by {called['buyer']}" if query.buyer else None,
        "vendor": f"from {vendor or 'another vendor'}" if query.vendor else None,
        "same": f"with the caller {called['same']}" if query.caller else None,
        "currency": f"in {query.currency}" if query.currency and typed.get("currency") else None,
        "min": _amount("or more", query.min_micros, query.currency),
        "max": _amount("or less", query.max_micros, query.currency),
        "age": f"older than {age_words(typed['age'])}" if query.older_s else None,
        "verdict": f"against the rule “{query.verdict.replace('_', ' ').lower()}”" if query.verdict else None,
        "finding": f"with the finding “{query.finding.replace('_', ' ').lower()}”" if query.finding else None,
        "assignee": _assigned(query.assignee),
        "round": {FIRST: "in the first round", AGAIN: "in a further round"}.get(query.round),
        "origin": ORIGINS[query.origin] if query.origin else None,
        "team": f"for {team_words(query.team).lower()}" if query.team else None,
        "case": f"of the case D-{query.case}" if query.case else None,
    }


def _amount(words: str, micros: int | None, currency: str) -> str | None:
    if micros is None:
        return None
    return f"of {format_money(micros, currency)} {words}"


def _assigned(assignee: int) -> str | None:
    if not assignee:
        return None
    return {ME: "in my hands", NOBODY: "that nobody has"}.get(assignee) or f"with {offers.person_named(assignee)}"


def team_words(team: str) -> str:
    """A team as people call it: ``Accounts receivable``."""
    return team.replace("_", " ").capitalize()


def choices() -> dict[str, tuple[tuple[str, str], ...]]:
    """Fixed choices of the panel, as value and words."""
    return {
        "statuses": tuple((key, words) for key, (words, _) in STATUSES.items()),
        "slas": tuple(SLA.items()),
        "rounds": ((FIRST, "The first"), (AGAIN, "A further one")),
        "origins": tuple((key, words[:1].upper() + words[1:]) for key, words in ORIGINS.items() if key),
    }
