-- Purpose     stands in for the claim where a charge is looked at before anybody files: asks for what is left, as the
--             first of its batch, by the buyer
-- Gives       i (charge_id, asked_micros, running_micros, reason_code, description, files, attached, origin, rank, ..)
CROSS JOIN (
  SELECT NULL::bigint AS asked_micros, NULL::bigint AS running_micros, NULL::text AS reason_code,
         NULL::text AS description, 0 AS files, '[]'::jsonb AS attached, 'buyer'::text AS origin, 1::bigint AS rank,
         1::bigint AS rank_of_user, 1::bigint AS rank_of_vendor
) AS i
