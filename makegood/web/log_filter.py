"""The filter of the log: read from the address, said as a sentence, and written back as the shortest address.

What cannot be read is said at its field and not applied; everything typed is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from makegood.billing.selectors import Choices, LogQuery, log_choices
from makegood.billing.selectors.log_query import ANY_TIME, DATES, DEFAULT_RANGE, length_of
from makegood.billing.states import LogKind
from makegood.disputes.selectors.call_log import LogWanted
from makegood.disputes.selectors.open_charges import window_of
from makegood.disputes.selectors.review_status import StatusOption, status_named, status_options
from makegood.kernel.money import format_money
from makegood.parties.models import Program
from makegood.parties.states import Verb
from makegood.web import programs
from makegood.web.log_fields import KEYS, NotRead, Reader
from makegood.web.middleware import PageRequest

IN_PANEL = frozenset({"can", "buyer", "campaign", "category", "answered", "outcome", "caller", "min", "max"})
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
    return urlencode([(key, typed[key]) for key in KEYS if typed.get(key) and key not in without])


def address_of(typed: Mapping[str, str], *without: str) -> str:
    """The same as a link; a filter of nothing says so, since an address without any opens the person's own view."""
    return "?" + (query_of(typed, *without) or "view=none")


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
    status = reader.read("status", lambda key: _status(settings, key), None)
    named_range = reader.range()
    first, last = reader.days()
    buyer, name = reader.buyer(request) if may_name_buyers(request) else (0, "")
    query = LogQuery(
        range=named_range,
        text=text,
        billed=reader.one_of("billed", BILLED) if "billed" in reader.typed or not text else None,
        program=program.pk if program else 0,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        kind=kind,
        first=first,
        last=last,
        customer=buyer,
        campaign=reader.row("campaign"),
        category=reader.row("category"),
        answered=reader.one_of("answered", ANSWERED),
        disposition=reader.typed.get("outcome") or None,
        caller=reader.caller(),
        min_micros=reader.amount("min"),
        max_micros=reader.amount("max"),
        default_range=default_range(request, program),
    )
    if query.min_micros is not None and query.max_micros is not None and query.max_micros < query.min_micros:
        reader.errors["max"] = "The highest amount is below the lowest."
        query = replace(query, max_micros=None)
    wanted = LogWanted(query, status, reader.one_of("can", CAN))
    named = any(reader.typed.get(key) for key in ("campaign", "category", "outcome"))
    choices = log_choices(request.principal, kind, query.program) if with_choices or named else None
    parts = tuple(_parts(reader, wanted, choices, name, program))
    address = query_of(reader.typed)
    return Asked(wanted, reader.typed, reader.errors, address, parts, statuses, program, choices, settings)


def may_name_buyers(request: PageRequest) -> bool:
    """Whether the person sees charges of several customers, and so may ask for those of one."""
    principal = request.principal
    return principal.customer_id is None and principal.can(Verb.CHARGE_VIEW)


def _status(settings: tuple[Mapping[str, Any], ...], key: str) -> StatusOption:
    found = status_named(settings or ({},), key)
    if found is None:
        raise NotRead(f"“{key}” is no review status here.")
    return found


def _parts(
    reader: Reader, wanted: LogWanted, choices: Choices | None, buyer: str, program: Program | None
) -> list[Part]:
    """Every filter that narrows the list; those with a control in the sentence have no words of their own."""
    query, typed = wanted.query, reader.typed
    low, high = query.min_micros, query.max_micros
    offered = choices or Choices()
    words = {
        "status": "" if wanted.status else None,
        "range": "" if query.range else None,
        "billed": "" if typed.get("billed") else None,
        "can": {True: "that can still be disputed", False: "that can not be disputed", None: None}[wanted.can],
        "program": f"of {program.name}" if program and typed.get("program") else None,
        "buyer": f"for {buyer}" if buyer else None,
        "campaign": _named("campaign", offered.campaigns, query.campaign),
        "category": _named("category", offered.categories, query.category),
        "answered": {True: "that were answered", False: "that were not answered", None: None}[query.answered],
        "outcome": f"ended as “{dict(offered.dispositions).get(query.disposition, query.disposition)}”"
        if query.disposition
        else None,
        "caller": f"from {query.caller}" if query.caller else None,
        "min": f"charged {_amount(low)} or more" if low is not None else None,
        "max": f"charged {_amount(high)} or less" if high is not None else None,
        "q": f"matching “{query.text}”" if query.text else None,
    }
    also = {"range": ("from", "to")}
    return [
        Part(key, said, address_of(typed, key, *also.get(key, ()))) for key, said in words.items() if said is not None
    ]


def _named(what: str, choices: tuple[tuple[str, str], ...], wanted: int) -> str | None:
    return f"of {what} {dict(choices).get(str(wanted), wanted)}" if wanted else None


def _amount(micros: int) -> str:
    """An amount of whatever currency."""
    return format_money(micros, "USD").replace("$", "")
