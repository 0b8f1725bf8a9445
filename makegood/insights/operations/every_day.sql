-- Part         every cohort day of every program, from its first charge to its last
-- Gives        every_day (program_id, day)
every_day AS (
  SELECT p.id AS program_id, n.day::date AS day
  FROM parties_program p
  LEFT JOIN parties_zone z ON z.id = p.zone_id
  CROSS JOIN LATERAL (
    SELECT (SELECT c.received_at FROM billing_charge c WHERE c.program_id = p.id
            ORDER BY c.received_at LIMIT 1) AS first_at,
           (SELECT c.received_at FROM billing_charge c WHERE c.program_id = p.id
            ORDER BY c.received_at DESC LIMIT 1) AS last_at
  ) ends
  CROSS JOIN LATERAL generate_series(
    (ends.first_at AT TIME ZONE coalesce(z.name, 'UTC'))::date,
    (ends.last_at AT TIME ZONE coalesce(z.name, 'UTC'))::date, interval '1 day') AS n (day)
)
