"""What the charge log is narrowed by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from makegood.billing.models import Charge, Invoice
from makegood.billing.states import ChargeKind, LogKind, Subkind
from makegood.kernel import clock
from makegood.kernel.phones import to_e164

ANY_TIME, DATES, DEFAULT_RANGE = "all", "dates", "30d"
_LENGTH = re.compile(r"([1-9][0-9]{0,3})([hd])", re.ASCII)
_VISIBLE_DIGITS = 4
_FEWEST_DIGITS = 7

KINDS: dict[LogKind, Q] = {
    LogKind.CALLS: Q(kind=ChargeKind.USAGE, subkind=Subkind.CALL),
    LogKind.LEADS: Q(kind=ChargeKind.USAGE, subkind=Subkind.LEAD),
    LogKind.USAGE: Q(kind=ChargeKind.USAGE) & ~Q(subkind__in=[Subkind.CALL, Subkind.LEAD]),
    LogKind.LINES: Q(kind=ChargeKind.INVOICE_FEATURE),
}
"""Every charge is of exactly one kind."""


ANY_LEAD = Q(kind=ChargeKind.USAGE, subkind__in=[Subkind.CALL, Subkind.LEAD])
"""The leads of a program that reviews leads: what is called one, and calls, which are leads by telephone there."""
PHONE, FORM = "phone", "form"
CHANNELS: dict[str, Q] = {
    PHONE: Q(lead_channel=PHONE) | Q(lead_channel="", subkind=Subkind.CALL),
    FORM: Q(lead_channel=FORM),
}
OTHER_CHANNEL = "other"
NONE = -1
"""Asks for charges without a campaign."""


def channel_of(charge: Charge) -> str:
    """How a lead came in: ``phone`` (a call is one whatever it says), ``form``, another word, or empty."""
    return channel_word(charge.lead_channel, charge.subkind)


def channel_word(said: str, subkind: str) -> str:
    """The same of what its source says and of its subkind."""
    return said or (PHONE if subkind == Subkind.CALL else "")


def _of_channel(name: str) -> Q:
    if name == OTHER_CHANNEL:
        return ~CHANNELS[PHONE] & ~CHANNELS[FORM]
    return CHANNELS.get(name, Q(lead_channel=name))


def kind_of(charge: Charge) -> LogKind:
    """The kind of one charge."""
    if charge.kind == ChargeKind.INVOICE_FEATURE:
        return LogKind.LINES
    return {Subkind.CALL: LogKind.CALLS, Subkind.LEAD: LogKind.LEADS}.get(Subkind(charge.subkind), LogKind.USAGE)


def length_of(name: str) -> timedelta | None:
    """How long a range such as ``4d`` or ``36h`` is; None for anything else."""
    found = _LENGTH.fullmatch(name)
    if found is None:
        return None
    return timedelta(days=int(found[1])) if found[2] == "d" else timedelta(hours=int(found[1]))


@dataclass(frozen=True)
class LogQuery:
    """What the address asks for; empty, zero and None mean any. ``called`` is where calls went (E.164), ``what`` the
    subkind of the charge.

    ``range`` is a length back from now (``4d``, ``36h``), ``all``, or ``dates``: from ``first`` until ``last``
    (exclusive). An unknown one is the default. Amounts in micros, whatever the currency. ``leads_of`` asks for the
    leads of these programs alone, calls among them; ``channel`` is how they came in.
    """

    range: str = DEFAULT_RANGE
    text: str = ""
    billed: bool | None = None
    program: int = 0
    after: str = ""
    before: str = ""
    kind: LogKind | None = None
    first: datetime | None = None
    last: datetime | None = None
    customer: int = 0
    campaign: int = 0
    category: int = 0
    answered: bool | None = None
    disposition: str | None = None
    caller: str = ""
    min_micros: int | None = None
    max_micros: int | None = None
    currency: str = ""
    default_range: str = DEFAULT_RANGE
    leads_of: tuple[int, ...] | None = None
    service: int = 0
    called: str = ""
    what: str = ""
    channel: str = ""

    @property
    def since(self) -> datetime | None:
        """The earliest time shown."""
        if self.range == DATES:
            return self.first
        if self.range == ANY_TIME:
            return None
        return clock.now() - (length_of(self.range) or length_of(DEFAULT_RANGE) or timedelta())

    @property
    def until(self) -> datetime | None:
        """The first time that is too late."""
        return self.last if self.range == DATES else None

    @property
    def looks_for_one(self) -> bool:
        """Whether it names a charge or a caller, so that any time is meant; the end of a number names neither."""
        named = self.caller.strip() or self.text.strip()
        return bool(named) and not _is_end(named)


def _is_end(text: str) -> bool:
    return text.strip().isdecimal() and len(text.strip()) == _VISIBLE_DIGITS


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text) if re.fullmatch(r"[\d\s()+.*/-]+", text) else ""


def called_from(text: str) -> Q | None:
    """Charges of this caller, in any punctuation; four digits match a number's end. None where it is no number."""
    digits = _digits(text.strip())
    e164 = to_e164(text.strip()) if len(digits) >= _FEWEST_DIGITS else None
    if e164:
        return Q(caller_e164=e164)
    return Q(caller_e164__endswith=digits) if len(digits) == _VISIBLE_DIGITS else None


def matching(charges: QuerySet[Charge], text: str) -> Q:
    """Those of some charges with this id, on this invoice, or from this caller.

    Each way to be found is a statement of its own that an index answers; the end of a number alone is compared row by
    row, so the caller bounds the time.
    """
    wanted = text.strip()
    ways = [Q(external_id=wanted)]
    if wanted.isdecimal() and len(wanted) < 18:
        ways += [Q(pk=int(wanted)), Q(invoice__in=Invoice.objects.filter(number=int(wanted)))]
    by_caller = called_from(wanted)
    if _is_end(wanted) and by_caller is not None:
        return ways[0] | ways[1] | by_caller
    if by_caller is not None:
        ways.append(by_caller)
    first, *others = (charges.filter(way).order_by().values("pk") for way in ways)
    return Q(pk__in=first.union(*others, all=True)) if others else ways[0]


def filtered(charges: QuerySet[Charge], query: LogQuery) -> QuerySet[Charge]:
    """Those of some charges that the query names."""
    named = {
        "occurred_at__gte": query.since,
        "occurred_at__lt": query.until,
        "program": query.program or None,
        "customer": query.customer or None,
        "campaign": query.campaign if query.campaign > 0 else None,
        "campaign__isnull": True if query.campaign == NONE else None,
        "category": query.category or None,
        "service": query.service or None,
        "destination_e164": query.called or None,
        "subkind": query.what or None,
        "answered": query.answered,
        "disposition": query.disposition,
        "billed_at__isnull": None if query.billed is None else not query.billed,
        "currency": query.currency or None,
        "billed_micros__gte": query.min_micros,
        "billed_micros__lte": query.max_micros,
    }
    found = charges.filter(Q(**{name: value for name, value in named.items() if value is not None}))
    if query.kind is not None:
        found = found.filter(KINDS[query.kind])
    if query.leads_of is not None:
        found = found.filter(ANY_LEAD, program__in=query.leads_of)
    if query.channel:
        found = found.filter(_of_channel(query.channel))
    if query.caller.strip():
        found = found.filter(called_from(query.caller) or Q(pk__in=[]))
    return found.filter(matching(charges, query.text)) if query.text.strip() else found
