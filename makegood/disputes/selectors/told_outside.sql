  -- Published part of disputes: whether somebody may know of a dispute by now. What quality assurance opened unasked may
  -- still be taken back; a customer's people hear of it when it is committed, or when they are asked about it.
  -- Expects alias d (dispute); parameter outside bool (whether the reader belongs to a customer)
  NOT (%(outside)s::bool AND d.origin = 'qa_proactive' AND d.round = 1
       AND d.stage IN ('pending', 'in_review', 'decided', 'withdrawn')
       AND NOT EXISTS (SELECT FROM disputes_comment q WHERE q.dispute_id = d.id AND q.kind = 'question'))
