-- Purpose     one dispute as its record shows it
-- Parameters  those of the splice which
-- Splices     columns, joins: of disputes.selectors.records; which: the condition that names the dispute
-- Answer      the columns, in their order
SELECT
  -- splice: columns
FROM disputes_dispute d
  -- splice: joins
WHERE d.stage <> 'draft'
  AND
  -- splice: which
