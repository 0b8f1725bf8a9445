-- Published part of billing: lines of invoices that give money back; one that is there already is left alone.
-- Expects a CTE   to_credit (place, invoice_id, feature_id, label, amount_micros, tax_micros, import_batch,
--                 external_source, external_id, raw); amounts are magnitudes
-- Gives           credited (id, external_id): the ones that were inserted
credited AS (
  INSERT INTO billing_invoice_credit AS c (invoice_id, feature_id, label, amount_micros, tax_micros, import_batch,
    external_source, external_id, raw)
  SELECT b.invoice_id, b.feature_id, b.label, b.amount_micros, b.tax_micros, b.import_batch, b.external_source,
    b.external_id, b.raw
  FROM to_credit b
  ORDER BY b.place
  ON CONFLICT DO NOTHING
  RETURNING c.id, c.external_id
)
