"""500 random walks on PostgreSQL, step by step beside the pure model: same answers, same money, same history.

All walks go in step, and what they do at one step goes to the operations in batches of mixed size, so good and bad
items share statements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection

from makegood.disputes import operations
from makegood.disputes.entries import DraftItem, SubmitItem
from makegood.disputes.lifecycle import Verb
from makegood.disputes.models import Reason
from makegood.disputes.operations.commit import commit, open_accounts_for
from makegood.disputes.selectors import laws as dispute_laws
from makegood.disputes.selectors.rows import live_credits
from makegood.disputes.states import Door, Outcome
from makegood.disputes.tests.model import Charge, Rules, rebuilt
from makegood.disputes.tests.walking import FEE_TAX, KEYED, Task, Walk, next_task
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.ledger.selectors import proof
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer, Program
from makegood.parties.operations import create_customer
from tests.world import World

WALKS, STEPS, SEED = 500, 10, 4_711
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
RULES = [{"type": "permission", "severity": "block"}, {"type": "no_open_dispute", "severity": "block"}]
CURRENCIES = [
    ("USD", "USD", 10_000),
    ("USD", "EUR", 10_000),
    ("JPY", "JPY", 1_000_000),
    ("KWD", "USD", 1),
    ("EUR", "EUR", 1),
]
OVERRIDES = {
    "reopen": True,
    "max_rounds": 3,
    "reversal_fee": {"default": "5.00", "max": "25.00"},
    "fee_tax_rate": "0.0825",
    "decision_note": {},
    "auto_budget": {"count": 1_000_000},
}
PROGRAMS = (
    (True, "proportional"),
    (False, "proportional"),
    (True, "none"),
    (False, "full_on_accept"),
    (False, "capped_at_credit"),
)


@dataclass
class Bench:
    """The people and the chance."""

    buyer: Principal
    manager: Principal
    random: Random
    keys: Iterator[str]
    answers: Counter[str] = field(default_factory=Counter)


def _programs(world: World) -> list[tuple[Program, Rules]]:
    made: list[tuple[Program, Rules]] = []
    for close, mode in PROGRAMS:
        program = operations.install_preset(
            SYSTEM,
            preset_key="call_marketplace",
            key=f"p{len(made)}",
            overrides={**OVERRIDES, "auto_close": close, "clawback": mode},
        )
        since = datetime(2001, 1, 1, tzinfo=UTC)
        operations.publish_policy(SYSTEM, program=program, rules=RULES, effective_from=since)
        Reason.objects.filter(program=program, code="BOT").update(implies_non_billable=True)
        made.append((program, Rules(close, mode, 3, FEE_TAX)))
    return made


def _walk(
    world: World, programs: Sequence[tuple[Program, Rules]], customers: Sequence[Customer], random: Random
) -> Walk:
    program, rules = random.choice(programs)
    currency, payout_currency, grain = random.choice(CURRENCIES)
    billed = grain * random.randrange(1, 10 ** random.randrange(2, 11))
    vendor = world.vendor if random.random() < 0.85 else None
    charge = world.charge(
        program=program,
        customer=random.choice(customers),
        vendor=vendor,
        billed_at=START if random.random() < 0.9 else None,
        currency=currency,
        billed_micros=billed,
        tax_micros=billed * 8 // 100 if random.random() < 0.5 else 0,
        payout_currency=payout_currency,
        payout_micros=random.randrange(billed * 2),
    )
    model = Charge(
        billed=billed,
        tax=charge.tax_micros,
        payout=charge.payout_micros,
        same_currency=currency == payout_currency,
        vendor=vendor is not None,
        rules=rules,
    )
    return Walk(model, charge.pk)


def _send(bench: Bench, verb: str, items: list[Any], door: Door, key: str) -> list[Answer]:
    buyer, manager = bench.buyer, bench.manager
    ids = [item.dispute_id for item in items if not isinstance(item, DraftItem | SubmitItem)]
    match verb:
        case Verb.SUBMIT:
            return operations.submit(buyer, items=items, key=key)
        case Verb.SAVE_DRAFT | Verb.EDIT | Verb.WITHDRAW | Verb.PROVIDE_INFO | Verb.REQUEST_RE_REVIEW:
            answers: list[Answer] = getattr(operations, verb)(buyer, items=items)
            return answers
        case Verb.AUTO_ACCEPT:
            return operations.auto_accept(ids, "as agreed")
        case Verb.LAPSE | Verb.BREACH:
            answers = getattr(operations, verb)(ids)
            return answers
        case Verb.ACCEPT | Verb.ACCEPT_PARTIAL | Verb.REJECT:
            return operations.decide(manager, items=items, door=door, key=key)
    keyed = {"key": key} if verb in KEYED else {}
    answers = getattr(operations, verb)(manager, items=items, **keyed)
    return answers


def _commit(tasks: list[Task]) -> None:
    ids = [task.item.dispute_id for task in tasks]
    open_accounts_for(ids)
    done = {answer.id for answer in commit(ids)}
    assert done == {task.item.dispute_id for task in tasks if not task.code}
    assert commit(ids) == []


def _run(bench: Bench, tasks: list[Task], door: Door) -> None:
    """Send tasks of one verb; the answers must be the model's. Now and then the command is sent twice."""
    verb = tasks[0].verb
    if verb is Verb.COMMIT:
        _commit(tasks)
        return
    items, key = [task.item for task in tasks], next(bench.keys)
    answers = _send(bench, verb, items, door, key)
    assert [(answer.ordinal, answer.code) for answer in answers] == [(n, task.code) for n, task in enumerate(tasks)]
    bench.answers.update(answer.code or "ok" for answer in answers)
    if verb in KEYED and bench.random.random() < 0.3:
        before = _print()
        assert _send(bench, verb, items, door, key) == answers
        assert _print() == before
    for task, answer in zip(tasks, answers, strict=True):
        if answer.ok and len(task.walk.ids) < len(task.walk.charge.cases):
            assert answer.id is not None
            task.walk.ids.append(answer.id)


