  -- Published part of disputes: the ledger accounts that a credit on a charge moves.
  -- Expects aliases c (charge), cu (its customer)
  CASE WHEN c.billed_at IS NULL THEN 'ACCRUED:' WHEN cu.billing_mode = 'prepaid' THEN 'WALLET:' ELSE 'AR:' END
    || c.customer_id AS receivable_key,
  'REV_CONTRA:' || c.program_id AS revenue_key,
  'TAX:' || coalesce(nullif(c.tax_jurisdiction, ''), 'none') AS tax_key,
  'AP:' || c.vendor_id AS payable_key,
  'PAYOUT_CONTRA:' || c.program_id AS payout_contra_key
