"""Where the recording of a billed charge is may be learned later, once, and with it that recording was on."""

from django.db import migrations

LAWS = """
CREATE OR REPLACE FUNCTION billing_charge_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE late text[] := ARRAY['recording_ms', 'speech_s', 'ring_only', 'transcript_key', 'recording_url',
                        'recording_enabled'];
BEGIN
  IF TG_OP = 'UPDATE'
     AND to_jsonb(OLD) - late = to_jsonb(NEW) - late
     AND (OLD.recording_ms IS NULL OR OLD.recording_ms IS NOT DISTINCT FROM NEW.recording_ms)
     AND (OLD.speech_s IS NULL OR OLD.speech_s IS NOT DISTINCT FROM NEW.speech_s)
     AND (OLD.ring_only IS NULL OR OLD.ring_only IS NOT DISTINCT FROM NEW.ring_only)
     AND (OLD.transcript_key IS NULL OR OLD.transcript_key IS NOT DISTINCT FROM NEW.transcript_key)
     AND (OLD.recording_url = '' OR OLD.recording_url IS NOT DISTINCT FROM NEW.recording_url)
     AND (OLD.recording_enabled IS NOT DISTINCT FROM NEW.recording_enabled
          OR (NEW.recording_enabled AND OLD.recording_url = '' AND NEW.recording_url <> '')) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'charge % was billed; a correction is a new charge', OLD.id
    USING ERRCODE = '23514', CONSTRAINT = 'charge_frozen';
END $$;
"""
UNDO = """
CREATE OR REPLACE FUNCTION billing_charge_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE late text[] := ARRAY['recording_ms', 'speech_s', 'ring_only', 'transcript_key'];
BEGIN
  IF TG_OP = 'UPDATE'
     AND to_jsonb(OLD) - late = to_jsonb(NEW) - late
     AND (OLD.recording_ms IS NULL OR OLD.recording_ms IS NOT DISTINCT FROM NEW.recording_ms)
     AND (OLD.speech_s IS NULL OR OLD.speech_s IS NOT DISTINCT FROM NEW.speech_s)
     AND (OLD.ring_only IS NULL OR OLD.ring_only IS NOT DISTINCT FROM NEW.ring_only)
     AND (OLD.transcript_key IS NULL OR OLD.transcript_key IS NOT DISTINCT FROM NEW.transcript_key) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'charge % was billed; a correction is a new charge', OLD.id
    USING ERRCODE = '23514', CONSTRAINT = 'charge_frozen';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_features_of_customer")]
    operations = [migrations.RunSQL(LAWS, UNDO)]
