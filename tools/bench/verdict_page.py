"""Verdicts of a page of 50 charges with their sentences, beside a hand-written statement with the same conditions."""

from __future__ import annotations

import statistics

from django.db import connection

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.policy import presets
from makegood.disputes.selectors.verdicts import verdicts
from makegood.parties.entries import SYSTEM
from tests.world import build_world
from tools.bench.report import Measure
from tools.bench.verdicts import fill, timed

PAGE = 50
CHARGES = 100_000
ROUNDS = 100
TARGET = 0.05
MOST_S = 0.005
_BY_HAND = """
SELECT c.id, c.billed_at IS NULL, c.received_at < now() - interval '96 hours',
       (SELECT d.label FROM disputes_dispute d
        WHERE d.charge_id = c.id AND d.closed_at IS NULL AND d.stage NOT IN ('draft', 'withdrawn')),
       (SELECT max(d.closed_at) FROM disputes_dispute d WHERE d.charge_id = c.id)
FROM billing_charge c WHERE c.id = ANY(%s)
"""


def run(pages: int = ROUNDS) -> Measure:
    """Medians over pages all through the log; ours reads the policy, judges, and writes the sentences."""
    world = build_world()
    fill(world, CHARGES)
    rules = presets.preset("lead_credit").rules
    operations.publish_policy(SYSTEM, program=world.program, rules=rules)
    ids = list(Charge.objects.filter(program=world.program).order_by("-received_at").values_list("pk", flat=True))
    ours: list[float] = []
    by_hand: list[float] = []
    for n in range(pages):
        page = ids[n * 977 % (CHARGES - PAGE) :][:PAGE]
        seconds, said = timed(lambda page=page: verdicts(page))  # type: ignore[misc]
        ours.append(seconds)
        seconds, _ = timed(lambda page=page: _by_hand(page))  # type: ignore[misc]
        by_hand.append(seconds)
        if len(said) != PAGE:
            raise RuntimeError(f"{len(said)} verdicts for {PAGE} charges")
    ms, worst = statistics.median(ours) * 1000, max(ours) * 1000
    return Measure(
        "verdicts of a page",
        PAGE,
        statistics.median(ours),
        statistics.median(by_hand),
        TARGET,
        remarks=f"; median {ms:.1f} ms, worst of {pages} {worst:.1f} ms (target under {MOST_S * 1000:.0f} ms)",
        holds_besides=statistics.median(ours) < MOST_S,
    )


def _by_hand(page: list[int]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND, [page])
        return list(cursor.fetchall())
