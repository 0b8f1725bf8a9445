"""Every rule type twice: the compiled SQL against the reference in Python, over thousands of random charges.

Parameters, gates and the meaning of what is unknown are drawn at random for every type.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from makegood.disputes import operations
from makegood.disputes.eligibility import CHARGE_PHASES
from makegood.disputes.operations import publish_policy
from makegood.disputes.policy import RULE_TYPES, Rule, compile_policy, parse_rules
from makegood.disputes.policy.base import Missing, Moment
from makegood.disputes.policy.gate import EVERYTHING
from makegood.disputes.policy.rules.anchors import ANCHORS
from makegood.disputes.policy.rules.window import Window
from makegood.disputes.policy.windows import EVERY_DAY, WEEKDAYS, cutoff
from makegood.disputes.selectors.policies import moment as current
from makegood.disputes.selectors.verdicts import verdicts
from makegood.disputes.tests.policy_world import (
    CATEGORIES,
    CHANNELS,
    NOWS,
    ORIGINS,
    PROGRAM_ZONE,
    RATE_DAYS,
    REASONS,
    SEED,
    SUBKINDS,
    TICK,
    PolicyWorld,
    build,
)
from makegood.kernel import clock, sql
from makegood.parties.entries import SYSTEM
from makegood.parties.models import Program
from makegood.parties.operations import zone_named
from tests.world import World

Draw = Callable[[Random], dict[str, Any]]
PER_TYPE = 4


def _some(random: Random, words: tuple[str, ...]) -> list[str]:
    return random.sample(words, random.randrange(1, len(words)))


def _window(random: Random) -> dict[str, Any]:
    amount, unit = random.choice(
        ((96, "hours"), (168, "hours"), (3, "days"), (2, "business_days"), (5, "business_days"))
    )
    return {
        "anchor": random.choice(tuple(ANCHORS)),
        "amount": amount,
        "unit": unit,
        "inclusive": random.random() < 0.5,
        "tz": random.choice(("customer", "customer", "program", "utc")),
        "calendar": random.choice(("", "desk")),
    }


def _duration(random: Random) -> dict[str, Any]:
    return {
        "min_s": random.choice((None, 20, 21)),
        "max_s": random.choice((None, 60, 299)),
        "mode": random.choice(("eligible_if", "ineligible_if")),
    }


def _disposition(random: Random) -> dict[str, Any]:
    return {random.choice(("allow", "deny")): random.choice((["busy", "x'y%s"], ["no_answer"]))}


def _amount_cap(random: Random) -> dict[str, Any]:
    return {
        "pct_of_billed": random.choice((50, 99, 100)),
        "per_item": random.choice((None, 4_401, 45_000_000)),
        "per_submission": random.choice((None, 45_000_000)),
    }


def _evidence(random: Random) -> dict[str, Any]:
    return {
        "min_files": random.randrange(3),
        "mime": random.choice(([], ["image/"], ["audio/wav", "text/"])),
        "max_bytes": random.choice((None, 1_000)),
    }


def _cap_count(random: Random) -> dict[str, Any]:
    return {
        "per": random.choice(("buyer", "user", "vendor")),
        "period": random.choice(("day", "week", "month")),
        "limit": random.choice((4, 6)),
        "tz": random.choice(("customer", "program", "utc")),
    }


def _cap_percent(random: Random) -> dict[str, Any]:
    of = random.choice(("count", "amount"))
    floor = random.choice((0, 45_000_000, 10**18)) if of == "amount" else random.choice((0, 400))
    return {"of": of, "pct": random.choice((1, 40, 90)), "window_days": random.choice(RATE_DAYS), "floor": floor}


def _invoice_status(random: Random) -> dict[str, Any]:
    return {"allow": random.choice((["issued", "paid"], ["paid"])), "max_age_periods": random.choice((None, 0, 1, 3))}


def _repeat(random: Random) -> dict[str, Any]:
    return {"hours": random.choice((1, 96, 720)), "same_category": random.random() < 0.5}


PARAMETERS: dict[str, Draw] = {
    "billed": lambda _: {},
    "window": _window,
    "window_opens": lambda r: {
        "anchor": r.choice(tuple(ANCHORS)),
        "hours": r.choice((0, 96, 168)),
        "tz": r.choice(("customer", "program", "utc")),
    },
    "answered": lambda r: {"min_connect_s": r.choice((0, 20, 60))},
    "recording_enabled": lambda r: {"must_exist": r.random() < 0.5, "min_ms": r.choice((0, 30_000))},
    "no_open_dispute": lambda r: {"scope": r.choice(("charge", "lead_contact"))},
    "never_disputed": lambda r: {"max": r.choice((0, 1, 2))},
    "remaining_amount": lambda _: {},
    "amount_cap": _amount_cap,
    "amount_min": lambda r: {"micros": r.choice((1, 4_401, 45_000_001))},
    "amount_full": lambda _: {},
    "duration": _duration,
    "disposition": _disposition,
    "kind": lambda r: {"allow": _some(r, SUBKINDS)},
    "invoice_status": _invoice_status,
    "reason_allowed": lambda r: {"by": r.choice(("category", "subkind"))},
    "reason_required": lambda _: {},
    "explanation": lambda r: {"min_chars": r.choice((1, 2, 3))},
    "evidence": _evidence,
    "cap_count": _cap_count,
    "cap_percent": _cap_percent,
    "account_standing": lambda r: {"overdue_days": r.choice((0, 3, 30, 240))},
    "permission": lambda _: {},
    "billable_guideline": lambda r: {"findings": _some(r, ("voicemail", "missed_call", "price_shopper", "spam"))},
    "duplicate_hint": _repeat,
    "duplicate_auto": _repeat,
    "short_call_auto": lambda r: {"max_s": r.choice((20, 21)), "speech_s_max": r.choice((0, 5))},
    "small_amount_auto": lambda r: {"micros": r.choice((4_400, 4_401, 45_000_000))},
}
"""Random parameters of each rule type, around the values that the charges have."""


def _gate(random: Random) -> dict[str, Any]:
    lists = {
        "reasons": REASONS[:-1],
        "categories": CATEGORIES,
        "origins": ORIGINS,
        "applies_to": (*CHANNELS[1:], *SUBKINDS),
    }
    return {name: _some(random, words) for name, words in lists.items() if random.random() < 0.15}


def drawn_rules() -> list[dict[str, Any]]:
    random = Random(SEED + 1)  # noqa: S311 - a seeded draw, not a secret
    rules = []
    for kind, draw in PARAMETERS.items():
        for n in range(PER_TYPE):
            gate = _gate(random) if n and kind != "cap_count" else {}
            missing = ("fail", "pass", "warn")[n % 3]
            rules.append({"type": kind, "severity": "warn", "on_missing": missing, **draw(random), **gate})
    # What is known to matter stays, whatever the draw.
    rules += [
        {"type": "window", "anchor": "billed", "amount": None, "severity": "warn"},
        {"type": "window", "anchor": "received", "amount": 96, "inclusive": True, "severity": "warn"},
        {"type": "window", "anchor": "received", "amount": 168, "severity": "warn"},
        {"type": "window", "anchor": "due", "amount": 5, "unit": "business_days", "severity": "warn"},
        {"type": "window", "anchor": "period_end", "amount": 168, "severity": "warn"},
        {"type": "disposition", "allow": [], "severity": "warn"},
        {"type": "duration", "severity": "warn", "on_missing": "warn"},
    ]
    return rules


STATEMENT = """
SELECT c.id,
       (
         -- splice: fail_mask
       ),
       (
         -- splice: missing_mask
       )
