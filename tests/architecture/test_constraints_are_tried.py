"""Every constraint of the database that has a name of ours is broken by a test, or listed here with its reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from makegood.disputes import errors
from tests.architecture.layers import PACKAGE
from tests.refusals import run, tables

NAMED = """
SELECT conname FROM pg_constraint
WHERE conrelid::regclass::text = ANY(%(tables)s) AND contype IN ('c', 'f', 'u', 'x')
  AND conname NOT LIKE conrelid::regclass::text || '\\_%%' AND conname !~ '_[0-9a-f]{8}_fk_'
UNION SELECT indexrelid::regclass::text FROM pg_index
WHERE indrelid::regclass::text = ANY(%(tables)s) AND indisunique AND NOT indisprimary
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
"""Django's own names begin with the table or carry a hash; ours do neither."""
OF_TRIGGERS = r"SELECT (regexp_matches(prosrc, 'CONSTRAINT = ''(\w+)''', 'g'))[1] FROM pg_proc"
HOLDS_PRIMARY_KEY = """
SELECT k.conname FROM pg_constraint k
JOIN pg_constraint p ON p.conrelid = k.conrelid AND p.contype = 'p' AND p.conkey <@ k.conkey
WHERE k.contype = 'u'
"""
TARGETS_OF_KEYS = frozenset(
    {
        "account_identity",
        "adjustment_inverse_target",
        "adjustment_parent_target",
        "charge_balance_identity",
        "charge_identity",
        "digest_identity",
        "finding_identity",
        "hold_identity",
        "reason_identity",
        "resolution_identity",
        "statement_carry_target",
        "statement_identity",
        "submission_identity",
    }
)
"""Unique because they hold the primary key; they only serve composite foreign keys, so nothing can break them."""


def in_catalog() -> set[str]:
    """The names of our constraints, unique indexes and forbidding triggers."""
    rows = run(NAMED, tables=list(tables())) + run(OF_TRIGGERS)
    return {name for (name,) in rows}


def tried() -> set[str]:
    """Every text that stands in a test of violations."""
    return {
        text for path in PACKAGE.glob("*/tests/test_*.py") if is_about_violations(path.stem) for text in texts(path)
    }


def is_about_violations(stem: str) -> bool:
    return "violations" in stem or "constraints" in stem


def texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.django_db
def test_every_named_constraint_is_tried() -> None:
    assert in_catalog() - tried() - TARGETS_OF_KEYS == set()


@pytest.mark.django_db
def test_a_planted_constraint_is_reported() -> None:
    run("ALTER TABLE ledger_hold ADD CONSTRAINT planted CHECK (held_micros < 9)")
    run("CREATE UNIQUE INDEX planted_index ON ledger_hold (charge_id) WHERE held_micros > 0")
    assert in_catalog() - tried() - TARGETS_OF_KEYS == {"planted", "planted_index"}


@pytest.mark.django_db
def test_what_is_not_tried_cannot_be_broken() -> None:
    assert {name for (name,) in run(HOLDS_PRIMARY_KEY)} >= TARGETS_OF_KEYS
    assert in_catalog() >= TARGETS_OF_KEYS


@pytest.mark.django_db
def test_every_constraint_that_reads_like_a_rule_exists() -> None:
    assert in_catalog() >= set(errors.CONSTRAINTS)
