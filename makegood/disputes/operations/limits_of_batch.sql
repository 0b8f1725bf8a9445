-- Published part of disputes: of what passes, the first that fit the limits of their customer, person and vendor.
-- Expects  weighed (passes, and the columns of a claim and its charge)
-- Splices  places: the item's place among those that a rule counts, for every such rule; limit_joins, limit_mask,
--          limit_missing, limit_facts, counters: the rules that look at those places
-- Gives    limited: the columns of weighed, with masks and facts of every rule, and fits, counters
-- An item that one limit refuses still has its place in the others of its batch: sent again, it may fit.
-- The counters were locked by a statement before this one, so they stay as they are read here.
placed AS MATERIALIZED (
  SELECT i.*,
         -- splice: places
  FROM weighed i
  JOIN billing_charge c ON c.id = i.charge_id
  WHERE i.passes
),
limited AS MATERIALIZED (
  SELECT m.*, m.fail_mask & %(block_mask)s::bigint = 0
              AND (m.fail_mask & %(override_mask)s::bigint = 0 OR (%(may_override)s AND m.cause <> '')) AS fits
  FROM (
    SELECT i.ordinal, i.charge_id, i.reason_id, i.type, i.resolution_id, i.description, i.cause, i.public_id,
           i.draft_id, i.program_id, i.customer_id, i.vendor_id, i.currency, i.billed_micros, i.tax_micros,
           i.payout_micros, i.payout_currency, i.amount_micros,
           i.fail_mask | (
             -- splice: limit_mask
           ) AS fail_mask,
           i.missing_mask | (
             -- splice: limit_missing
           ) AS missing_mask,
           i.facts || (
             -- splice: limit_facts
           ) AS facts,
           (
             -- splice: counters
           ) AS counters
    FROM placed i
    JOIN billing_charge c ON c.id = i.charge_id
    JOIN parties_customer cu ON cu.id = c.customer_id
    LEFT JOIN ledger_charge_balance b ON b.charge_id = c.id
    -- splice: limit_joins
  ) m
)
