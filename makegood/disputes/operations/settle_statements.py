"""Closes statements: what moved with a party since the last one, rounded once, becomes one credit for the books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from makegood.billing.models import BillPeriod
from makegood.disputes import errors
from makegood.disputes.models import StatementCredit
from makegood.disputes.operations.batch import fetch, stored_once
from makegood.disputes.policy.settlement import ROUNDING, Settled, Unsettled, postings, settled
from makegood.disputes.states import PartyKind
from makegood.journal.operations import actor_parameters
from makegood.kernel import clock, sql
from makegood.kernel.answers import Answer
from makegood.ledger.posting import open_accounts
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import customers_visible_to, demand, vendors_visible_to
from makegood.parties.states import Verb

ACCOUNTS = {PartyKind.CUSTOMER: ["AR", "WALLET", "ACCRUED"], PartyKind.VENDOR: ["AP"]}
SIGNS = {PartyKind.CUSTOMER: 1, PartyKind.VENDOR: -1}

Statement = dict[str, Any]


def settle_statements(
    principal: Principal,
    *,
    party: PartyKind,
    up_to: date,
    numbers: Sequence[str] | None = None,
    currency: str | None = None,
    key: str | None = None,
) -> list[Answer]:
    """Close what is on no statement yet, up to and with a day in each party's own zone, for the parties named.

    Without ``numbers`` every party in scope that has something to close. One statement per account and currency;
    nothing to close makes none, so closing twice closes once. One answer per party, with ``party``, ``number`` and
    ``statements``: each with ``number``, ``account``, ``currency``, ``lines`` and the figures in micros. Errors:
    STATEMENT_TOO_EARLY. Refusals per item: NOT_FOUND. Raises NotPermitted, and KeyReused for a key with another body.
    """
    demand(principal, Verb.STATEMENT_CLOSE)
    if up_to > clock.now().date():
        raise errors.StatementTooEarly(day=up_to.isoformat())

    def body() -> dict[str, Any]:
        return {"party": party, "up_to": up_to, "numbers": numbers, "currency": currency}

    def run() -> list[Answer]:
        parties = _in_scope(principal, party, numbers)
        found = _settle(principal, party, parties, up_to, currency)
        asked = [parties[pk] for pk in found] if numbers is None else numbers
        by_number = {number: pk for pk, number in parties.items()}
        return [_answer(place, party, number, by_number, found) for place, number in enumerate(asked)]

    return stored_once(principal, key=key, path="disputes.settle_statements", body=body, run=run)


def _in_scope(principal: Principal, party: PartyKind, numbers: Sequence[str] | None) -> dict[int, str]:
    visible = customers_visible_to(principal) if party is PartyKind.CUSTOMER else vendors_visible_to(principal)
    wanted = visible if numbers is None else visible.filter(number__in=numbers)
    return dict(wanted.order_by("pk").values_list("pk", "number"))


def _answer(
    place: int, party: PartyKind, number: str, ids: Mapping[str, int], found: Mapping[int, list[Statement]]
) -> Answer:
    if number not in ids:
        return Answer.refused(place, NotFound())
    statements = found.get(ids[number], [])
    data = {"party": party.value, "number": number, "statements": statements}
    return Answer(place, ok=True, id=ids[number], data=data)


def _settle(
    principal: Principal, party: PartyKind, ids: Iterable[int], up_to: date, currency: str | None
) -> dict[int, list[Statement]]:
    """The new statements by party."""
    asked = {
        "party": party.value,
        "kinds": ACCOUNTS[party],
        "sign": SIGNS[party],
        "party_ids": list(ids),
        "currency": currency,
        "up_to": up_to,
    }
    expected = _unsettled(party, asked)
    if not expected:
        return {}
    open_accounts([(one.account_key, one.currency) for one in expected])
    open_accounts([(ROUNDING, one.currency) for one in expected])
    with transaction.atomic():
        _lock(expected)
        # Asked again under the lock: whoever came first has written what there was.
        known = {(one.account_key, one.currency) for one in expected}
        going = [one for one in _unsettled(party, asked) if (one.account_key, one.currency) in known]
        return _write(principal, going, up_to) if going else {}


def _unsettled(party: PartyKind, asked: Mapping[str, Any]) -> list[Unsettled]:
    rows = fetch(sql.load("disputes.unsettled"), asked)
    return [
        Unsettled(party, party_id, key, currency, tuple(ids), tuple(micros), early)
        for key, currency, party_id, ids, micros, early in rows
    ]


def _lock(going: Sequence[Unsettled]) -> None:
    keys, currencies = [one.account_key for one in going], [one.currency for one in going]
    fetch(sql.load("disputes.lock_statements"), {"account_keys": keys, "currencies": currencies})


def _write(principal: Principal, going: Sequence[Unsettled], up_to: date) -> dict[int, list[Statement]]:
    last = _last_of(one.account_key for one in going)
    periods = _periods([one.party_id for one in going if one.party is PartyKind.CUSTOMER], up_to)
    before = [last.get((one.account_key, one.currency)) for one in going]
    figures = [
        settled(one, previous.remainder_micros if previous else 0) for one, previous in zip(going, before, strict=True)
    ]
    rows = fetch(
        sql.load("disputes.settle_statements"),
        {
            "up_to": up_to,
            "sequences": [previous.sequence + 1 if previous else 1 for previous in before],
            "previous_ids": [previous.pk if previous else None for previous in before],
            "periods": [periods.get(one.party_id) if one.party is PartyKind.CUSTOMER else None for one in going],
            **_columns(going, figures),
            **_lines(going, figures),
            **actor_parameters(principal),
        },
    )
    statements: dict[int, list[Statement]] = {}
    for ordinal, _, number in rows:
        one, sums = going[ordinal - 1], figures[ordinal - 1]
        statements.setdefault(one.party_id, []).append(
            {
                "number": f"S-{number}",
                "account": one.account_key,
                "currency": one.currency,
                "lines": len(one.micros),
                **vars(sums),
            }
        )
    return statements


def _last_of(account_keys: Iterable[str]) -> dict[tuple[str, str], StatementCredit]:
    """The last statement of each account."""
    rows = StatementCredit.objects.filter(account_key__in=set(account_keys)).order_by(
        "account_key", "currency", "-sequence"
    )
    return {(row.account_key, row.currency): row for row in rows.distinct("account_key", "currency")}


def _periods(customers: Sequence[int], up_to: date) -> dict[int, int]:
    """The bill period of each customer that holds the day."""
    rows = BillPeriod.objects.filter(customer__in=customers, starts_on__lte=up_to, ends_on__gt=up_to)
    return dict(rows.order_by("pk").values_list("customer_id", "pk"))


def _columns(going: Sequence[Unsettled], figures: Sequence[Settled]) -> dict[str, list[Any]]:
    is_customer = [one.party is PartyKind.CUSTOMER for one in going]
    return {
        "parties": [one.party.value for one in going],
        "customer_ids": [one.party_id if mine else None for one, mine in zip(going, is_customer, strict=True)],
        "vendor_ids": [None if mine else one.party_id for one, mine in zip(going, is_customer, strict=True)],
        "account_keys": [one.account_key for one in going],
        "currencies": [one.currency for one in going],
        "sums": [one.sum_micros for one in figures],
        "carried": [one.carried_micros for one in figures],
        "settled": [one.settled_micros for one in figures],
        "remainders": [one.remainder_micros for one in figures],
        "grains": [one.grain_micros for one in figures],
    }


def _lines(going: Sequence[Unsettled], figures: Sequence[Settled]) -> dict[str, list[Any]]:
    posted = [postings(one, sums) for one, sums in zip(going, figures, strict=True)]
    return {
        "posts": [bool(lines) for lines in posted],
        "line_of": [place for place, one in enumerate(going, start=1) for _ in one.micros],
        "line_adjustments": [pk for one in going for pk in one.adjustment_ids],
        "line_micros": [micros for one in going for micros in one.micros],
        "post_of": [place for place, lines in enumerate(posted, start=1) for _ in lines],
        "post_keys": [key for lines in posted for key, _ in lines],
        "post_micros": [micros for lines in posted for _, micros in lines],
    }
