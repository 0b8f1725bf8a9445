"""Figures of a customer's pages: the last bills, days of a period beside those before, a running balance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from makegood.billing.selectors.issued import IssuedBill
from makegood.billing.selectors.usage import Used
from makegood.billing.selectors.usage_compared import Day
from makegood.disputes.selectors.balance_entries import Entry, Ledger
from makegood.kernel import clock
from makegood.web.account_tables import CalledShown
from makegood.web.account_words import change_words, heights, more_or_less, rounded_percent
from makegood.web.figures import Column, Figure, How, Kind, Row, day_text

BARS = 12
NOTHING = "–"  # noqa: RUF001 - an en dash where there is nothing

Linker = Callable[[int], str]


def bills_figure(bills: Sequence[IssuedBill], link: Linker) -> Figure | None:
    """The last twelve bills of the latest currency, the oldest first; None below two, which compare nothing."""
    if not bills:
        return None
    currency = bills[0].bill.currency
    shown = [one for one in bills if one.bill.currency == currency][:BARS][::-1]
    if len(shown) < 2:
        return None
    rows, items = _bill_bars(shown, link)
    return Figure(
        name="bills",
        kind=Kind.COLUMNS,
        title=f"The last {len(shown)} bills",
        finding=bill_finding(shown[-1]),
        columns=(
            Column("Bill of", is_number=False), Column("Number"), Column("Total"), Column("Change"), Column("Share")
        ),
        rows=tuple(rows),
        how=How(
            "Each bar is the total of a bill, with taxes and credits. Change is the difference to the bill before.",
            f"Issued bills in {currency}.",
            clock.now(),
        ),
        series={"items": items},
    )  # fmt: skip


def _bill_bars(shown: Sequence[IssuedBill], link: Linker) -> tuple[list[Row], list[dict[str, Any]]]:
    """Row and mark of each bill."""
    tall = heights([one.total.micros for one in shown])
    latest = shown[-1]
    rows: list[Row] = []
    items: list[dict[str, Any]] = []
    for one, height in zip(shown, tall, strict=True):
        label, href = f"{one.bill.last_day:%b %Y}", link(one.bill.number)
        change = str(one.change) if one.change else NOTHING
        share = _share(one)
        rows.append(Row(label, (str(one.bill.number), str(one.total), change, share or NOTHING), href))
        items.append(
            {
                "label": f"{one.bill.last_day:%b}",
                "value": height,
                "text": str(one.total),
                "now": one is latest,
                "href": href,
                "said": [f"Bill {one.bill.number}, {label}", str(one.total), *([share] if share else [])],
            }
        )
    return rows, items


def bill_finding(latest: IssuedBill) -> str:
    """The latest bill in a sentence, beside the one before."""
    if latest.change is None:
        return f"{latest.bill.last_day:%B} is the first bill: {latest.total}."
    share = _share(latest)
    beside = f" ({share})" if share else ""
    return f"{latest.bill.last_day:%B} is {latest.total}, {more_or_less(latest.change)} the bill before{beside}."


def _share(one: IssuedBill) -> str:
    if one.change is None:
        return ""
    return change_words(one.total.micros, one.total.micros - one.change.micros)


def days_figure(
    name: str, title: str, finding: str, days: Sequence[Day], *, measure: Callable[[Used | None], int],
    words: Callable[[Used | None], str], label: str, link: Callable[[date], str],
) -> Figure:  # fmt: skip
    """Day by day as bars, the same day of the period before as a line. ``measure`` is a whole number to draw with."""
    tall = heights([measure(one.now) for one in days] + [measure(one.before) for one in days])
    now, then = tall[: len(days)], tall[len(days) :]
    has_before = any(one.before for one in days)
    rows, items = [], []
    for one, height, earlier in zip(days, now, then, strict=True):
        cells = (words(one.now) or NOTHING, *([words(one.before) or NOTHING] if has_before else []))
        href = link(one.day) if one.now else ""
        rows.append(Row(day_text(one.day), cells, href))
        said = [day_text(one.day), words(one.now) or "nothing"]
        if has_before:
            said.append(f"period before: {words(one.before) or 'nothing'}")
        items.append(
            {"label": day_text(one.day), "value": height, "before": earlier if has_before else None, "href": href,
             "said": said}
        )  # fmt: skip
    more = (Column("Period before"),) if has_before else ()
    return Figure(
        name=name,
        kind=Kind.COLUMNS,
        title=title,
        finding=finding,
        columns=(Column("Day", is_number=False), Column(label), *more),
        rows=tuple(rows),
        how=How(
            "Each bar is one day; the line is the same day, counted from the beginning, of the period before.",
            f"Records by the day they were made, in {timezone.get_current_timezone_name()}; corrected ones once.",
            clock.now(),
        ),
        series={"items": items},
    )


def called_figure(called: Sequence[CalledShown]) -> Figure | None:
    """The numbers called most as bars, by how often; None below two known ones, which compare nothing."""
    known = [one for one in called if one.href]
    if len(known) < 2:
        return None
    tall = heights([one.used.count for one in known])
    rows, items = [], []
    for one, height in zip(known, tall, strict=True):
        count, charged = f"{one.used.count:,}", str(one.used.charged)
        rows.append(Row(one.number, (count, one.talk, charged), one.href))
        items.append(
            {"label": one.number, "value": height, "text": count, "href": one.href,
             "said": [one.number, f"{count} calls, {one.talk}", charged]}
        )  # fmt: skip
    first = known[0]
    return Figure(
        name="called",
        kind=Kind.COLUMNS,
        title="Numbers called most",
        finding=f"{first.number} was called {first.used.count:,} times, which cost {first.used.charged}.",
        columns=(Column("Number", is_number=False), Column("Calls"), Column("Talk"), Column("Charged")),
        rows=tuple(rows),
        how=How(
            "Each bar is one number; its length is how often it was called in this period.",
            f"The {len(known)} numbers called most; withheld ones are left out.",
            clock.now(),
        ),
        series={"items": items},
        is_open=True,
    )


def balance_figure(ledger: Ledger) -> Figure | None:
    """The balance after each of the last entries, the oldest first; None below two."""
    shown = ledger.entries[:BARS][::-1]
    if len(shown) < 2:
        return None
    tall = heights([one.running.micros for one in shown])
    currency = ledger.balance.billed.currency
    rows, items = [], []
    for one, height in zip(shown, tall, strict=True):
        day = day_text(timezone.localtime(one.at).date())
        rows.append(Row(day, (one.words, str(one.amount), str(one.running))))
        items.append(
            {"label": day, "value": height, "text": str(one.running), "now": one is shown[-1],
             "said": [f"{day}: {one.words}", str(one.amount), f"balance {one.running}"]}
        )  # fmt: skip
    return Figure(
        name=f"balance-{currency.lower()}",
        kind=Kind.COLUMNS,
        title=f"Balance after each entry, {currency}",
        finding=_highest(shown),
        columns=(Column("Day", is_number=False), Column("Entry"), Column("Amount"), Column("Balance")),
        rows=tuple(rows),
        how=How(
            "Bills less payments less credits, one entry after the other. The last bar is the balance.",
            f"The last {len(shown)} entries in {currency}.",
            clock.now(),
        ),
        series={"items": items},
    )


def _highest(shown: Sequence[Entry]) -> str:
    top = max(shown, key=lambda one: one.running.micros)
    day = timezone.localtime(top.at).date()
    return f"Of the last {len(shown)} entries, the balance was highest on {day_text(day)}: {top.running}."


def balance_finding(ledger: Ledger) -> str:
    """The balance in a sentence to read aloud."""
    one = ledger.balance
    came = one.paid + one.called_paid
    share = rounded_percent(came.micros, one.billed.micros)
    paid = f", of which {came} ({share}%) came in" if came and share is not None else ""
    given = f" Credits decided here come to {-one.credited}." if one.credited else ""
    left = f"{one.left} is open" if one.left.micros > 0 else "nothing is open"
    if one.left.micros < 0:
        left = f"{-one.left} stands in the customer's favor"
    return f"{one.billed} was billed{paid}.{given} As far as is known here, {left}."
