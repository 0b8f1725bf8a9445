-- Purpose     write rows of a bulk plan, in the order of the arrays
-- Parameters  plan_id bigint, start int (the first ordinal); dispute_ids bigint[], names text[], versions int[],
--             micros bigint[], credits bigint[], taxes bigint[], clawbacks bigint[], margins bigint[], currencies text[],
--             payout_currencies text[], states text[], codes text[], messages text[]
-- Answer      how many
WITH written AS (
  INSERT INTO disputes_bulk_plan_row
    (plan_id, ordinal, dispute_id, named, version, micros, credit_micros, tax_micros, clawback_micros, margin_micros,
     currency, payout_currency, state, code, message)
  SELECT %(plan_id)s::bigint, %(start)s::int + u.ordinal - 1, u.dispute_id, u.named, u.version, u.micros, u.credit, u.tax,
         u.clawback, u.margin, u.currency, u.payout_currency, u.state, u.code, u.message
  FROM unnest(%(dispute_ids)s::bigint[], %(names)s::text[], %(versions)s::int[], %(micros)s::bigint[],
              %(credits)s::bigint[], %(taxes)s::bigint[], %(clawbacks)s::bigint[], %(margins)s::bigint[],
              %(currencies)s::text[], %(payout_currencies)s::text[], %(states)s::text[], %(codes)s::text[],
              %(messages)s::text[])
    WITH ORDINALITY AS u (dispute_id, named, version, micros, credit, tax, clawback, margin, currency, payout_currency,
                          state, code, message, ordinal)
  RETURNING ordinal
)
SELECT count(*) FROM written
