-- Purpose     write the items of digests; what somebody was told before stays as it is
-- Parameters  digests bigint[], ordinals int[]: which digest gets which effect (1-based);
--             event_ids, subject_ids, dispute_ids, charge_ids bigint[], currencies text[], deltas bigint[], facts jsonb[]: the effects
-- Answer      none
INSERT INTO notifications_digest_item
  (digest_id, recipient_id, template, event_id, subject_id, dispute_id, charge_id, currency, delta, facts, by_email)
SELECT d.id, d.recipient_id, d.template, e.event_id, e.subject_id, e.dispute_id, e.charge_id, e.currency, e.delta,
       e.facts, d.by_email
FROM unnest(%(digests)s::bigint[], %(ordinals)s::int[]) AS line(digest_id, ordinal)
JOIN unnest(%(event_ids)s::bigint[], %(subject_ids)s::bigint[], %(dispute_ids)s::bigint[], %(charge_ids)s::bigint[],
            %(currencies)s::text[], %(deltas)s::bigint[], %(facts)s::jsonb[])
     WITH ORDINALITY AS e(event_id, subject_id, dispute_id, charge_id, currency, delta, facts, ordinal)
  ON e.ordinal = line.ordinal
JOIN notifications_digest d ON d.id = line.digest_id
ON CONFLICT (event_id, template, recipient_id, by_email) DO NOTHING
