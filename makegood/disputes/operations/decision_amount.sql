  -- Published part of disputes: what a decision comes to, as m (micros), and what granting all of it comes to (whole):
  -- in a later round what is left of what was asked. Expects aliases u (item: kind, micros), d (dispute), b (balance).
  CROSS JOIN LATERAL (
    SELECT CASE u.kind WHEN 'accept' THEN w.whole WHEN 'reject' THEN 0 ELSE u.micros END AS micros, w.whole
    FROM (SELECT CASE WHEN d.round = 1 THEN d.amount_micros
                      ELSE least(d.amount_micros, b.billed_micros - b.held_micros - b.credited_micros) END AS whole) w
  ) m
