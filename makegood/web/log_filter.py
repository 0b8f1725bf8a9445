"""The filter of the log: read from the address, said as a sentence, and written back as the shortest address.

What cannot be read is said at its field and not applied; everything typed is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from makegood.billing.selectors import Choices, LogQuery, log_choices
from makegood.billing.selectors.log_query import ANY_TIME, DATES, DEFAULT_RANGE, NONE, length_of
from makegood.billing.states import LogKind
from makegood.disputes.selectors.call_log import LogWanted
from makegood.disputes.selectors.open_charges import window_of
from makegood.disputes.selectors.review_status import StatusOption, status_named, status_options
from makegood.kernel.money import format_money
from makegood.parties.models import Program
from makegood.parties.states import Verb
from makegood.web import programs
from makegood.web.log_fields import KEYS, LEAD_KEYS, NotRead, Reader
from makegood.web.middleware import PageRequest
from makegood.web.typed_amounts import amounts_in

IN_PANEL = frozenset(
    {"can", "buyer", "campaign", "category", "answered", "outcome", "service", "called", "what", "caller", "min", "max"}
)
PRESETS = ("1d", "4d", "7d", "30d", "90d", "365d")
BILLED = {"": True, "no": False, "all": None}
ANSWERED = {"": None, "yes": True, "no": False}
CAN = {"": None, "yes": True, "no": False}
NOUNS = {
    LogKind.CALLS: ("call", "Calls", "received"),
    LogKind.LEADS: ("lead", "Leads", "received"),
    LogKind.USAGE: ("usage record", "Usage", "used"),
    LogKind.LINES: ("invoice line", "Invoice lines", "billed"),
    None: ("charge", "Everything", "made"),
}
"""What the items of a kind are called, its tab, and what happened to them."""
MOST_WINDOWS = 10


@dataclass(frozen=True)
class Part:
    """One active filter: its words in the sentence, and the address without it."""

    key: str
    words: str
    without: str


@dataclass(frozen=True)
class Asked:
    """What an address asks the log for. ``typed`` is as it was typed, ``errors`` says what could not be read."""

    wanted: LogWanted
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    query: str
    parts: tuple[Part, ...]
    statuses: tuple[StatusOption, ...]
    program: Program | None
    choices: Choices | None
    settings: tuple[Mapping[str, Any], ...] = field(repr=False, default=())

    @property
    def at(self) -> str:
        """The name of the page's address."""
        return "calls"

    @property
    def noun(self) -> str:
        """What one item is called."""
        return NOUNS[self.wanted.query.kind][0]

    @property
    def tab(self) -> str:
        """What the list is called."""
        return NOUNS[self.wanted.query.kind][1]

    @property
    def verb(self) -> str:
        """What happened to the items in the range of time."""
        return NOUNS[self.wanted.query.kind][2]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The filters that only the panel has fields for, so that the form keeps them while it is closed."""
        return [(key, text) for key, text in self.typed.items() if key in IN_PANEL]

    @property
    def drop(self) -> dict[str, str]:
        """The address without each active filter."""
        return {part.key: part.without for part in self.parts}

    @property
    def foreign_status(self) -> bool:
        """Whether the status asked for is none of the programs' own words."""
        status = self.wanted.status
        return status is not None and all(status.label != option.label for option in self.statuses)

    @property
    def unlisted(self) -> dict[str, bool]:
        """Whether what is asked for is none of the choices on offer."""
        offered = self.choices or Choices()
        lists = {"campaign": offered.campaigns, "category": offered.categories, "outcome": offered.dispositions}
        return {key: bool(self.typed.get(key)) and self.typed[key] not in dict(pairs) for key, pairs in lists.items()}

    @property
    def only_open(self) -> str:
        """The address of those that can still be disputed."""
        return address_of({**self.typed, "can": "yes"})

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the time, the tab and the program narrows the list."""
        return bool(self.typed.keys() - {"kind", "range", "from", "to", "program"})

    @property
    def widened(self) -> str:
        """The address of the same over a longer time."""
        longer = DEFAULT_RANGE if self.widens_to_30 else ANY_TIME
        kept = {key: text for key, text in self.typed.items() if key not in {"from", "to"}}
        return address_of(kept | {"range": longer})

    @property
    def widens_to_30(self) -> bool:
        """Whether the next longer time is a month."""
        length, month = length_of(self.wanted.query.range), length_of(DEFAULT_RANGE)
        return length is not None and month is not None and length < month

    @property
    def unbilled_too(self) -> str:
        """The address of the same, billed or not."""
        return address_of({**self.typed, "billed": "all"})

    @property
    def in_sentence(self) -> tuple[Part, ...]:
        """The active filters that have no control of their own in the sentence."""
        return tuple(part for part in self.parts if part.words)


def query_of(typed: Mapping[str, str], *without: str) -> str:
    """The query string of a filter, without some of its keys."""
    return urlencode([(key, typed[key]) for key in (*KEYS, *LEAD_KEYS) if typed.get(key) and key not in without])


def address_of(typed: Mapping[str, str], *without: str) -> str:
    """The same as a link; a filter of nothing says so, since an address without any opens the person's own view."""
    return "?" + (query_of(typed, *without) or "view=none")


