"""Every rule type twice: the compiled SQL against the reference in Python, over thousands of random charges.

Anchors stand exactly on, one microsecond before and one after each boundary, in zones with half hours and on days
when clocks change; every nullable fact is sometimes unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from makegood.disputes import operations
from makegood.disputes.eligibility import CHARGE_PHASES
from makegood.disputes.policy import RULE_TYPES, Rule, compile_policy, parse_rules
from makegood.disputes.policy.base import Missing, Moment
from makegood.disputes.policy.window_rule import ANCHORS, Window
from makegood.disputes.policy.windows import EVERY_DAY, WEEKDAYS, cutoff
from makegood.disputes.selectors.verdicts import verdicts
from makegood.kernel import clock, sql
from makegood.parties.entries import SYSTEM
from makegood.parties.operations import create_customer, zone_named
from tests.world import World

CHARGES, SEED = 4_200, 20_261_130
ZONES = ("America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/Berlin")
TICK = timedelta(microseconds=1)
NOWS = [
    datetime(2026, 11, 20, 15, 2, 11, 123_456, tzinfo=UTC),
    datetime(2026, 11, 2, 4, 59, 59, 999_999, tzinfo=UTC),  # the Sunday after New York put its clocks back
    datetime(2026, 3, 29, 22, tzinfo=UTC),  # midnight in Berlin on the day clocks went forward
    datetime(2026, 4, 5, 13, 30, tzinfo=UTC),  # midnight on Lord Howe on the day clocks went back half an hour
]
DISPOSITIONS = ("", "completed_with_conversion", "no_answer", "busy", "x'y%s")
WINDOWS = [
    {"type": "window", "anchor": anchor, "amount": amount, "unit": unit, "inclusive": inclusive, "on_missing": missing}
    for anchor, missing in (("received", "fail"), ("billed", "fail"), ("billed", "pass"), ("billed", "warn"))
    for amount, unit, inclusive in (
        (96, "hours", True),
        (168, "hours", False),
        (3, "days", False),
        (2, "business_days", False),
        (5, "business_days", False),
    )
]
OTHERS: list[dict[str, Any]] = [
    {"type": "window", "anchor": "billed", "amount": None},
    {"type": "permission"},
    {"type": "billed"},
    {"type": "no_open_dispute"},
    *({"type": "never_disputed", "max": most} for most in (0, 1, 2)),
    *({"type": "disposition", "allow": ["busy", "x'y%s"], "on_missing": word} for word in ("fail", "pass", "warn")),
    {"type": "disposition", "allow": []},
    {"type": "amount_full"},
    *({"type": "evidence", "reasons": list(codes), "min_files": n} for codes in ((), ("SPAM",)) for n in (0, 1, 2)),
]
RULES = [{"severity": "block", **rule} for rule in (*WINDOWS, *OTHERS)]


def _boundaries(zone: str) -> Iterator[datetime]:
    for now in NOWS:
        for hours in (96, 168):
            yield now - timedelta(hours=hours)
        for days, weekdays in ((3, EVERY_DAY), (2, WEEKDAYS), (5, WEEKDAYS)):
            yield cutoff(now, days, ZoneInfo(zone), weekdays=weekdays)


def _instant(random: Random, edges: list[datetime]) -> datetime:
    if random.random() < 0.6:
        return random.choice(edges) + random.choice((-1, 0, 1)) * TICK
    return random.choice(NOWS) - timedelta(seconds=random.randrange(15 * 86_400), microseconds=random.randrange(10**6))


def _facts(random: Random, zones: Mapping[int | None, list[datetime]], customers: Mapping[int, bool]) -> dict[str, Any]:
    """One random charge with its balance, its disputes and a claim, as the references read it."""
    zone, customer = random.choice(list(zones)), random.choice(list(customers))
    billed = random.choice((0, 4_400, 45_000_000, 10**17)) + random.randrange(3)
    credited = random.choice((0, 0, billed // 3, billed))
    held = random.choice((0, billed - credited))
    remaining = billed - held - credited
    return {
        "tz_id": zone,
        "customer_id": customer,
        "dispute_permission": customers[customer],
        "received_at": _instant(random, zones[zone]),
        "billed_at": _instant(random, zones[zone]) if random.random() < 0.85 else None,
        "disposition": random.choice(DISPOSITIONS),
        "billed_micros": billed,
        "credited_micros": credited,
        "held_micros": held,
        "has_balance": credited > 0 or held > 0 or random.random() < 0.5,
        "is_open": random.random() < 0.2,
        "closed_count": random.choice((0, 0, 0, 1, 2, 3)),
        "is_withdrawn": random.random() < 0.2,
        "asked_micros": random.choice((None, remaining, remaining + 1, remaining - 1, 1)),
        "reason_code": random.choice(("SPAM", "BOT")),
        "files": random.randrange(4),
    }


INSERT_CHARGES = """
INSERT INTO billing_charge (program_id, customer_id, tz_id, kind, subkind, usage_id, occurred_at, received_at,
  billed_at, currency, billed_micros, tax_micros, tax_jurisdiction, payout_currency, payout_micros, disposition,
  feature_label, unit, direction, hangup_by, recording_url, lead_channel, contact_name, contact_email,
  external_source, external_id, buyer_ref, vendor_ref, vendor_sub_id, platform_tags)
