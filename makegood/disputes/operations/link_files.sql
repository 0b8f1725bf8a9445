-- Purpose     let disputes that were just filed show the files that came with them (part of disputes.submit)
-- Parameters  file_charges bigint[], file_ids bigint[] (pairs; the files are locked); at timestamptz, principal bigint
-- Reads       filed
-- Answer      exhibited, of which nothing is read
exhibited AS (
  INSERT INTO disputes_dispute_file (dispute_id, file_id, attached_at, attached_by_id)
  SELECT f.id, u.file_id, %(at)s, %(principal)s
  FROM unnest(%(file_charges)s::bigint[], %(file_ids)s::bigint[]) WITH ORDINALITY AS u (charge_id, file_id, place)
  JOIN filed f ON f.charge_id = u.charge_id
  ORDER BY u.place
  ON CONFLICT (dispute_id, file_id) DO NOTHING
),
