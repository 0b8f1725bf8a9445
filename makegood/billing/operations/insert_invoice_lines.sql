-- Published part of billing: charges of invoices, and usage records of bills; one whose source and id, or whose invoice
--                 and feature, are there already is left alone.
-- Expects a CTE   to_line (place, kind, invoice_id, invoice_number, feature_id, feature_label, usage_id, import_batch,
--                 program_id, customer_id, service_id, tz_id, subkind, occurred_at, received_at, billed_at, currency,
--                 billed_micros, tax_micros, tax_jurisdiction, quantity, unit, unit_price, duration_s, caller_e164,
--                 destination_e164, external_source, external_id, raw, covers_from, covers_until); features without a number take theirs from the
--                 sequence billing_feature_id_seq
-- Gives           lined (id, external_id): the ones that were inserted
lined AS (
  INSERT INTO billing_charge AS c (
    kind, invoice_id, invoice_number, feature_id, feature_label, usage_id, usage_batch_id, import_batch, program_id,
    customer_id, service_id, tz_id, subkind, occurred_at, received_at, billed_at, currency, billed_micros, tax_micros,
    tax_jurisdiction, payout_currency, payout_micros, quantity, unit, unit_price, duration_s, caller_e164,
    destination_e164, external_source, external_id, raw, covers_from, covers_until,
    direction, hangup_by, disposition, recording_url, lead_channel, contact_name, contact_email, buyer_ref, vendor_ref,
    vendor_sub_id, platform_tags)
  SELECT
    b.kind, b.invoice_id, b.invoice_number, b.feature_id, b.feature_label, b.usage_id,
    CASE b.kind WHEN 'usage' THEN b.import_batch END, b.import_batch, b.program_id,
    b.customer_id, b.service_id, b.tz_id, b.subkind, b.occurred_at, b.received_at, b.billed_at, b.currency,
    b.billed_micros, b.tax_micros, b.tax_jurisdiction, b.currency, 0, b.quantity, b.unit, b.unit_price, b.duration_s,
    b.caller_e164, b.destination_e164, b.external_source, b.external_id, b.raw, b.covers_from, b.covers_until,
    '', 'unknown', '', '', '', '', '', '', '', '', '{}'
  FROM to_line b
  ORDER BY b.place
  ON CONFLICT DO NOTHING
  RETURNING c.id, c.external_id
)
