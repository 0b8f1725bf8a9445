-- Published part of billing: usage records that were not billed yet, as a newer file tells them (which may bill them).
-- Expects a CTE   to_bill_usage (charge_id, and the columns of to_line in billing.insert_invoice_lines)
-- Gives           usage_billed (id): the ones that were changed; one billed meanwhile is left alone
usage_billed AS (
  UPDATE billing_charge AS c SET
    import_batch = b.import_batch, usage_batch_id = b.import_batch, invoice_id = b.invoice_id,
    invoice_number = b.invoice_number, feature_label = b.feature_label, service_id = b.service_id,
    subkind = b.subkind, occurred_at = b.occurred_at, received_at = b.received_at, billed_at = b.billed_at,
    billed_micros = b.billed_micros, tax_micros = b.tax_micros, tax_jurisdiction = b.tax_jurisdiction,
    quantity = b.quantity, unit = b.unit, unit_price = b.unit_price, duration_s = b.duration_s,
    caller_e164 = b.caller_e164, destination_e164 = b.destination_e164, raw = b.raw
  FROM to_bill_usage b
  WHERE c.id = b.charge_id AND c.billed_at IS NULL
  RETURNING c.id
)
