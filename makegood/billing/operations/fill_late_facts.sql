-- Published part of billing: where the transcript and the recording of a charge are, filled in once, be it billed or
--                 not; a call whose recording is somewhere was recorded
-- Expects a CTE   to_key (charge_id, transcript_key text null, recording_url text)
-- Gives           keyed (id): the ones that learned something
keyed AS (
  UPDATE billing_charge AS c SET
    transcript_key = coalesce(c.transcript_key, k.transcript_key),
    recording_url = coalesce(nullif(c.recording_url, ''), k.recording_url),
    recording_enabled = (c.recording_url = '' AND k.recording_url <> '') OR c.recording_enabled
  FROM to_key k
  WHERE c.id = k.charge_id
    AND ((c.transcript_key IS NULL AND k.transcript_key IS NOT NULL)
         OR (c.recording_url = '' AND k.recording_url <> ''))
  RETURNING c.id
)