def with_more(query: str, more: dict[str, str]) -> str:
    """A query string with more keys, as the end of an address."""
    params = QueryDict(query, mutable=True)
    params.update(more)
    return f"?{params.urlencode()}" if params else ""


def range_words(name: str) -> str:
    """How a range reads in the sentence."""
    if name in {ANY_TIME, DATES}:
        return "at any time" if name == ANY_TIME else "between two days"
    length = length_of(name)
    if length is None or length == timedelta(days=1):
        return "in the last 24 hours"
    whole = not length % timedelta(days=1)
    return f"in the last {length.days} days" if whole else f"in the last {length // timedelta(hours=1)} hours"


def range_options(used: str, default: str) -> list[tuple[str, str]]:
    """The ranges on offer with their words, the shortest first, those in use among them."""
    lengths = {name: length for name in (*PRESETS, used, default) if (length := length_of(name)) is not None}
    return [(name, range_words(name)) for name in (*sorted(lengths, key=lambda one: lengths[one]), ANY_TIME, DATES)]


def default_range(request: PageRequest, program: Program | None) -> str:
    """The dispute window of the program; of several the longest."""
    asked = [program] if program else programs.met(request)[:MOST_WINDOWS]
    windows = {window_of(one.pk) or DEFAULT_RANGE for one in asked}
    return max(windows, key=lambda name: length_of(name) or timedelta(), default=DEFAULT_RANGE)


def kind_asked(request: PageRequest, kinds: tuple[LogKind, ...]) -> LogKind | None:
    """The tab: the one asked for, everything where something is searched, else the first."""
    named = request.GET.get("kind", "")
    if named in set(kinds):
        return LogKind(named)
    if len(kinds) == 1:
        return kinds[0]
    searched = request.GET.get("q") or request.GET.get("caller")
    return None if named == "all" or searched or not kinds else kinds[0]


def read(request: PageRequest, kinds: tuple[LogKind, ...], *, with_choices: bool) -> Asked:
    """What the address asks for."""
    reader, program = Reader(request), programs.chosen(request)
    settings = tuple(one.settings for one in ([program] if program else programs.met(request)))
    kind, text = kind_asked(request, kinds), reader.typed.get("q", "")
    statuses = status_options(settings or ({},))
    status = reader.read("status", lambda key: status_in(settings, key), None)
    named_range = reader.range()
    first, last = reader.days()
    buyer, name = reader.buyer(request) if may_name_buyers(request) else (0, "")
    billed = reader.one_of("billed", BILLED) if "billed" in reader.typed or not text else None
    query = query_in(request, reader, program, kind=kind, text=text, billed=billed, customer=buyer)
    wanted = LogWanted(
        replace(query, range=named_range, first=first, last=last, default_range=default_range(request, program)),
        status,
        reader.one_of("can", CAN),
    )
    named = any(reader.typed.get(key) for key in ("campaign", "category", "outcome"))
    choices = log_choices(request.principal, kind, query.program) if with_choices or named else None
    parts = tuple(parts_of(reader, wanted, choices, name, program))
    address = query_of(reader.typed)
    return Asked(wanted, reader.typed, reader.errors, address, parts, statuses, program, choices, settings)


