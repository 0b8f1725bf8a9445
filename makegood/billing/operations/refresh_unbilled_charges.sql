-- Published part of billing: facts of charges that are not billed yet, replaced by newer ones (which may bill them).
-- Expects a CTE   to_refresh (charge_id, and the columns of to_bill in billing.insert_charges)
-- Gives           refreshed (id): the ones that were changed; one billed meanwhile is left alone
refreshed AS (
  UPDATE billing_charge AS c SET
    import_batch = b.batch_id, invoice_id = b.invoice_id, invoice_number = b.invoice_number,
    service_id = b.service_id, quantity = b.quantity, unit = b.unit, unit_price = b.unit_price,
    customer_id = b.customer_id, vendor_id = b.vendor_id, category_id = b.category_id, campaign_id = b.campaign_id,
    tz_id = b.tz_id, occurred_at = b.occurred_at, received_at = b.received_at, billed_at = b.billed_at, currency = b.currency, billed_micros = b.billed_micros,
    tax_micros = b.tax_micros, tax_jurisdiction = b.tax_jurisdiction, payout_currency = b.payout_currency,
    payout_micros = b.payout_micros, direction = b.direction, answered = b.answered, connect_s = b.connect_s,
    ring_s = b.ring_s, duration_s = b.duration_s, hangup_by = b.hangup_by, disposition = b.disposition,
    converted = b.converted, recording_enabled = b.recording_enabled, recording_url = b.recording_url,
    caller_e164 = b.caller_e164, destination_e164 = b.destination_e164, tracking_e164 = b.tracking_e164,
    buyer_ref = b.buyer_ref, vendor_ref = b.vendor_ref, vendor_sub_id = b.vendor_sub_id,
    platform_tags = b.platform_tags, raw = b.raw, subkind = b.subkind, lead_channel = b.lead_channel,
    contact_name = b.contact_name, contact_e164 = b.contact_e164, contact_email = b.contact_email,
    transcript_key = coalesce(c.transcript_key, b.transcript_key)
  FROM to_refresh b
  WHERE c.id = b.charge_id AND c.billed_at IS NULL
  RETURNING c.id
)
