-- Part of imports: rows that say another amount than was billed, as proposals. What was billed stays as it is.
-- Reads       judged, met (see imports.import_chunk), imports_correction
-- Gives       rooted (rows that name another one they correct: judged, the charge it was billed as, verdict 'same',
--             'corrected', 'seen', 'CHARGE_CHANGED' or 'CORRECTS_UNKNOWN'); wanted (every row with other figures);
--             proposed (id): those that were not known yet
rooted AS MATERIALIZED (
  SELECT j.*, e.id AS charge_id, e.billed_micros AS old_billed_micros, e.currency AS old_currency,
    e.tax_micros AS old_tax_micros, e.payout_micros AS old_payout_micros, e.payout_currency AS old_payout_currency,
    CASE
      WHEN e.id IS NULL AND EXISTS (  -- in a dry run no charge tells of earlier chunks: seen with the same figures
        SELECT FROM import_seen x WHERE x.key = md5(concat_ws(' ', j.external_source, h.target, j.billed_micros,
          j.tax_micros, j.payout_micros, j.customer_number, j.vendor))::uuid) THEN 'same'
      WHEN e.id IS NULL AND EXISTS (
        SELECT FROM import_seen x WHERE x.key = md5(j.external_source || ' ' || h.target)::uuid) THEN 'seen'
      WHEN e.id IS NULL THEN 'CORRECTS_UNKNOWN'
      WHEN e.currency <> j.currency OR e.payout_currency <> j.payout_currency OR e.customer_id <> j.customer_id
        OR e.vendor_id IS DISTINCT FROM j.vendor_id THEN 'CHARGE_CHANGED'
      WHEN e.billed_micros <> j.billed_micros OR e.tax_micros <> j.tax_micros OR e.payout_micros <> j.payout_micros
        THEN 'corrected'
      ELSE 'same'
    END AS verdict
  FROM (  -- a correction may correct another one: what the first of them corrects
    WITH RECURSIVE up (place, external_source, target, hops) AS (
      SELECT place, external_source, corrects, 1 FROM judged WHERE corrects IS NOT NULL AND faults IS NULL
      UNION ALL
      SELECT u.place, u.external_source, p.corrects, u.hops + 1
      FROM up u
      JOIN judged p ON p.external_source = u.external_source AND p.external_id = u.target AND p.corrects IS NOT NULL
      WHERE u.hops < 20
    )
    SELECT DISTINCT ON (place) place, target FROM up ORDER BY place, hops DESC
  ) h
  JOIN judged j ON j.place = h.place
  LEFT JOIN LATERAL (
    SELECT x.* FROM billing_charge x
    WHERE x.id = coalesce(
      (SELECT k.charge_id FROM imports_correction k
       WHERE k.external_source = j.external_source AND k.external_id = h.target
       LIMIT 1),
      (SELECT o.id FROM billing_charge o WHERE o.external_source = j.external_source AND o.external_id = h.target))
    OFFSET 0
  ) e ON true
), wanted AS (
  SELECT place, charge_id, external_source, external_id, old_billed_micros, old_tax_micros, old_payout_micros,
    billed_micros, tax_micros, payout_micros, billed_at, currency, payout_currency, raw
  FROM met WHERE verdict = 'corrected'
  UNION ALL
  SELECT place, charge_id, external_source, external_id, old_billed_micros, old_tax_micros, old_payout_micros,
    billed_micros, tax_micros, payout_micros, billed_at, currency, payout_currency, raw
  FROM rooted WHERE verdict = 'corrected'
), proposed AS (
  INSERT INTO imports_correction (
    charge_id, batch_id, "row", external_source, external_id, currency, payout_currency,
    old_billed_micros, old_tax_micros, old_payout_micros, new_billed_micros, new_tax_micros, new_payout_micros,
    new_billed_at, source, state, settled_by_label)
  SELECT w.charge_id, %(batch)s::bigint, w.place, w.external_source, w.external_id, w.currency, w.payout_currency,
    w.old_billed_micros, w.old_tax_micros, w.old_payout_micros, w.billed_micros, w.tax_micros, w.payout_micros,
    w.billed_at, w.raw, 'proposed', ''
  FROM wanted w ORDER BY w.place
  ON CONFLICT (charge_id, new_billed_micros, new_tax_micros, new_payout_micros) DO NOTHING
  RETURNING id
)
