"""The invariants of billing, each a query that must return no row: (what it is about, what was found)."""

from __future__ import annotations

from collections.abc import Mapping

LAWS: Mapping[str, str] = {
    "every charge is one feature or one usage record": """
        SELECT 'charge ' || id, 'is a ' || kind || ' with feature ' || coalesce(feature_id::text, 'none')
               || ' and usage ' || coalesce(usage_id::text, 'none')
        FROM billing_charge
        WHERE (kind = 'usage') <> (usage_id IS NOT NULL) OR (kind = 'invoice_feature') <> (feature_id IS NOT NULL)
        ORDER BY id LIMIT 5""",
    "every charge has the currency of its customer's invoice": """
        SELECT 'charge ' || c.id, 'is in ' || c.currency || ' on invoice ' || i.number || ' in ' || i.currency
        FROM billing_charge c JOIN billing_invoice i ON i.id = c.invoice_id
        WHERE c.currency <> i.currency OR c.invoice_number IS DISTINCT FROM i.number ORDER BY c.id LIMIT 5""",
    "every invoice lies in a bill period of its customer": """
        SELECT 'invoice ' || i.number, 'belongs to a period of customer ' || p.customer_id
        FROM billing_invoice i JOIN billing_bill_period p ON p.id = i.bill_period_id
        WHERE p.customer_id <> i.customer_id ORDER BY i.number LIMIT 5""",
    "bill periods of a customer do not overlap": """
        SELECT 'bill period ' || a.id, 'overlaps bill period ' || b.id
        FROM billing_bill_period a
        JOIN billing_bill_period b ON b.customer_id = a.customer_id AND b.id > a.id
         AND daterange(b.starts_on, b.ends_on) && daterange(a.starts_on, a.ends_on)
        ORDER BY a.id LIMIT 5""",
    "every correction corrects a charge of its program": """
        SELECT 'charge ' || c.id, 'corrects charge ' || c.corrects_id || ', which is none of its program'
        FROM billing_charge c LEFT JOIN billing_charge o ON o.id = c.corrects_id AND o.program_id = c.program_id
        WHERE c.corrects_id IS NOT NULL AND (o.id IS NULL OR o.id = c.id) ORDER BY c.id LIMIT 5""",
}
"""Name of the law -> the query."""