def _print() -> tuple[Any, ...]:
    """What a repeated command may not change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT max(id) FROM journal_event), (SELECT count(*) FROM ledger_posting),"
            " (SELECT sum(lock_version) FROM disputes_dispute), (SELECT count(*) FROM disputes_decision),"
            " (SELECT sum(held_micros + credited_micros) FROM ledger_charge_balance)"
        )
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _rows(query: str) -> dict[int, tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _compare(walks: list[Walk]) -> None:
    """Every dispute and every balance is as the model has it."""
    disputes = _rows(
        "SELECT d.id, d.charge_id, d.stage, d.outcome, d.round, d.amount_micros, coalesce(d.decided_micros, 0),"
        " coalesce(h.held_micros, 0) FROM disputes_dispute d LEFT JOIN ledger_hold h ON h.dispute_id = d.id"
    )
    balances = _rows(
        "SELECT charge_id, held_micros, credited_micros, tax_credited_micros, clawed_micros, non_billable_mark"
        " FROM ledger_charge_balance"
    )
    for walk in walks:
        charge = walk.charge
        for dispute_id, case in zip(walk.ids, charge.cases, strict=True):
            expected = (walk.charge_id, case.stage, case.outcome, case.round, case.amount, case.decided, case.held)
            assert disputes.pop(dispute_id) == expected
        money = (charge.held, charge.credited, charge.tax_credited, charge.clawed, charge.marked)
        assert balances.get(walk.charge_id, (0, 0, 0, 0, False)) == money
    assert disputes == {}


def _compare_books(walks: list[Walk]) -> None:
    """Adjustments, live credits and the history agree with the model; every law holds."""
    booked: dict[int, list[tuple[int, int, int]]] = {}
    journal: dict[int, list[tuple[str, Outcome | None]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dispute_id, amount_micros, tax_micros, clawback_micros FROM ledger_adjustment ORDER BY id"
        )
        for dispute_id, *amounts in cursor.fetchall():
            booked.setdefault(dispute_id, []).append((amounts[0], amounts[1], amounts[2]))
        cursor.execute(
            "SELECT object_id, event, changes ->> 'outcome' FROM journal_event"
            " WHERE object_kind = 'dispute' ORDER BY id"
        )
        for dispute_id, event, outcome in cursor.fetchall():
            named = Outcome(outcome) if outcome else None
            journal.setdefault(dispute_id, []).append((event.removeprefix("dispute."), named))
    live = live_credits([dispute_id for walk in walks for dispute_id in walk.ids])
    for walk in walks:
        for dispute_id, case in zip(walk.ids, walk.charge.cases, strict=True):
            assert booked.get(dispute_id, []) == [(a.amount, a.tax, a.clawback) for a in case.adjustments]
            shown = live[dispute_id].credit if dispute_id in live else 0
            assert shown == case.facts(walk.charge.billed).live_micros
            told = rebuilt(journal[dispute_id], auto_close=walk.charge.rules.auto_close)
            assert told == (case.stage, case.outcome, case.round)
    assert list(broken(dispute_laws.LAWS)) == []
    found = proof()
    assert found.holds, found.breaks
    assert found.postings > WALKS


def _play(bench: Bench, walks: list[Walk], now: int) -> None:
    """One step of every walk, verb by verb, in batches of mixed size."""
    random = bench.random
    door = random.choice((Door.DESK, Door.DESK, Door.API))
    groups: dict[str, list[Task]] = {}
    with clock.frozen(START + timedelta(seconds=now)):
        for walk in walks:
            walk.charge.now = now
            if task := next_task(walk, random, door):
                groups.setdefault(task.verb, []).append(task)
        for tasks in groups.values():
            while tasks:
                size = random.choice((1, 20, 60, 60))
                _run(bench, tasks[:size], door)
                tasks = tasks[size:]
        _compare(walks)


def _analyze() -> None:
    """Tell the planner that there are rows; it would believe what it saw after tests that were rolled back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE billing_charge, disputes_dispute, disputes_decision, ledger_charge_balance, ledger_hold,"
            " ledger_account, ledger_entry, ledger_posting, ledger_adjustment, journal_event, journal_command"
        )


@pytest.mark.slow
def test_random_walks_on_postgres_go_as_the_model_says(world: World) -> None:
    random = Random(SEED)  # noqa: S311 - a seeded walk, not a secret
    prepaid = create_customer(
        SYSTEM, number="B9", name="Prepaid", currency="USD", parent=world.customer, billing_mode="prepaid"
    )
    buyer, manager = world.person("buyer", customer_number="B1"), world.person("manager")
    bench = Bench(buyer, manager, random, (f"key-{n}" for n in range(10_000)))
    programs = _programs(world)
    with clock.frozen(START):
        walks = [_walk(world, programs, [world.customer, prepaid], random) for _ in range(WALKS)]
    for step in range(STEPS):
        _play(bench, walks, 5 * step)
        if step in {0, 2}:
            _analyze()
    with clock.frozen(START + timedelta(hours=1)):
        while operations.commit_due(limit=20):
            pass
        for walk in walks:
            walk.charge.now = 3_600
            for case in walk.charge.cases:
                walk.charge.commit(case)
        _compare(walks)
        assert operations.commit_due() == []
    _compare_books(walks)
    assert {"ok", "ALREADY_DISPUTED", "AMOUNT_EXCEEDS_REMAINING", "DISPUTE_CLOSED", "LEASED"} <= set(bench.answers)
