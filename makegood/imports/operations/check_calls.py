"""Tell the owner of a call log what can still be contested, storing nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from makegood.billing.operations import refresh_statistics
from makegood.disputes.eligibility import CHARGE_PHASES, facts_of, masks_of
from makegood.disputes.errors import PolicyMissing
from makegood.disputes.policy import Facts, Rule, Severity, compile_policy
from makegood.disputes.policy.rules.window import Window
from makegood.disputes.selectors.policies import moment, policy_in_force
from makegood.imports.entries import CheckAnswer, Found, ImportAnswer, Options
from makegood.imports.operations.import_calls import Run, Told
from makegood.imports.operations.rejects import Rejects
from makegood.imports.policy.likely import DUPLICATE_DAYS, SHORT_S, SIGNS
from makegood.kernel import clock, sql
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

Row = tuple[str, str, str, int, int, Any]


@transaction.atomic
def check_calls(
    principal: Principal,
    *,
    path: Path,
    options: Options,
    window_hours: int | None = None,
    told: Told | None = None,
) -> CheckAnswer:
    """Import the file, judge it by the policy in force, roll everything back, and say what was found.

    ``window_hours`` stands in for the length of the policy's window. Unknown parties are made up on the way.
    Errors: as import_calls, POLICY_MISSING.
    """
    demand(principal, Verb.IMPORT_RUN)
    run = Run(principal, path, replace(options, create_parties=True, dry_run=False))
    rules = _rules(run.program.pk, window_hours)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE import_checked (charge_id bigint PRIMARY KEY) ON COMMIT DROP")
    imported = run.answer(Rejects(), told, known=_keep)
    rows = _judged(run.program.pk, run.batch.pk if run.batch else 0, rules)
    transaction.set_rollback(True)
    return _answer(imported, rules, rows)


def _keep(charges: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO import_checked SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING", [charges])


def _rules(program_id: int, window_hours: int | None) -> tuple[Rule, ...]:
    """The rules in force, with another window when one was given. Raises PolicyMissing."""
    policy = policy_in_force(program_id, clock.now())
    if isinstance(policy, PolicyMissing):
        raise policy
    if window_hours is None:
        return policy.rules
    wanted = [
        replace(rule, amount=window_hours, unit="hours") if isinstance(rule, Window) else rule for rule in policy.rules
    ]
    if not any(isinstance(rule, Window) for rule in wanted):
        wanted.append(Window(severity=Severity.BLOCK, anchor="billed", amount=window_hours))
    return tuple(wanted)


def _judged(program_id: int, batch: int, rules: Sequence[Rule]) -> list[Row]:
    compiled = compile_policy(rules, moment(program_id), CHARGE_PHASES)
    block, override = masks_of(rules)
    statement = sql.spliced("imports.check_calls", compiled.fragments)
    parameters = {
        **compiled.params,
        "batch": batch,
        "block": block,
        "override": override,
        "short_s": SHORT_S,
        "duplicate_days": DUPLICATE_DAYS,
    }
    refresh_statistics()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [(*row[:4], int(row[4]), _loaded(row[5])) for row in cursor.fetchall()]


def _answer(imported: ImportAnswer, rules: Sequence[Rule], rows: Sequence[Row]) -> CheckAnswer:
    now = clock.now()
    ends = [end for row in _of(rows, "first") if (end := _closes(rules, row[5])) is not None]
    return CheckAnswer(
        imported=imported,
        contestable=_found("", "", "", _of(rows, "open")),
        billed=_found("", "", "", _of(rows, "billed")),
        rules=tuple(
            _found(rule.code, "", rule.message(facts_of(hits[0][5], place), now), hits)
            for place, rule in enumerate(rules)
            if (hits := _of(rows, "rule", str(place)))
        ),
        signs=tuple(
            _found(sign.code, sign.reason, sign.sentence, hits)
            for sign in SIGNS
            if (hits := _of(rows, "sign", sign.code))
        ),
        closes_at=min(ends, default=None),
        at=now,
        has_window=any(isinstance(rule, Window) and rule.amount is not None for rule in rules),
    )


def _of(rows: Sequence[Row], kind: str, which: str = "") -> list[Row]:
    return [row for row in rows if row[:2] == (kind, which)]


def _found(code: str, reason: str, sentence: str, rows: Sequence[Row]) -> Found:
    return Found(code, reason, sentence, sum(row[3] for row in rows), {row[2]: row[4] for row in rows})


def _closes(rules: Sequence[Rule], facts: Facts) -> datetime | None:
    return min((end for rule in rules if (end := rule.closes_at(facts)) is not None), default=None)


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
