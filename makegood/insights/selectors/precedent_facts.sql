  -- Published part of insights: what is asked of a past dispute; what it is compared with is in policy/likeness.
  -- Expects aliases d (dispute), c (its charge)
  d.id, d.label, d.outcome, d.decided_micros, d.currency, c.billed_micros, d.round, d.stage, d.decided_at,
  c.caller_e164, c.vendor_id, c.vendor_sub_id, d.customer_id, d.reason_id, c.duration_s, d.finding_ids, d.description