SELECT %(program)s, customer_id, tz_id, 'usage', 'call', 20000000 + n, received_at, received_at, billed_at,
  'USD', billed_micros, 0, '', 'USD', 0, disposition, '', '', '', 'unknown', '', '', '', '', 'differential', n::text,
  '', '', '', '{}'
FROM jsonb_to_recordset(%(facts)s::jsonb) AS f (n int, customer_id bigint, tz_id bigint, received_at timestamptz,
  billed_at timestamptz, billed_micros bigint, disposition text)
RETURNING id, external_id::int
"""
INSERT_DISPUTES = """
WITH f AS (
  SELECT * FROM jsonb_to_recordset(%(facts)s::jsonb) AS f (charge_id bigint, customer_id bigint, billed_micros bigint,
    credited_micros bigint, held_micros bigint, has_balance bool, is_open bool, closed_count int, is_withdrawn bool)
),
balanced AS (
  INSERT INTO ledger_charge_balance (charge_id, currency, billed_micros, held_micros, credited_micros, tax_micros,
    tax_credited_micros, payout_currency, payout_micros, clawed_micros, non_billable_mark)
  SELECT charge_id, 'USD', billed_micros, held_micros, credited_micros, 0, 0, 'USD', 0, 0, false
  FROM f WHERE has_balance OR is_open OR is_withdrawn OR closed_count > 0
),
wanted AS (
  SELECT charge_id, customer_id, 'in_review' AS stage FROM f WHERE is_open
  UNION ALL SELECT charge_id, customer_id, 'withdrawn' FROM f WHERE is_withdrawn
  UNION ALL SELECT charge_id, customer_id, 'closed' FROM f CROSS JOIN LATERAL generate_series(1, f.closed_count)
),
numbered AS MATERIALIZED (
  SELECT *, 500000 + row_number() OVER (ORDER BY charge_id, stage) AS id FROM wanted
),
guarded AS (
  INSERT INTO ledger_hold (dispute_id, charge_id, currency, held_micros) SELECT id, charge_id, 'USD', 0 FROM numbered
)
INSERT INTO disputes_dispute (id, number, public_id, program_id, charge_id, customer_id, currency, amount_micros,
  description, origin, stage, round, decision_note, buyer_explanation, finding_ids, override_cause, closed_at,
  withdrawn_at)
OVERRIDING SYSTEM VALUE
SELECT id, id, 'dsp_' || id, %(program)s, charge_id, customer_id, 'USD', 1, '', 'buyer', stage, 1, '', '', '{}', '',
  CASE stage WHEN 'closed' THEN %(at)s::timestamptz END, CASE stage WHEN 'withdrawn' THEN %(at)s::timestamptz END
FROM numbered
"""


def _insert(program: int, charges: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Write the charges set-based; the facts by the numbers the charges got."""
    with connection.cursor() as cursor:
        numbered = [{**facts, "n": n} for n, facts in enumerate(charges)]
        cursor.execute(INSERT_CHARGES, {"program": program, "facts": json.dumps(numbered, default=str)})
        found = {charge_id: {**charges[n], "charge_id": charge_id} for charge_id, n in cursor.fetchall()}
        facts = json.dumps(list(found.values()), default=str)
        cursor.execute(INSERT_DISPUTES, {"program": program, "facts": facts, "at": NOWS[0]})
        cursor.execute(
            "SELECT charge_id, number FROM disputes_dispute"
            " WHERE closed_at IS NULL AND stage NOT IN ('draft', 'withdrawn')"
        )
        open_numbers = dict(cursor.fetchall())
        cursor.execute("ANALYZE billing_charge, ledger_charge_balance, disputes_dispute")
    return {charge_id: {**facts, "open_number": open_numbers.get(charge_id)} for charge_id, facts in found.items()}


@pytest.fixture
def moments(world: World) -> list[Moment]:
    zones = {zone_named(name).pk: name for name in ZONES}
    return [Moment(now, zones) for now in NOWS]


@pytest.fixture
def charges(world: World, moments: list[Moment]) -> dict[int, dict[str, Any]]:
    """4,200 random charges, by number."""
    random = Random(SEED)  # noqa: S311 - a seeded draw, not a secret
    barred = create_customer(SYSTEM, number="B7", name="Barred", currency="USD", dispute_permission=False)
    edges: dict[int | None, list[datetime]] = {None: list(_boundaries("UTC"))}
    edges.update((pk, list(_boundaries(name))) for pk, name in moments[0].zones.items())
    permitted = {world.customer.pk: True, barred.pk: False}
    return _insert(world.program.pk, [_facts(random, edges, permitted) for _ in range(CHARGES)])


