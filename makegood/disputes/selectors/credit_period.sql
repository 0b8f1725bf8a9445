  -- Published part of disputes: the period that an adjustment counts to: the bill it stands on, else its month.
  -- Expects aliases a (adjustment) and p (bill period, may be null); parameter zone text
  CASE WHEN p.number IS NOT NULL THEN 'bill-' || p.number
       ELSE to_char(a.at AT TIME ZONE %(zone)s::text, 'YYYY-MM') END AS period
