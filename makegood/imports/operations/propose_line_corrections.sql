-- Part of imports: lines and usage records that say another amount than was billed, as proposals. What was billed stays.
-- Parameters  batch bigint; source text
-- Reads       met: verdict 'corrected', n, charge_id, external_id, line_currency, old_micros, old_tax_micros,
--             amount_micros, tax_micros, new_billed_at, raw; imports_correction
-- Gives       proposed (id): those that were not known yet
proposed AS (
  INSERT INTO imports_correction (
    charge_id, batch_id, "row", external_source, external_id, currency, payout_currency,
    old_billed_micros, old_tax_micros, old_payout_micros, new_billed_micros, new_tax_micros, new_payout_micros,
    new_billed_at, source, state, settled_by_label)
  SELECT m.charge_id, %(batch)s::bigint, m.n, %(source)s::text, m.external_id, m.line_currency, m.line_currency,
    m.old_micros, m.old_tax_micros, 0, m.amount_micros, m.tax_micros, 0, m.new_billed_at, m.raw::jsonb, 'proposed', ''
  FROM met m
  WHERE m.verdict = 'corrected'
  ORDER BY m.n, m.k
  ON CONFLICT (charge_id, new_billed_micros, new_tax_micros, new_payout_micros) DO NOTHING
  RETURNING id
)
