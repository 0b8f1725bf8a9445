-- Published part of billing: where the transcript of a charge is kept, filled in once, be it billed or not.
-- Expects a CTE   to_key (charge_id, transcript_key)
-- Gives           keyed (id): the ones that had none
keyed AS (
  UPDATE billing_charge AS c SET transcript_key = k.transcript_key
  FROM to_key k WHERE c.id = k.charge_id AND c.transcript_key IS NULL
  RETURNING c.id
)
