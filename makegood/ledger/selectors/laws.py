"""The ledger's invariants, each a query that must return no row: (what it is about, what was found)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection

LAWS: Mapping[str, str] = {
    "every entry sums to zero per currency": """
        SELECT 'entry ' || entry_id, 'sums to ' || sum(micros) || ' micros ' || currency
        FROM ledger_posting GROUP BY entry_id, currency HAVING sum(micros) <> 0 ORDER BY entry_id LIMIT 5""",
    "every entry has at least two postings": """
        SELECT 'entry ' || e.id, count(p.id) || ' postings'
        FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
        GROUP BY e.id HAVING count(p.id) < 2 ORDER BY e.id LIMIT 5""",
    "every posting has the currency of its account": """
        SELECT 'posting ' || p.id, p.currency || ' on an account in ' || a.currency
        FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE a.currency <> p.currency ORDER BY p.id LIMIT 5""",
    "every entry belongs to one adjustment": """
        SELECT 'entry ' || e.id, 'has no adjustment'
        FROM ledger_entry e LEFT JOIN ledger_adjustment a ON a.entry_id = e.id
        WHERE a.id IS NULL AND e.kind <> 'settlement' ORDER BY e.id LIMIT 5""",
    "a settlement moves between a party and the rounding alone": """
        SELECT 'entry ' || e.id, 'settles with ' || a.kind
        FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id JOIN ledger_account a ON a.id = p.account_id
        WHERE e.kind = 'settlement' AND a.kind NOT IN ('AR', 'WALLET', 'ACCRUED', 'AP', 'ROUNDING')
        ORDER BY e.id LIMIT 5""",
    "a reversal turns the postings of its credit": """
        SELECT 'adjustment ' || r.id, 'posts something else than the inverse of ' || c.id
        FROM ledger_adjustment r JOIN ledger_adjustment c ON c.id = r.parent_id
        WHERE r.kind = 'reversal' AND (
          EXISTS (SELECT account_id, currency, -micros FROM ledger_posting WHERE entry_id = c.entry_id
                  EXCEPT ALL SELECT account_id, currency, micros FROM ledger_posting WHERE entry_id = r.entry_id)
          OR EXISTS (SELECT account_id, currency, -micros FROM ledger_posting WHERE entry_id = r.entry_id
                     EXCEPT ALL SELECT account_id, currency, micros FROM ledger_posting WHERE entry_id = c.entry_id))
        ORDER BY r.id LIMIT 5""",
    "a charge counts as not billable only while it is credited": """
        SELECT 'charge ' || charge_id, 'is marked and has no credit'
        FROM ledger_charge_balance WHERE non_billable_mark AND credited_micros = 0 ORDER BY charge_id LIMIT 5""",
    "what is held and credited stays within what was billed": """
        SELECT 'charge ' || charge_id, held_micros || ' held and ' || credited_micros || ' credited of ' || billed_micros
        FROM ledger_charge_balance
        WHERE held_micros < 0 OR credited_micros < 0 OR held_micros + credited_micros > billed_micros
        ORDER BY charge_id LIMIT 5""",
    "claw-back and tax stay within payout and tax": """
        SELECT 'charge ' || charge_id, clawed_micros || ' of ' || payout_micros || ', tax ' || tax_credited_micros
        FROM ledger_charge_balance
        WHERE clawed_micros NOT BETWEEN 0 AND payout_micros OR tax_credited_micros NOT BETWEEN 0 AND tax_micros
        ORDER BY charge_id LIMIT 5""",
    "balances equal the sum of their live adjustments": """
        SELECT 'charge ' || b.charge_id,
               'balance ' || b.credited_micros || '/' || b.tax_credited_micros || '/' || b.clawed_micros
               || ', adjustments ' || coalesce(a.credited, 0) || '/' || coalesce(a.tax, 0) || '/' || coalesce(a.clawed, 0)
        FROM ledger_charge_balance b
        FULL JOIN (SELECT charge_id, -sum(amount_micros) AS credited, -sum(tax_micros) AS tax,
                          -sum(clawback_micros) AS clawed
                   FROM ledger_adjustment WHERE kind <> 'reversal_fee' GROUP BY charge_id) a USING (charge_id)
        WHERE (coalesce(b.credited_micros, 0), coalesce(b.tax_credited_micros, 0), coalesce(b.clawed_micros, 0))
              <> (coalesce(a.credited, 0), coalesce(a.tax, 0), coalesce(a.clawed, 0))
        ORDER BY 1 LIMIT 5""",
    "balances hold what their holds say": """
        SELECT 'charge ' || b.charge_id, b.held_micros || ' held, holds say ' || coalesce(h.held, 0)
        FROM ledger_charge_balance b
        LEFT JOIN (SELECT charge_id, sum(held_micros) AS held FROM ledger_hold GROUP BY charge_id) h USING (charge_id)
        WHERE b.held_micros <> coalesce(h.held, 0) ORDER BY b.charge_id LIMIT 5""",
    "what a customer sees of a dispute equals its postings": """
        SELECT 'adjustment ' || d.id, 'says ' || d.amount_micros + d.tax_micros || ', posted ' || coalesce(p.micros, 0)
        FROM ledger_adjustment d
        LEFT JOIN (SELECT p.entry_id, sum(p.micros) AS micros FROM ledger_posting p
                   JOIN ledger_account a ON a.id = p.account_id AND a.kind IN ('AR', 'WALLET', 'ACCRUED')
                   GROUP BY p.entry_id) p ON p.entry_id = d.entry_id
        WHERE coalesce(p.micros, 0) <> d.amount_micros + d.tax_micros ORDER BY d.id LIMIT 5""",
    "what a vendor sees of a dispute equals its postings": """
        SELECT 'adjustment ' || d.id, 'says ' || d.clawback_micros || ', posted ' || -coalesce(p.micros, 0)
        FROM ledger_adjustment d
        LEFT JOIN (SELECT p.entry_id, sum(p.micros) AS micros FROM ledger_posting p
                   JOIN ledger_account a ON a.id = p.account_id AND a.kind = 'AP'
                   GROUP BY p.entry_id) p ON p.entry_id = d.entry_id
        WHERE -coalesce(p.micros, 0) <> d.clawback_micros ORDER BY d.id LIMIT 5""",
    "every reversal is the exact inverse of a credit": """
        SELECT 'adjustment ' || r.id, 'is no inverse of ' || coalesce(c.id::text, 'a credit')
        FROM ledger_adjustment r LEFT JOIN ledger_adjustment c ON c.id = r.parent_id
        WHERE r.kind = 'reversal' AND (c.kind, c.dispute_id, c.amount_micros, c.tax_micros, c.clawback_micros)
              IS DISTINCT FROM ('credit', r.dispute_id, -r.amount_micros, -r.tax_micros, -r.clawback_micros)
        ORDER BY r.id LIMIT 5""",
    "every fee stands on a reversal of its dispute": """
        SELECT 'adjustment ' || f.id, 'stands on no reversal'
        FROM ledger_adjustment f LEFT JOIN ledger_adjustment r ON r.id = f.parent_id
        WHERE f.kind = 'reversal_fee' AND (r.kind, r.dispute_id) IS DISTINCT FROM ('reversal', f.dispute_id)
        ORDER BY f.id LIMIT 5""",
}
"""Name of the law -> the query."""


@dataclass(frozen=True)
class Break:
    """A law that does not hold: where, and what was found."""

    law: str
    where: str
    found: str


def broken(laws: Mapping[str, str]) -> Iterator[Break]:
    """Run the queries; yield what they return."""
    with connection.cursor() as cursor:
        for law, query in laws.items():
            cursor.execute(query)
            for where, found in cursor.fetchall():
                yield Break(law, str(where), str(found))
