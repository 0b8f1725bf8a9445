"""Why a bill is as high as it is: its difference to another one, and the charges behind every part of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from makegood.billing.policy.decomposition import Bar, Change, Key, Kind, per_day
from makegood.billing.policy.spans import same_length
from makegood.billing.selectors.bill_charges import Behind, BilledCharge, charges_behind
from makegood.billing.selectors.bill_lines import subkind_of
from makegood.disputes.selectors.open_charges import open_charges
from makegood.disputes.selectors.rows import DisputeRow, latest_by_charge
from makegood.kernel.money import Money, minor_micros
from makegood.parties.errors import NotFound
from makegood.parties.selectors import customers_visible_to
from makegood.parties.states import Verb
from makegood.web import bill_figures as drawn
from makegood.web.account_inquiry import subjects
from makegood.web.bill_asked import AGAINST, LINE, Asked, Choice, asked_of, bills_at, dispute_address, key_of, said_of
from makegood.web.bill_sentences import SHOWN, Finding, Said, aloud, findings, headline, letter
from makegood.web.bill_words import BAR_MEANS, BAR_WORDS, named, period_name, quantity_text, signed
from makegood.web.figures import Figure
from makegood.web.middleware import PageRequest
from makegood.web.pages import page, respond

MOST = 60
"""So many changes are sentences; the smallest beyond them are told together."""


@dataclass(frozen=True)
class Seen:
    """A charge as it is shown: with its latest dispute, and whether it can be disputed now."""

    charge: BilledCharge
    quantity: str
    dispute: DisputeRow | None = None
    can: bool = False


@dataclass(frozen=True)
class Side:
    """What is behind a part on one side, and the words for it; ``many`` bills make a mean."""

    name: str
    behind: Behind
    rows: tuple[Seen, ...]
    many: int
    is_after: bool
    taxed: bool

    @property
    def sum(self) -> Money:
        """What the charges make together: their amounts, or for taxes what is tax of them."""
        return self.behind.taxes if self.taxed else self.behind.amount


@require_safe
@page(Verb.CUSTOMER_VIEW)
def bill(request: PageRequest, customer_id: int) -> HttpResponse:
    """A bill explained: what changed, in sentences and figures, and a text to read aloud."""
    bills = bills_at(request, customer_id)
    context: dict[str, Any] = {"customer": _customer(request, customer_id), "bills": bills, "against": AGAINST}
    context["subjects"] = subjects(customer_id)
    if not bills:
        return respond(request, "web/inquiries/none.html", context)
    asked = asked_of(request, customer_id, bills)
    said = said_of(request, asked)
    found = findings(said)
    context |= {
        "asked": asked,
        "said": said,
        "choices": _choices(asked),
        "head": headline(said),
        "totals": _totals(said),
        "found": found[:SHOWN],
        "others": found[SHOWN:MOST],
        "left": _left(said, found[MOST:]),
        "figures": _figures(said),
        "aloud": aloud(said, found),
        "dispute_at": dispute_address(customer_id, asked.found.bill, []) if asked.files else "",
        "letter": letter(said, found[:MOST], context["customer"].name),
    }
    return respond(request, "web/inquiries/bill.html", context, part="web/inquiries/body.html")


@require_safe
@page(Verb.CUSTOMER_VIEW)
def bar(request: PageRequest, customer_id: int, part: str) -> HttpResponse:
    """Exactly the charges behind a bar of the difference, or behind a line of both bills, and a dispute of them."""
    bills = bills_at(request, customer_id)
    if not bills:
        raise NotFound()
    asked = asked_of(request, customer_id, bills)
    said, comparison = said_of(request, asked), asked.found.comparison
    line = key_of(asked.found, request.GET.get("line", "")) if part == LINE else None
    chosen = None if line else _bar(part)
    keys = {line} if line else {one.key for one in comparison.parts_of(chosen)} if chosen else set()
    if not keys:
        raise NotFound()
    taxed = chosen is Bar.TAXES
    sides = _sides(request, said, keys, taxed=taxed)
    micros = comparison.changes[line].micros if line else comparison.bars.get(chosen, 0) if chosen else 0
    context = {
        "customer": _customer(request, customer_id),
        "asked": asked,
        "said": said,
        "title": named(line) if line else BAR_WORDS[chosen] if chosen else "",
        "means": "Every charge of it on both bills." if line else BAR_MEANS[chosen] if chosen else "",
        "micros": Money(micros, comparison.currency),
        "sides": sides,
        "parts": _parts(said, keys, chosen),
        "taxed": taxed,
        "figure": drawn.days(said, line) if line and line.kind is Kind.USAGE else None,
        "back": f"{reverse('inquiry_bill', args=[customer_id])}?bill={asked.found.bill.number}"
        f"&against={asked.found.against}",
        "dispute_at": reverse("guided_new", args=[customer_id]) if asked.files else "",
    }
    return respond(request, "web/inquiries/bar.html", context)


def _bar(part: str) -> Bar:
    """The bar of that name. Raises NotFound."""
    if part not in set(Bar):
        raise NotFound()
    return Bar(part)


def _customer(request: PageRequest, customer_id: int) -> Any:
    found = customers_visible_to(request.principal).filter(pk=customer_id).first()
    if found is None:
        raise NotFound()
    return found


def _left(said: Said, found: Sequence[Finding]) -> str:
    """What the changes that are no sentences make; empty where there are none."""
    if not found:
        return ""
    return f"{len(found):,} more together make {signed(sum(one.micros for one in found), said.currency)}."


def _choices(asked: Asked) -> tuple[Choice, ...]:
    """Every other bill of the customer, by its number."""
    others = [one for one in asked.found.bills if one.number != asked.found.bill.number]
    return tuple(Choice(str(one.number), f"{period_name(one, asked.found.bills)}, {one.number}") for one in others)


def _totals(said: Said) -> dict[str, Any]:
    """Both totals and their difference; what they make a day where the periods are not equally long."""
    comparison, found = said.found.comparison, said.found
    before = comparison.before
    totals: dict[str, Any] = {
        "after": Money(comparison.after, comparison.currency),
        "before": None if before is None else Money(before, comparison.currency),
        "difference": None if before is None else Money(comparison.difference, comparison.currency),
    }
    if before is not None and len(found.compared) == 1:
        spans = found.after.sheet.period, found.before[0].sheet.period
        if not same_length(*spans):
            coin = minor_micros(comparison.currency)
            totals["days"] = [
                (span.days, Money(per_day(micros, span, coin), comparison.currency))
                for micros, span in zip((comparison.after, before), spans, strict=True)
            ]
    return totals


def _figures(said: Said) -> list[Figure]:
    """The waterfall, the days of the use of each kind that changed most, the history."""
    usage = [
        change for change in said.found.comparison.changes.values() if change.key.kind is Kind.USAGE and change.after
    ]
    tops: dict[str, Change] = {}
    for change in sorted(usage, key=lambda one: -abs(one.micros)):
        tops.setdefault(subkind_of(change.key), change)
    by_day = (drawn.days(said, change.key) for change in tops.values())
    figures = [drawn.waterfall(said), *by_day, drawn.history(said)]
    return [figure for figure in figures if figure is not None]


def _sides(request: PageRequest, said: Said, keys: Collection[Key], *, taxed: bool) -> list[Side]:
    found, get, principal = said.found, request.GET, request.principal
    after = charges_behind(principal, [found.after], keys, taxed=taxed, after=get.get("after", ""))
    sides = [Side(said.now, after, _judged(request, after.rows), 1, is_after=True, taxed=taxed)]
    if found.compared:
        before = charges_behind(principal, found.before, keys, taxed=taxed, after=get.get("earlier", ""))
        rows = tuple(Seen(row, _quantity(row)) for row in before.rows)
        sides.append(Side(said.was, before, rows, len(found.compared), is_after=False, taxed=taxed))
    return sides


def _judged(request: PageRequest, rows: Sequence[BilledCharge]) -> tuple[Seen, ...]:
    """Charges with their disputes; those that cannot be disputed now are not chosen beforehand."""
    ids = [row.id for row in rows]
    disputes = latest_by_charge(request.principal, ids) if ids and request.principal.can(Verb.DISPUTE_VIEW) else {}
    can = open_charges(ids) if ids else set()
    return tuple(Seen(row, _quantity(row), disputes.get(row.id), row.id in can) for row in rows)


def _quantity(row: BilledCharge) -> str:
    return "" if row.quantity is None else quantity_text(Fraction(row.quantity), row.unit)


def _parts(said: Said, keys: Collection[Key], chosen: Bar | None) -> list[dict[str, Any]]:
    """Every line of a bar: what it makes on each side, its difference, and how much of that is in the bar."""
    currency = said.currency
    rows = []
    for change in sorted((said.found.comparison.changes[key] for key in keys), key=lambda one: -abs(_in(one, chosen))):
        tax = chosen is Bar.TAXES
        was, now = (_amount(one, taxed=tax, key=change.key) for one in (change.before, change.after))
        rows.append({
            "name": named(change.key) if change.key.kind is not Kind.REST else "On no line",
            "was": Money(was, currency), "now": Money(now, currency), "difference": Money(now - was, currency),
            "part": Money(_in(change, chosen), currency), "href": said.link(None, change.key),
        })  # fmt: skip
    return rows


def _in(change: Change, bar: Bar | None) -> int:
    return sum(part.micros for part in change.parts if part.bar is bar) if bar else change.micros


def _amount(one: Any, *, taxed: bool, key: Key) -> int:
    if one is None:
        return 0
    if not taxed:
        return int(one.amount)
    return int(one.tax) + (int(one.amount) if key.kind is Kind.TAX else 0)
