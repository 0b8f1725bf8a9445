"""What the policy of each preset says of 1,000,000 charges, beside hand-written SQL with the same conditions."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection

from makegood.disputes.policy import presets
from makegood.disputes.selectors.headlines import headlines
from makegood.disputes.selectors.policies import policy_of_rules
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM
from makegood.parties.operations import create_customer
from tests.world import World, build_world
from tools.bench.report import Measure

SIZE = 1_000_000
ROUNDS = 3
TARGET = 0.5
MOST_S = 2.0
CUSTOMERS = 200
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
_BY_HAND = Path(__file__).with_name("verdicts_by_hand.sql")
_VARIED = {
    "customer_id": "(%(customers)s::bigint[])[1 + n %% array_length(%(customers)s::bigint[], 1)]",
    "external_id": "'v' || n",
    "usage_id": "nextval('billing_usage_id_seq')",
    "received_at": "%(now)s::timestamptz - n %% 2592000 * interval '1 second'",
    "billed_at": "CASE WHEN n %% 50 > 0 THEN %(now)s::timestamptz - n %% 2592000 * interval '1 second' END",
    "answered": "CASE n %% 10 WHEN 0 THEN false WHEN 1 THEN NULL ELSE true END",
    "recording_enabled": "n %% 20 > 0",
    "lead_channel": "CASE WHEN n %% 3 = 0 THEN 'form' ELSE 'phone' END",
}
_DISPUTES = """
WITH chosen AS MATERIALIZED (
  SELECT id, customer_id, program_id, billed_micros, payout_micros, row_number() OVER (ORDER BY id) AS n
  FROM billing_charge WHERE program_id = %(program)s AND id %% 25 = 0
),
balanced AS (
  INSERT INTO ledger_charge_balance (charge_id, currency, billed_micros, held_micros, credited_micros, tax_micros,
    tax_credited_micros, payout_currency, payout_micros, clawed_micros, non_billable_mark)
  SELECT id, 'USD', billed_micros, 0, CASE WHEN n %% 4 = 0 THEN billed_micros ELSE 0 END, 0, 0, 'USD', payout_micros,
    0, false FROM chosen
),
guarded AS (
  INSERT INTO ledger_hold (dispute_id, charge_id, currency, held_micros) SELECT n, id, 'USD', 0 FROM chosen
)
INSERT INTO disputes_dispute (id, number, public_id, program_id, charge_id, customer_id, currency, amount_micros,
  description, origin, stage, round, decision_note, buyer_explanation, finding_ids, override_cause, type, closed_at)
OVERRIDING SYSTEM VALUE
SELECT n, n, 'dsp_' || n, program_id, id, customer_id, 'USD', 1, '', 'buyer',
  CASE WHEN n %% 3 = 0 THEN 'in_review' ELSE 'closed' END, 1, '', '', '{}', '', '',
  CASE WHEN n %% 3 > 0 THEN %(now)s::timestamptz END
FROM chosen
"""

Answer = TypeVar("Answer")


def run(size: int = SIZE, rounds: int = ROUNDS) -> Measure:
    """Measure ours and the hand-written statements in turn; both count the same charges by the same codes.

    The figure is that of the slowest preset.
    """
    world = build_world()
    fill(world, size)
    with clock.frozen(clock.now()):
        found = {key: _of(world, key, rounds) for key in presets.keys()}
    slowest = max(found, key=lambda key: found[key][0])
    ours, by_hand = found[slowest]
    each = ", ".join(f"{key} {a:.2f}/{b:.2f} ({b / a:.2f})" for key, (a, b) in found.items())
    return Measure(
        "verdicts",
        size,
        ours,
        by_hand,
        TARGET,
        remarks=f"; ours/by hand: {each}; target at most {MOST_S} s",
        holds_besides=ours <= MOST_S and all(b / a >= TARGET for a, b in found.values()),
    )


def fill(world: World, size: int) -> None:
    """Charges of one program and 200 customers over 30 days; every 25th has a dispute."""
    template = world.charge()
    customers = [
        create_customer(SYSTEM, number=f"V{n}", name=f"Buyer {n}", currency="USD", zone=ZONES[n % 4]).pk
        for n in range(CUSTOMERS)
    ]
    same = _columns_but("id", *_VARIED)
    given: dict[str, Any] = {
        "customers": customers,
        "now": clock.now(),
        "id": template.pk,
        "size": size,
        "program": world.program.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO billing_charge ({same}, {', '.join(_VARIED)})"  # noqa: S608 - names from the catalog
            f" SELECT {same}, {', '.join(_VARIED.values())}"
            f" FROM (SELECT {same} FROM billing_charge WHERE id = %(id)s) c, generate_series(1, %(size)s - 1) n",
            given,
        )
        cursor.execute(_DISPUTES, given)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _columns_but(*names: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
            " WHERE attrelid = 'billing_charge'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
            " AND attname <> ALL(%s)",
            [list(names)],
        )
        (columns,) = cursor.fetchone() or ("",)
    return str(columns)


def _of(world: World, key: str, rounds: int) -> tuple[float, float]:
    """Medians of ours and by hand for a preset's policy."""
    policy = policy_of_rules(world.program.pk, key, presets.preset(key).rules)
    statement = _statements()[key]
    ours: list[float] = []
    by_hand: list[float] = []
    for _ in range(rounds):
        seconds, counted = timed(lambda: headlines(policy))
        ours.append(seconds)
        seconds, expected = timed(lambda: _counted(statement, world.program.pk))
        by_hand.append(seconds)
        if counted != expected:
            raise RuntimeError(f"the two sides of {key} differ: {counted} and {expected}")
    return statistics.median(ours), statistics.median(by_hand)


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    """How many seconds it took, and what it answered."""
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


def _counted(statement: str, program: int) -> Mapping[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"program": program, "now": clock.now()})
        return dict(cursor.fetchall())


def _statements() -> dict[str, str]:
    parts = re.split(r"^-- name: (\w+)$", _BY_HAND.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))
