  -- Published part of disputes: what a decision comes to, as m (micros). In a later round accepting means what is left
  -- of what was asked. Expects aliases u (item: kind, micros), d (dispute), b (balance).
  CROSS JOIN LATERAL (
    SELECT CASE u.kind
             WHEN 'accept' THEN CASE WHEN d.round = 1 THEN d.amount_micros
               ELSE least(d.amount_micros, b.billed_micros - b.held_micros - b.credited_micros) END
             WHEN 'reject' THEN 0
             ELSE u.micros END AS micros
  ) m
