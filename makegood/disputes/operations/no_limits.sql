-- Published part of disputes: what passes fits, because no rule of the policy counts what is filed.
-- Expects  weighed (passes)
-- Gives    limited: its columns, and fits, counters
limited AS (
  SELECT w.*, true AS fits, NULL::jsonb AS counters FROM weighed w WHERE w.passes
)
