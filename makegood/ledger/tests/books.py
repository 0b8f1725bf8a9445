"""Ledger rows for tests, written the only way the database takes them: an entry with its postings at once."""

from __future__ import annotations

from typing import Any

from makegood.ledger.models import Account, ChargeBalance, Hold
from makegood.ledger.posting import open_accounts
from tests.refusals import run

CHARGE, DISPUTE = 7001, 8001
TEN = 10_000_000

_ENTER = """
  INSERT INTO ledger_entry (at, kind, origin) VALUES (now(), 'credit', 'test') RETURNING id
"""
_POST = """
  INSERT INTO ledger_posting (entry_id, account_id, currency, micros)
  SELECT e.id, u.account_id, u.currency, u.micros
  FROM entered e, unnest(%(accounts)s::bigint[], %(currencies)s::text[], %(micros)s::bigint[])
    AS u (account_id, currency, micros)
"""
_ADJUST = """
  INSERT INTO ledger_adjustment
    (dispute_id, charge_id, currency, payout_currency, round, kind, amount_micros, tax_micros, clawback_micros,
     parent_id, entry_id, external_ref, idempotency_key, at)
  SELECT %(dispute_id)s, %(charge_id)s, %(currency)s, 'USD', %(round)s, %(kind)s, %(amount)s, %(tax)s, %(clawback)s,
         %(parent_id)s, coalesce(%(entry_id)s, e.id), '', %(key)s, now()
  FROM entered e RETURNING id
"""


def account(key: str, currency: str = "USD") -> Account:
    """An account, opened when first used."""
    open_accounts([(key, currency)])
    return Account.objects.get(key=key, currency=currency)


def balance(charge_id: int = CHARGE, **overrides: Any) -> ChargeBalance:
    """The guard of a charge billed 10.00 with tax 0.80 and a payout of 6.00."""
    facts: dict[str, Any] = {
        "charge_id": charge_id,
        "currency": "USD",
        "billed_micros": TEN,
        "tax_micros": 800_000,
        "payout_currency": "USD",
        "payout_micros": 6_000_000,
    }
    return ChargeBalance.objects.create(**{**facts, **overrides})


def hold(dispute_id: int = DISPUTE, charge_id: int = CHARGE, **overrides: Any) -> Hold:
    """An empty hold."""
    facts = {"dispute_id": dispute_id, "charge_id": charge_id, "currency": "USD", "held_micros": 0}
    return Hold.objects.create(**{**facts, **overrides})


def enter(*lines: tuple[Account, int], currency: str = "") -> int:
    """An entry with these postings, in one statement; ``currency`` instead of the account's."""
    (row,) = run(
        f"WITH entered AS ({_ENTER}), posted AS ({_POST}) SELECT id FROM entered",  # noqa: S608
        **_lines(lines, currency),
    )
    return int(row[0])


def adjust(kind: str = "credit", amount: int = -TEN, **facts: Any) -> int:
    """An adjustment with its entry of two postings, in one statement."""
    lines = [(account("AR:1"), -TEN), (account("REV_CONTRA:1"), TEN)]
    params: dict[str, Any] = {
        "dispute_id": DISPUTE,
        "charge_id": CHARGE,
        "currency": "USD",
        "round": 1,
        "kind": kind,
        "amount": amount,
        "tax": 0,
        "clawback": 0,
        "parent_id": None,
        "entry_id": None,
        "key": f"{kind}:{facts.get('parent_id') or facts.get('dispute_id', DISPUTE)}:{facts.get('round', 1)}",
    }
    (row,) = run(
        f"WITH entered AS ({_ENTER}), posted AS ({_POST}) {_ADJUST}",
        **_lines(lines, ""),
        **{**params, **facts},
    )
    return int(row[0])


def _lines(lines: Any, currency: str) -> dict[str, Any]:
    return {
        "accounts": [at.pk for at, _ in lines],
        "currencies": [currency or at.currency for at, _ in lines],
        "micros": [micros for _, micros in lines],
    }
