  -- Published part of disputes: the accounts that a credit moves, as k (key, currency).
  -- Expects alias s (currency, payout_currency, tax_micros, payout_micros, and the columns of disputes.account_keys)
  CROSS JOIN LATERAL (VALUES (s.receivable_key, s.currency), (s.revenue_key, s.currency),
                             (CASE WHEN s.tax_micros > 0 THEN s.tax_key END, s.currency),
                             (CASE WHEN s.payout_micros > 0 THEN s.payable_key END, s.payout_currency),
                             (CASE WHEN s.payout_micros > 0 THEN s.payout_contra_key END, s.payout_currency))
    AS k (key, currency)