def _masks(rules: tuple[Rule, ...], moment: Moment, asked: list[dict[str, Any]]) -> dict[int, tuple[int, int]]:
    compiled = compile_policy(rules, moment)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.spliced("disputes.verdicts", compiled.fragments),
            {
                "charge_ids": [facts["charge_id"] for facts in asked],
                "asked": [facts["asked_micros"] for facts in asked],
                "reason_codes": [facts["reason_code"] for facts in asked],
                "files": [facts["files"] for facts in asked],
                **compiled.params,
            },
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def _expected(rules: tuple[Rule, ...], moment: Moment, facts: Mapping[str, Any]) -> tuple[int, int]:
    fail = missing = 0
    for place, rule in enumerate(rules):
        passed = rule.reference(facts, moment)
        if passed is None:
            fail |= (rule.on_missing is Missing.FAIL) << place
            missing |= (rule.on_missing is Missing.WARN) << place
        else:
            fail |= (not passed) << place
    return fail, missing


@pytest.mark.slow
def test_sql_and_reference_agree_for_every_rule_type(charges: dict[int, dict[str, Any]], moments: list[Moment]) -> None:
    rules = parse_rules(RULES)
    assert {rule.type for rule in rules} == set(RULE_TYPES)
    failed, passed = 0, (1 << len(rules)) - 1
    for moment in moments:
        masks = _masks(rules, moment, list(charges.values()))
        assert len(masks) == CHARGES
        for charge_id, facts in charges.items():
            expected = _expected(rules, moment, facts)
            assert masks[charge_id] == expected, (_wrong(rules, masks[charge_id], expected), facts, moment.now)
            failed |= expected[0]
            passed &= expected[0]
    always = {rule.type for place, rule in enumerate(rules) if not failed >> place & 1}
    never = [rule for place, rule in enumerate(rules) if passed >> place & 1]
    assert always <= {"window", "evidence"}  # a window that is off, no files asked for
    assert [rule.limit() for rule in never] == [{"allow": ()}]


def _wrong(rules: tuple[Rule, ...], found: tuple[int, int], expected: tuple[int, int]) -> list[str]:
    bits = (found[0] ^ expected[0]) | (found[1] ^ expected[1])
    return [f"{rule.type} {rule.limit()}" for place, rule in enumerate(rules) if bits >> place & 1]


@pytest.mark.slow
def test_boundaries_are_met_to_the_microsecond(charges: dict[int, dict[str, Any]], moments: list[Moment]) -> None:
    """The random charges really stand on the boundaries: exactly, before and after, for each window and zone."""
    windows = [rule for rule in parse_rules(RULES) if isinstance(rule, Window) and rule.amount]
    for rule in windows:
        for moment in moments:
            edges = {pk: _edge(rule, moment.now, name) for pk, name in (*moment.zones.items(), (None, "UTC"))}
            sides = set()
            for facts in charges.values():
                anchor, edge = facts[ANCHORS[rule.anchor]], edges[facts["tz_id"]]
                if anchor is not None:
                    sides.add((anchor - edge) // TICK if abs(anchor - edge) <= TICK else 9)
            assert sides == {-1, 0, 1, 9}, (rule, moment.now)


def _edge(rule: Window, now: datetime, zone: str) -> datetime:
    if rule.unit == "hours":
        return now - timedelta(hours=rule.amount or 0)
    weekdays = WEEKDAYS if rule.unit == "business_days" else EVERY_DAY
    return cutoff(now, rule.amount or 0, ZoneInfo(zone), weekdays=weekdays)


@pytest.mark.slow
def test_one_charge_a_page_and_all_give_equal_verdicts(world: World, charges: dict[int, dict[str, Any]]) -> None:
    rules = [{**rule, "severity": ("block", "warn", "override")[n % 3]} for n, rule in enumerate(RULES[::3])]
    operations.publish_policy(
        SYSTEM, program=world.program, rules=rules, effective_from=datetime(2001, 1, 1, tzinfo=UTC)
    )
    parsed = parse_rules(rules)
    ids = list(charges)
    with clock.frozen(NOWS[0]):
        whole = verdicts(ids)
        assert len(whole) == CHARGES
        for start in range(0, CHARGES, 600):
            page = ids[start : start + 50]
            assert verdicts(page) == {charge_id: whole[charge_id] for charge_id in page}
        for charge_id in ids[::140]:
            assert verdicts([charge_id]) == {charge_id: whole[charge_id]}
    moment = Moment(NOWS[0], {zone_named(name).pk: name for name in ZONES})
    judged = [place for place, rule in enumerate(parsed) if rule.phase in CHARGE_PHASES]
    for charge_id in ids[::7]:
        fail, missing = _expected(parsed, moment, charges[charge_id])
        told = [not (fail | missing) >> place & 1 for place in judged]
        assert [result.passed for result in whole[charge_id].rules] == told
