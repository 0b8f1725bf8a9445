-- Purpose     how many leads there are of everything that words, tags and metrics are made of
-- Parameters  month, since, until timestamptz (since, until null: open); outside boolean (whoever asks is of a customer);
--             those of the spliced sub-selects
-- Answer      stage, outcome, live (2 whole, 1 a part, 0 none), reversed, fee, is_again, non_billable, review, tags, reason
--             code and label, channel, subkind, campaign id and name, counts: all, since ``month``, in the range
-- Splices     leads: id, occurred_at, lead_channel, subkind, campaign_id, billed_micros; own: the disputes whoever asks sees but
--             drafts: id, charge_id, stage, outcome, round, reason_id; told: ids of the disputes it sees
WITH lead (id, occurred_at, lead_channel, subkind, campaign_id, billed_micros) AS MATERIALIZED (
  -- splice: leads
), own (id, charge_id, stage, outcome, round, reason_id) AS (
  -- splice: own
), spoken AS MATERIALIZED (
  SELECT DISTINCT ON (o.charge_id) o.*
  FROM own o
  WHERE o.charge_id IN (SELECT id FROM lead)
  ORDER BY o.charge_id, o.stage = 'withdrawn', o.id DESC
), money AS MATERIALIZED (
  SELECT a.dispute_id,
         -sum(a.amount_micros) FILTER (WHERE a.kind <> 'reversal_fee') AS credit,
         bool_or(a.kind = 'reversal') AS reversed,
         bool_or(a.kind = 'reversal_fee') AS fee,
         bool_or(b.non_billable_mark) AS non_billable
  FROM ledger_adjustment a
  JOIN ledger_charge_balance b ON b.charge_id = a.charge_id
  WHERE a.dispute_id IN (SELECT id FROM spoken)
  GROUP BY a.dispute_id
), reviewed AS MATERIALIZED (
  SELECT DISTINCT ON (r.charge_id) r.charge_id, r.state, r.tags, r.dispute_id
  FROM disputes_review r
  WHERE r.state <> 'canceled' AND r.charge_id IN (SELECT id FROM lead)
  ORDER BY r.charge_id, r.id DESC
), known AS MATERIALIZED (
  SELECT r.charge_id,
         CASE WHEN t.is_told THEN r.state ELSE 'claimed' END AS state,
         CASE WHEN t.is_told AND r.state = 'done' THEN r.tags ELSE '{}' END AS tags
  FROM reviewed r
  CROSS JOIN LATERAL (
    SELECT NOT %(outside)s OR r.dispute_id IS NULL OR r.dispute_id IN (
      -- splice: told
    ) AS is_told
  ) t
)
SELECT s.stage, s.outcome,
       CASE WHEN coalesce(m.credit, 0) <= 0 THEN 0 WHEN m.credit >= l.billed_micros THEN 2 ELSE 1 END AS live,
       coalesce(m.reversed, false), coalesce(m.fee, false), coalesce(s.round > 1, false),
       coalesce(m.non_billable, false),
       k.state, coalesce(k.tags, '{}'),
       coalesce(re.code, ''), coalesce(re.label, ''),
       l.lead_channel, l.subkind, l.campaign_id, coalesce(ca.name, ''),
       count(*),
       count(*) FILTER (WHERE l.occurred_at >= %(month)s),
       count(*) FILTER (WHERE (%(since)s::timestamptz IS NULL OR l.occurred_at >= %(since)s)
                          AND (%(until)s::timestamptz IS NULL OR l.occurred_at < %(until)s))
FROM lead l
LEFT JOIN spoken s ON s.charge_id = l.id
LEFT JOIN money m ON m.dispute_id = s.id
LEFT JOIN known k ON k.charge_id = l.id
LEFT JOIN disputes_reason re ON re.id = s.reason_id AND s.stage <> 'withdrawn'
LEFT JOIN billing_campaign ca ON ca.id = l.campaign_id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
