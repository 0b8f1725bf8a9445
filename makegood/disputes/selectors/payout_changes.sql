-- Purpose     what changed the payouts of vendors, each with the net of its call in its month; for FROM (...)
-- Parameters  vendors bigint[]; zone text
-- Answer      id, at, period, currency, micros, own_id, sub_id, charge_id, kind, net
SELECT a.id, a.at, to_char(a.at AT TIME ZONE %(zone)s, 'YYYY-MM') AS period, a.payout_currency AS currency,
       a.clawback_micros AS micros, coalesce(nullif(c.vendor_ref, ''), c.external_id) AS own_id,
       c.vendor_sub_id AS sub_id, a.charge_id, a.kind,
       sum(a.clawback_micros) OVER (
         PARTITION BY a.charge_id, a.payout_currency, to_char(a.at AT TIME ZONE %(zone)s, 'YYYY-MM')
       ) AS net
FROM billing_charge c
JOIN ledger_adjustment a ON a.charge_id = c.id AND a.clawback_micros <> 0
WHERE c.vendor_id = ANY(%(vendors)s::bigint[])
