-- Published part of billing: telephone numbers and circuits of customers; one that is there already is left alone.
-- Expects a CTE   to_serve (customer_id bigint, number text, label text); of two rows with one number one is taken
-- Gives           served (id, customer_id, number): every one asked for; also service_asked, service_added
service_asked AS MATERIALIZED (
  SELECT DISTINCT ON (t.customer_id, t.number) t.customer_id, t.number, t.label, s.id AS service_id, s.id IS NOT NULL AS is_known
  FROM to_serve t LEFT JOIN billing_service s ON s.customer_id = t.customer_id AND s.number = t.number
  ORDER BY t.customer_id, t.number, t.label DESC
),
service_added AS (
  INSERT INTO billing_service AS s (customer_id, number, label)
  SELECT customer_id, number, label FROM service_asked WHERE NOT is_known
  ON CONFLICT (customer_id, number) DO UPDATE SET number = EXCLUDED.number
  RETURNING s.id, s.customer_id, s.number
),
served AS (
  SELECT service_id AS id, customer_id, number FROM service_asked WHERE is_known
  UNION ALL
  SELECT id, customer_id, number FROM service_added
)
