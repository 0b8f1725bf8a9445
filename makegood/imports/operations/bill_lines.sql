-- Part of imports: the staged lines of one chunk of bills as values, each with what is wrong with it.
-- Parameters  chunk integer; zone text null (of times without offset; the customer's own otherwise); currency text null
--             (of lines without); currencies text[]; largest numeric
-- Reads       bill_stage: a temporary table of this session
-- Gives       lines: the texts and their values; is_good; faults text[] (CODE:column); has_line (a bill without lines
--             is staged as one row without); covers_from and covers_until, days half open; is_back (a line that gives money back), its amounts as magnitudes
read AS (
  SELECT s.*,
-- splice: read
  FROM bill_stage s
  WHERE s.chunk = %(chunk)s::integer
  OFFSET 0  -- computes each text once
), typed AS (
  SELECT r.*,
-- splice: typed
  FROM read r
  OFFSET 0
), placed AS (
  SELECT t.*, cu.id AS customer_id, cu.currency AS customer_currency, cu.zone_id AS tz_id,
    coalesce(t.v_currency, %(currency)s::text) AS line_currency,
    coalesce(%(zone)s::text, z.name, 'UTC') AS zone_name,
    coalesce(t.v_net, t.v_gross - coalesce(t.v_tax, 0)) AS net_micros,
    coalesce(t.v_tax, t.v_gross - t.v_net, 0) AS tax_micros_signed
  FROM typed t
  LEFT JOIN parties_customer cu ON cu.number = t.customer
  LEFT JOIN parties_zone z ON z.id = cu.zone_id
  OFFSET 0
), joined AS (
  SELECT p.*, p.line IS NOT NULL OR p.raw IS NOT NULL AS has_line,
    coalesce(p.issued_abs, coalesce(p.issued_clock, p.issued_date::timestamp) AT TIME ZONE p.zone_name) AS issued_at,
    coalesce(p.occurred_abs, coalesce(p.occurred_clock, p.occurred_date::timestamp) AT TIME ZONE p.zone_name)
      AS occurred_at,
    CASE WHEN p.period_end ~ '[T ]00:00(:00([.]0*)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$' AND p.period_end_day > p.period_start_day
      THEN p.period_end_day ELSE p.period_end_day + 1 END AS period_ends_on,
    CASE WHEN p.covers_end_day < p.covers_start_day THEN NULL ELSE p.covers_start_day END AS covers_from,
    CASE WHEN p.covers_end_day < p.covers_start_day THEN NULL
      WHEN p.covers_end ~ '[T ]00:00(:00([.]0*)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$' AND p.covers_end_day > p.covers_start_day
      THEN p.covers_end_day ELSE p.covers_end_day + 1 END AS covers_until,
    p.is_credit IS NOT NULL OR p.net_micros < 0 OR (p.net_micros = 0 AND p.tax_micros_signed < 0) AS is_back,
    abs(p.net_micros) AS amount_micros, abs(p.tax_micros_signed) AS tax_micros
  FROM placed p
  OFFSET 0
), faulted AS (
  SELECT j.*, array_remove(ARRAY[
    j.bad,
-- splice: faults
    ,
    CASE WHEN j.issued IS NULL AND j.is_billed IS NULL THEN 'NO_ISSUE_DATE:issued' END,
    CASE WHEN j.customer IS NULL THEN 'NO_BILLED_CUSTOMER:customer'
         WHEN j.customer_id IS NULL AND length(j.customer) <= 64 THEN 'UNKNOWN_CUSTOMER:customer' END,
    CASE WHEN j.line_currency IS NULL AND j.currency IS NULL THEN 'NO_CURRENCY:currency'
         WHEN j.customer_currency <> j.line_currency THEN 'CURRENCY_MISMATCH:currency' END,
    CASE WHEN j.period_ends_on <= j.period_start_day THEN 'BAD_PERIOD:period_end' END,
    CASE WHEN j.state LIKE 'open:%%' THEN 'BILL_NOT_ISSUED:state' END,
    CASE WHEN j.has_line AND j.net IS NULL AND j.gross IS NULL THEN 'NO_AMOUNT:net'
         WHEN j.v_gross <> j.net_micros + j.tax_micros_signed THEN 'LINE_CONTRADICTS:gross'
         WHEN sign(j.net_micros) * sign(j.tax_micros_signed) < 0 THEN 'MIXED_SIGNS:tax' END
  ], NULL) AS faults
  FROM joined j
  OFFSET 0
), lines AS MATERIALIZED (
  SELECT f.*, cardinality(f.faults) = 0 AS is_good FROM faulted f
)
