-- Purpose     how many charges of a program each rule stops first, before anybody files
-- Parameters  program_id bigint; block_mask, override_mask bigint (bits of rules that keep a buyer from filing); the
--             policy's own
-- Answer      bit (0: nothing stops them), charges
SELECT g.stops & -g.stops AS bit, sum(g.charges)::bigint AS charges
FROM (
  SELECT CASE WHEN m.fail_mask & %(block_mask)s::bigint <> 0 THEN m.fail_mask & %(block_mask)s::bigint
              ELSE m.fail_mask & %(override_mask)s::bigint END AS stops,
         count(*) AS charges
  FROM (
    -- include: disputes.masks
    OFFSET 0  -- so that each mask is computed once, and not wherever it is mentioned
  ) AS m
  GROUP BY m.fail_mask
) AS g
GROUP BY 1
ORDER BY 1
