  -- Published part of disputes: credits, reversals and fees of disputes in view, with the statement and bill they stand on.
  -- Gives d, c, cu, a (the adjustment) and l, s, p (line, statement, bill period; null where there is none yet).
  -- Splices which: a condition on d. Parameters: those of the condition and of disputes.in_view
  FROM disputes_dispute d
  JOIN billing_charge c ON c.id = d.charge_id
  JOIN parties_customer cu ON cu.id = c.customer_id
  JOIN ledger_adjustment a ON a.dispute_id = d.id AND a.charge_id = d.charge_id
  LEFT JOIN disputes_statement_credit_line l ON l.adjustment_id = a.id AND l.party = 'customer'
  LEFT JOIN disputes_statement_credit s ON s.id = l.statement_id
  LEFT JOIN billing_bill_period p ON p.id = s.bill_period_id
  WHERE
  -- splice: which
  AND (
  -- include: disputes.in_view
  )
