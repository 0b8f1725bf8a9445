"""Windows and netting on the pure model, against a plain recount."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from makegood.notifications.entries import Book, Page, Recipient
from makegood.notifications.events import Cancellation, Effect, Notice, Party
from makegood.notifications.policy import parse_window
from makegood.notifications.states import Template
from makegood.notifications.tests.world import NOON, minutes

SOMEBODY = Recipient(1, "UTC")
FOUR_HOURS = parse_window("4h")
STEPS = st.lists(
    st.tuples(st.integers(0, 120), st.integers(1, 3), st.sampled_from([-30, 30, 7])), min_size=1, max_size=40
)


def adjusted(event_id: int, at: datetime, charge: int, delta: int) -> Notice:
    party = Party(Template.VENDOR_REVENUE, 1, 1, 1)
    return Notice(event_id, at, party, dispute_id=9, subject_id=charge, charge_id=charge, currency="USD", delta=delta)


def filed(event_id: int, at: datetime, dispute: int) -> Notice:
    return Notice(event_id, at, Party(Template.NEW, 1, 1, 1), dispute, dispute, None, "", 1)


def told(book: Book) -> dict[datetime, set[int]]:
    """What each page tells of: the subjects whose deltas do not cancel out."""
    sums: dict[datetime, Counter[int]] = {}
    for page, effect in book.lines:
        sums.setdefault(page.opens_at, Counter())[effect.subject_id] += effect.delta
    return {opens_at: {subject for subject, net in net_of.items() if net} for opens_at, net_of in sums.items()}


@given(STEPS)
def test_a_vendor_is_told_exactly_of_calls_whose_net_in_the_window_is_not_zero(
    steps: list[tuple[int, int, int]],
) -> None:
    book = Book([], set())
    expected: dict[datetime, Counter[int]] = {}
    at = opens_at = NOON
    for number, (later, charge, delta) in enumerate(steps):
        at += timedelta(minutes=later)
        if not expected or at > opens_at + timedelta(hours=4):
            opens_at = at
        expected.setdefault(opens_at, Counter())[charge] += delta
        book.tell(adjusted(number, at, charge, delta), SOMEBODY, FOUR_HOURS)
    nets = {opened: {charge for charge, net in net_of.items() if net} for opened, net_of in expected.items()}
    assert told(book) == nets


@given(STEPS, st.integers(0, 40))
def test_reading_in_two_parts_tells_the_same(steps: list[tuple[int, int, int]], cut: int) -> None:
    effects: list[Effect] = []
    at = NOON
    for number, (later, dispute, kind) in enumerate(steps):
        at += timedelta(minutes=later)
        withdrawn = kind < 0
        effects.append(Cancellation(number, at, dispute) if withdrawn else filed(number, at, number + 10))
        if kind > 7:
            effects.append(Cancellation(number + 1000, at + timedelta(minutes=1), number + 10))
    whole = put(Book([], set()), effects)
    first = put(Book([], set()), effects[:cut])
    second = put(Book(waiting_after(first), set()), effects[cut:])
    second.lines = first.lines + second.lines
    assert told(second) == told(whole)


def put(book: Book, effects: list[Effect]) -> Book:
    for effect in effects:
        if isinstance(effect, Cancellation):
            book.take_back(effect)
        else:
            book.tell(effect, SOMEBODY, FOUR_HOURS)
    return book


def waiting_after(book: Book) -> list[Page]:
    """The pages that still wait, as they would be read from the database."""
    nets = told(book)
    return [
        Page(page.recipient, page.template, page.window, page.opens_at, page.due_at, 1, nets[page.opens_at])
        for page in book.pages
        if not page.is_over
    ]


def test_what_was_told_before_opens_no_page() -> None:
    book = Book([], {(5, "new", SOMEBODY.id, False)})
    book.tell(filed(5, minutes(0), 1), SOMEBODY, FOUR_HOURS)
    assert (book.pages, book.lines) == ([], [])


def test_a_window_that_is_off_opens_no_page() -> None:
    book = Book([], set())
    book.tell(filed(5, minutes(0), 1), SOMEBODY, parse_window("off"))
    assert (book.pages, book.lines) == ([], [])
