-- Part of imports: the parties that rows name and nobody knows, each once, as its first row tells it.
-- Reads       judged (see imports.import_chunk); only rows with no other fault than unknown parties count
-- Columns     kind, number, name, currency, category, criteria
  WITH wanting AS (
    SELECT * FROM judged WHERE faults <@ ARRAY['UNKNOWN_CUSTOMER:customer', 'UNKNOWN_VENDOR:vendor',
                                               'UNKNOWN_CAMPAIGN:campaign', 'UNKNOWN_CATEGORY:category']
  )
  (SELECT DISTINCT ON (w.category) 'category' AS kind, w.category AS number, w.category AS name, '' AS currency,
     NULL::text AS category, NULL::jsonb AS criteria
   FROM wanting w WHERE 'UNKNOWN_CATEGORY:category' = ANY(w.faults) ORDER BY w.category, w.place)
  UNION ALL
  (SELECT DISTINCT ON (w.customer_number) 'customer', w.customer_number, w.customer_name, w.currency, NULL, NULL
   FROM wanting w WHERE 'UNKNOWN_CUSTOMER:customer' = ANY(w.faults) ORDER BY w.customer_number, w.place)
  UNION ALL
  (SELECT DISTINCT ON (w.vendor) 'vendor', w.vendor, w.vendor_name, w.payout_currency, NULL, NULL
   FROM wanting w WHERE 'UNKNOWN_VENDOR:vendor' = ANY(w.faults) ORDER BY w.vendor, w.place)
  UNION ALL
  (SELECT DISTINCT ON (w.campaign) 'campaign', w.campaign, w.campaign_name, '', w.category,
     jsonb_strip_nulls(jsonb_build_object('billable_after_s', w.billable_after_s,
                                           'duplicate_window_days', w.duplicate_window_days))
   FROM wanting w WHERE 'UNKNOWN_CAMPAIGN:campaign' = ANY(w.faults) ORDER BY w.campaign, w.place)
