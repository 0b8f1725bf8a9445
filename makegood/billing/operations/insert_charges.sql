-- Published part of billing: new usage charges; one that is there already (same source and id) is left alone.
-- Expects a CTE   to_bill (place, new_id, usage_id, usage_batch_id, batch_id, invoice_id, invoice_number, service_id,
--                 quantity, unit, unit_price, program_id, customer_id, vendor_id, category_id,
--                 campaign_id, tz_id, subkind, occurred_at, received_at, billed_at, currency, billed_micros,
--                 tax_micros, tax_jurisdiction, payout_currency, payout_micros, direction, answered, connect_s,
--                 ring_s, duration_s, hangup_by, disposition, converted, recording_enabled, recording_url,
--                 caller_e164, destination_e164, tracking_e164, external_source, external_id, buyer_ref, vendor_ref,
--                 vendor_sub_id, platform_tags, raw, lead_channel, contact_name, contact_e164, contact_email,
--                 transcript_key); new_id comes from the sequence billing_charge_id_seq, usage_id
--                 from billing_usage_id_seq where the source has none; of two rows with the same source and id the one
--                 with the lower place is taken
-- Gives           billed (id): the ones that were inserted
billed AS (
  INSERT INTO billing_charge AS c (
    id, kind, usage_id, usage_batch_id, import_batch, invoice_id, invoice_number, service_id, quantity, unit,
    unit_price, program_id, customer_id, vendor_id, category_id, campaign_id, tz_id,
    subkind, occurred_at, received_at, billed_at, currency, billed_micros, tax_micros, tax_jurisdiction,
    payout_currency, payout_micros, direction, answered, connect_s, ring_s, duration_s, hangup_by, disposition,
    converted, recording_enabled, recording_url, caller_e164, destination_e164, tracking_e164, external_source,
    external_id, buyer_ref, vendor_ref, vendor_sub_id, platform_tags, raw,
    lead_channel, contact_name, contact_e164, contact_email, transcript_key, feature_label)
  SELECT
    b.new_id, 'usage', b.usage_id, b.usage_batch_id, b.batch_id, b.invoice_id, b.invoice_number, b.service_id,
    b.quantity, b.unit, b.unit_price, b.program_id, b.customer_id, b.vendor_id, b.category_id,
    b.campaign_id, b.tz_id, b.subkind, b.occurred_at, b.received_at, b.billed_at, b.currency, b.billed_micros,
    b.tax_micros, b.tax_jurisdiction, b.payout_currency, b.payout_micros, b.direction, b.answered, b.connect_s,
    b.ring_s, b.duration_s, b.hangup_by, b.disposition, b.converted, b.recording_enabled, b.recording_url,
    b.caller_e164, b.destination_e164, b.tracking_e164, b.external_source, b.external_id, b.buyer_ref, b.vendor_ref,
    b.vendor_sub_id, b.platform_tags, b.raw, b.lead_channel, b.contact_name, b.contact_e164, b.contact_email,
    b.transcript_key, ''
  FROM to_bill b
  ORDER BY b.place
  ON CONFLICT (external_source, external_id) DO NOTHING
  RETURNING c.id
)
