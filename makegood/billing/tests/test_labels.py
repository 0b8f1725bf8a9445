"""Labels without days and ordinals: what is taken out, what stays, and that bills still add up by them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

from makegood.billing.policy.decomposition import Bar, Key, Kind, Line, Sheet, compare
from makegood.billing.policy.labels import plain_label
from makegood.billing.policy.spans import Span

OCTOBER, NOVEMBER = Span(date(2026, 10, 1), date(2026, 11, 1)), Span(date(2026, 11, 1), date(2026, 12, 1))
PAIRS = 2_000
NAMES = (
    "Fiber 500", "Block of 20 numbers", "Usage", "Equipment", "Mobile data, 10 GB", "Line 2125550142", "Support 24/7",
    "Static addresses, block of 8", "Octane plan", "Tier 2 minutes", "Trunk (main site)", "Data at 3.50", "5G plan",
)  # fmt: skip


@pytest.mark.parametrize(
    ("label", "plain"),
    [
        ("Equipment installment 5 of 24", "Equipment installment"),
        ("Equipment installment #5", "Equipment installment"),
        ("Installment 5/24", "Installment"),
        ("5th installment", "installment"),
        ("Payment plan 5 of 24", "Payment plan"),
        ("Usage 1 Oct - 31 Oct", "Usage"),
        ("Usage Oct 1-31, 2026", "Usage"),
        ("Data 2026-10-01..2026-10-31", "Data"),
        ("Plan (10/1/2026 - 10/31/2026)", "Plan"),
        ("Charges from 10/01 to 10/31", "Charges"),
        ("Fiber 1G, Nov 11 to Nov 30", "Fiber 1G"),
        ("Plan for October", "Plan"),
        ("Usage Sept. 2026", "Usage"),
        ("Storage 12 May 2026 10:33", "Storage"),
        ("Fiber  500", "Fiber 500"),
        ("May promo", "May promo"),
        ("24/7 support", "24/7 support"),
        ("Internet 1 of 1 Gbit", "Internet 1 of 1 Gbit"),
        ("Rate 3", "Rate 3"),
        ("1 to 14 May", "1 to 14 May"),
        ("", ""),
    ],
)
def test_labels(label: str, plain: str) -> None:
    assert plain_label(label) == plain


def dated(rng: Random, name: str) -> str:
    """The name with days or a place in a series, as a bill may write it."""
    first = date(2026, rng.randrange(1, 13), rng.randrange(1, 15))
    last = first + timedelta(days=rng.randrange(1, 14))
    return rng.choice((
        name,
        f"{name} {first.day} {first:%b} - {last.day} {last:%b}",
        f"{name}, {first:%B} {first.day} to {last:%B} {last.day}, {last.year}",
        f"{name} ({first.isoformat()} to {last.isoformat()})",
        f"{name} {first:%B} {first.year}",
        f"{name} {first:%m/%d/%Y}-{last:%m/%d/%Y}",
        f"{name} {rng.randrange(1, 24)} of 24",
        f"{name}  from {first:%b} {first.day} until {last:%b} {last.day}",
    ))  # fmt: skip


def test_days_and_series_never_make_another_line() -> None:
    rng = Random(28)  # noqa: S311
    for _ in range(PAIRS):
        name = rng.choice(NAMES)
        label = dated(rng, name)
        assert plain_label(label) == name, label
        assert plain_label(plain_label(label)) == plain_label(label)


def bill(rng: Random, period: Span) -> tuple[Sheet, Counter[Key]]:
    """A bill of dated lines, and how often each key stands on it."""
    lines, keys = [], Counter[Key]()
    for _ in range(rng.randrange(1, 9)):
        kind = rng.choice((Kind.RECURRING, Kind.RECURRING, Kind.USAGE, Kind.ONE_TIME))
        key = Key(kind, rng.choice(("", "2125550142")), plain_label(dated(rng, rng.choice(NAMES))))
        quantity = Fraction(rng.randrange(1, 9)) if rng.random() < 0.8 else None
        lines.append(Line(key, rng.randrange(1, 90_000_001), rng.randrange(900_001), quantity))
        keys[key] += 1
    return Sheet("USD", period, tuple(lines)), keys


def test_bars_make_the_difference_and_every_line_stands_in_one_key() -> None:
    rng = Random(29)  # noqa: S311
    for _ in range(PAIRS):
        (old, was), (new, now) = bill(rng, OCTOBER), bill(rng, NOVEMBER)
        found = compare([old], new)
        assert sum(found.bars.values()) == new.total - old.total
        assert found.changes.keys() == was.keys() | now.keys()
        for key, change in found.changes.items():
            assert (change.before.count if change.before else 0) == (was[key] if key.kind is not Kind.ONE_TIME else 0)
            assert (change.after.count if change.after else 0) == (now[key] if key.kind is not Kind.ONE_TIME else 0)
        both = {key for key in was.keys() & now.keys() if key.kind is not Kind.ONE_TIME}
        assert all(part.key not in both for bar in (Bar.NEW, Bar.REMOVED) for part in found.parts_of(bar))