def query_in(request: PageRequest, reader: Reader, program: Program | None, **known: Any) -> LogQuery:
    """The query of the fields that every list of charges has; ``known`` are read already."""
    amounts = amounts_in(request, reader, program)
    return LogQuery(
        program=program.pk if program else 0,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        campaign=reader.row("campaign", NONE),
        category=reader.row("category"),
        answered=reader.one_of("answered", ANSWERED),
        disposition=reader.typed.get("outcome") or None,
        service=reader.service(request),
        called=reader.called(request),
        what=reader.what(),
        caller=reader.caller(),
        min_micros=amounts.low,
        max_micros=amounts.high,
        currency=amounts.currency,
        **known,
    )


def may_name_buyers(request: PageRequest) -> bool:
    """Whether the person sees charges of several customers, and so may ask for those of one."""
    principal = request.principal
    return principal.customer_id is None and principal.can(Verb.CHARGE_VIEW)


def status_in(settings: tuple[Mapping[str, Any], ...], key: str) -> StatusOption:
    """The review status that a key names in programs with these settings. Raises NotRead."""
    found = status_named(settings or ({},), key)
    if found is None:
        raise NotRead(f"“{key}” is no review status here.")
    return found


def parts_of(
    reader: Reader, wanted: LogWanted, choices: Choices | None, buyer: str, program: Program | None
) -> list[Part]:
    """Every filter that narrows the list; those with a control in the sentence have no words of their own."""
    query, typed = wanted.query, reader.typed
    low, high = query.min_micros, query.max_micros
    offered = choices or Choices()
    words = {
        "status": "" if wanted.status else None,
        "range": "" if query.range and typed.get("range") else None,
        "billed": _billed_words(query, typed),
        "can": {True: "that can still be disputed", False: "that can not be disputed", None: None}[wanted.can],
        "program": f"of {program.name}" if program and typed.get("program") else None,
        "buyer": f"for {buyer}" if buyer else None,
        "campaign": _named("campaign", offered.campaigns, query.campaign),
        "category": _named("category", offered.categories, query.category),
        "answered": {True: "that were answered", False: "that were not answered", None: None}[query.answered],
        "outcome": f"ended as “{dict(offered.dispositions).get(query.disposition, query.disposition)}”"
        if query.disposition
        else None,
        "service": f"on {reader.names['service']}" if query.service else None,
        "called": f"to {reader.names['called']}" if query.called else None,
        "what": f"of {query.what.replace('_', ' ')}" if query.what else None,
        "caller": f"from {query.caller}" if query.caller else None,
        "min": f"charged {format_money(low, query.currency)} or more" if low is not None else None,
        "max": f"charged {format_money(high, query.currency)} or less" if high is not None else None,
        "q": f"matching “{query.text}”" if query.text else None,
    }
    also = {"range": ("from", "to")}
    return [
        Part(key, said, address_of(typed, key, *also.get(key, ()))) for key, said in words.items() if said is not None
    ]


def _billed_words(query: LogQuery, typed: Mapping[str, str]) -> str | None:
    """Of a list of leads in words; the log has a control for it in its sentence."""
    if not typed.get("billed"):
        return None
    return "" if query.leads_of is None else "on a bill" if query.billed else "not on a bill yet"


def _named(what: str, choices: tuple[tuple[str, str], ...], wanted: int) -> str | None:
    if wanted == NONE:
        return f"without a {what}"
    return f"of {what} {dict(choices).get(str(wanted), wanted)}" if wanted else None
