-- Purpose     the policy's masks and facts for charges of one program
-- Parameters  charge_ids bigint[]; asked bigint[], reason_codes text[], descriptions text[], files int[], attached text[] (of
--             the claim; null: none; attached: JSON of {mime, bytes}); origin text; the policy's own
-- Answer      charge id, fail_mask, missing_mask, facts, corrected (a newer charge stands in its place), off (disputing
--             is switched off for the account)
SELECT c.id,
       (
         -- splice: fail_mask
       ) AS fail_mask,
       (
         -- splice: missing_mask
       ) AS missing_mask,
       (
         -- splice: facts
       ) AS facts,
       EXISTS (SELECT FROM billing_charge n WHERE n.corrects_id = c.id) AS corrected, NOT cu.dispute_permission AS off
FROM (
  SELECT u.*, NULL::bigint AS running_micros, coalesce(u.attached_json, '[]')::jsonb AS attached, %(origin)s::text AS origin, 1::bigint AS rank,
         1::bigint AS rank_of_user, 1::bigint AS rank_of_vendor
  FROM unnest(%(charge_ids)s::bigint[], %(asked)s::bigint[], %(reason_codes)s::text[], %(descriptions)s::text[],
              %(files)s::int[], %(attached)s::text[])
       AS u (charge_id, asked_micros, reason_code, description, files, attached_json)
) AS i
JOIN billing_charge c ON c.id = i.charge_id
JOIN parties_customer cu ON cu.id = c.customer_id
LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
-- splice: joins