FROM jsonb_to_recordset(%(claims)s::jsonb) AS i (charge_id bigint, asked_micros bigint, running_micros bigint,
  reason_code text, description text, files int, attached jsonb, origin text, rank bigint, rank_of_user bigint,
  rank_of_vendor bigint)
JOIN billing_charge c ON c.id = i.charge_id
JOIN parties_customer cu ON cu.id = c.customer_id
LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
-- splice: joins
"""
"""The shell of a policy for claims with everything a claim may have."""


@pytest.fixture
def policy_world(world: World) -> PolicyWorld:
    return build(world)


CLAIMED = (
    "charge_id", "asked_micros", "running_micros", "reason_code", "description", "files", "attached", "origin", "rank",
    "rank_of_user", "rank_of_vendor",
)  # fmt: skip


def _claims(charges: list[dict[str, Any]]) -> str:
    return json.dumps([{name: facts[name] for name in CLAIMED} for facts in charges])


def _masks(rules: tuple[Rule, ...], moment: Moment, claims: str) -> dict[int, tuple[int, int]]:
    compiled = compile_policy(rules, moment)
    with connection.cursor() as cursor:
        text = re.sub(r"-- splice: (\w+)", lambda match: compiled.fragments[match[1]], STATEMENT)
        cursor.execute(text, {"claims": claims, **compiled.params})
        rows = cursor.fetchall()
    found = {row[0]: (row[1], row[2]) for row in rows}
    assert len(found) == len(rows), "a join found more than one row"
    return found


def _expected(rules: tuple[Rule, ...], moment: Moment, facts: Mapping[str, Any]) -> tuple[int, int]:
    fail = missing = 0
    for place, rule in enumerate(rules):
        if rule.gate != EVERYTHING and not rule.gate.lets_in(facts):
            continue
        known = rule.reference(facts, moment)
        if known is None:
            fail |= (rule.on_missing is Missing.FAIL) << place
            missing |= (rule.on_missing is Missing.WARN) << place
        else:
            fail |= (known if rule.is_hint else not known) << place
    return fail, missing


@pytest.mark.slow
def test_sql_and_reference_agree_for_every_rule_type(policy_world: PolicyWorld) -> None:
    drawn = drawn_rules()
    spoke: dict[str, set[bool]] = {}
    for start in range(0, len(drawn), 50):
        rules = parse_rules(drawn[start : start + 50])
        for moment in policy_world.moments:
            charges = list(policy_world.at(moment))
            masks = _masks(rules, moment, _claims(charges))
            assert len(masks) == len(charges)
            for facts in charges:
                found, expected = masks[facts["charge_id"]], _expected(rules, moment, facts)
                assert found == expected, (_wrong(rules, found, expected), facts, moment.now)
                for place, rule in enumerate(rules):
                    spoke.setdefault(rule.type, set()).add(bool(expected[0] >> place & 1))
    assert {kind for kind, said in spoke.items() if said != {True, False}} == set()


def _wrong(rules: tuple[Rule, ...], found: tuple[int, int], expected: tuple[int, int]) -> list[str]:
    bits = (found[0] ^ expected[0]) | (found[1] ^ expected[1])
    return [
        f"{rule.type} {rule.parameters()} {rule.on_missing}" for place, rule in enumerate(rules) if bits >> place & 1
    ]


def test_every_rule_type_appears_in_the_differential_test() -> None:
    assert set(PARAMETERS) == set(RULE_TYPES)
    assert {rule["type"] for rule in drawn_rules()} == set(RULE_TYPES)


@pytest.mark.slow
def test_boundaries_are_met_to_the_microsecond(policy_world: PolicyWorld) -> None:
    """The random charges really stand on the boundaries: exactly, before and after, for each window and zone."""
    lengths = ((96, "hours"), (168, "hours"), (3, "days"), (2, "business_days"), (5, "business_days"))
    rules = parse_rules(
        [
            {"type": "window", "severity": "block", "anchor": anchor, "amount": amount, "unit": unit}
            for anchor in ("received", "billed")
            for amount, unit in lengths
        ]
    )
    for rule in rules:
        assert isinstance(rule, Window)
        for moment in policy_world.moments:
            edges = {pk: _edge(rule, moment.now, name) for pk, name in (*moment.zones.items(), (None, "UTC"))}
            sides = set()
            for facts in policy_world.charges.values():
                anchor, edge = facts[ANCHORS[rule.anchor].fact], edges[facts["tz_id"]]
                if anchor is not None:
                    sides.add((anchor - edge) // TICK if abs(anchor - edge) <= TICK else 9)
            assert sides == {-1, 0, 1, 9}, (rule, moment.now)


def _edge(rule: Window, now: datetime, zone: str) -> datetime:
    if rule.unit == "hours":
        return now - timedelta(hours=rule.amount or 0)
    weekdays = WEEKDAYS if rule.unit == "business_days" else EVERY_DAY
    return cutoff(now, rule.amount or 0, ZoneInfo(zone), weekdays=weekdays)


@pytest.mark.slow
def test_one_charge_a_page_and_all_give_equal_masks(
    world: World, policy_world: PolicyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Drawn rules make no sense on purpose: they name reasons that nobody has.
    monkeypatch.setattr(sys.modules[publish_policy.__module__], "faults_of", lambda rules, known: ())
    drawn = [rule for rule in drawn_rules() if not rule.get("calendar")][::3][:60]
    stops = ("block", "warn", "override")
    rules = [
        {**rule, "severity": "warn" if RULE_TYPES[rule["type"]].is_hint else stops[n % 3]}
        for n, rule in enumerate(drawn)
    ]
    Program.objects.filter(pk=world.program.pk).update(zone=zone_named(PROGRAM_ZONE))
    operations.publish_policy(
        SYSTEM, program=world.program, rules=rules, effective_from=datetime(2001, 1, 1, tzinfo=UTC)
    )
    parsed, ids = parse_rules(rules), list(policy_world.charges)
    with clock.frozen(NOWS[0]):
        whole = verdicts(ids)
        assert len(whole) == len(ids)
        for start in range(0, len(ids), 600):
            page = ids[start : start + 50]
            assert verdicts(page) == {charge_id: whole[charge_id] for charge_id in page}
        for charge_id in ids[::150]:
            assert verdicts([charge_id]) == {charge_id: whole[charge_id]}
        all_masks = _masks_of_all(world, parsed)
    judged = [place for place, rule in enumerate(parsed) if rule.phase in CHARGE_PHASES]
    assert len(judged) > 20
    for charge_id in ids:
        told = [not (all_masks[charge_id][0] | all_masks[charge_id][1]) >> place & 1 for place in judged]
        said = [result.passed for result in whole[charge_id].rules]
        assert said == told, [drawn[n] for n, a, b in zip(judged, said, told, strict=True) if a != b]


def _masks_of_all(world: World, rules: tuple[Rule, ...]) -> dict[int, tuple[int, int]]:
    compiled = compile_policy(rules, current(world.program.pk), CHARGE_PHASES)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.spliced("disputes.masks", compiled.fragments), {"program_id": world.program.pk, **compiled.params}
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
