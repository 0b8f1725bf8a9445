"""Rows of usage as a customer's pages print them: what was used, the change, what it cost, and the log behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from makegood.billing.selectors.usage import Called, DearCall, Span, Used
from makegood.billing.selectors.usage_compared import Compared, Usage
from makegood.kernel.money import Money
from makegood.web.account_words import EVERY, SUBKINDS, change_words, log_address, used_words


@dataclass(frozen=True)
class ServiceShown:
    """One service and kind of usage. ``change`` is in hundredths of the period before; empty where nothing compares."""

    service: str
    what: str
    used: str
    before: str
    change: str
    count: int
    charged: Money | None
    href: str


@dataclass(frozen=True)
class CalledShown:
    """A number called, how often, and the log of those calls."""

    number: str
    used: Used
    talk: str
    href: str


@dataclass(frozen=True)
class DearShown:
    """One of the calls that cost most, and its page."""

    call: DearCall
    talk: str
    href: str


def measured(used: Used | None) -> int:
    """Usage as a whole number to compare or draw: millionths of a unit, else seconds, else records."""
    if used is None:
        return 0
    if used.quantity is not None:
        return int(used.quantity.scaleb(6))
    return used.seconds or used.count


def services_shown(usage: Usage, customer: str) -> list[ServiceShown]:
    """The services of a period beside the one before; ``customer`` is the account number."""
    return [_service(one, usage.span, customer) for one in usage.services]


def _service(one: Compared, span: Span, customer: str) -> ServiceShown:
    href = ""
    if one.now is not None:
        href = log_address(customer, span.first, span.last, kind=EVERY, what=one.subkind, service=one.service_id)
    return ServiceShown(
        service=one.service or "No service",
        what=SUBKINDS[one.subkind],
        used=used_words(one.now, one.unit),
        before=used_words(one.before, one.unit),
        change=change_words(measured(one.now), measured(one.before)) if one.now and one.before else "",
        count=one.now.count if one.now else 0,
        charged=one.now.charged if one.now else None,
        href=href,
    )


def called_shown(called: Sequence[Called], talk: Sequence[str], span: Span, customer: str) -> list[CalledShown]:
    """The numbers called most; a withheld one has no list of its own."""
    return [
        CalledShown(
            one.number,
            one.used,
            words,
            log_address(customer, span.first, span.last, kind=EVERY, called=one.charge_id) if one.is_known else "",
        )
        for one, words in zip(called, talk, strict=True)
    ]
