"""What billing forbids: overlapping periods, charges without their parties, changes to what was billed."""

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

LAWS = """
CREATE SEQUENCE billing_usage_id_seq START 1000001;
ALTER TABLE billing_bill_period ADD CONSTRAINT bill_periods_do_not_overlap
  EXCLUDE USING gist (customer_id WITH =, daterange(starts_on, ends_on, '[)') WITH &&);
ALTER TABLE billing_charge
  ADD CONSTRAINT charge_program_fk FOREIGN KEY (program_id) REFERENCES parties_program (id),
  ADD CONSTRAINT charge_customer_fk FOREIGN KEY (customer_id) REFERENCES parties_customer (id),
  ADD CONSTRAINT charge_vendor_fk FOREIGN KEY (vendor_id) REFERENCES parties_vendor (id),
  ADD CONSTRAINT charge_category_fk FOREIGN KEY (category_id) REFERENCES billing_category (id),
  ADD CONSTRAINT charge_campaign_fk FOREIGN KEY (campaign_id) REFERENCES billing_campaign (id),
  ADD CONSTRAINT charge_service_fk FOREIGN KEY (service_id) REFERENCES billing_service (id),
  ADD CONSTRAINT charge_invoice_fk FOREIGN KEY (invoice_id) REFERENCES billing_invoice (id),
  ADD CONSTRAINT charge_zone_fk FOREIGN KEY (tz_id) REFERENCES parties_zone (id);

CREATE FUNCTION billing_charge_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER charge_frozen BEFORE UPDATE OR DELETE ON billing_charge FOR EACH ROW
  WHEN (OLD.billed_at IS NOT NULL) EXECUTE FUNCTION billing_charge_frozen();
"""
UNDO = """
DROP TRIGGER charge_frozen ON billing_charge;
DROP FUNCTION billing_charge_frozen();
ALTER TABLE billing_charge DROP CONSTRAINT charge_zone_fk, DROP CONSTRAINT charge_invoice_fk,
  DROP CONSTRAINT charge_service_fk, DROP CONSTRAINT charge_campaign_fk, DROP CONSTRAINT charge_category_fk,
  DROP CONSTRAINT charge_vendor_fk, DROP CONSTRAINT charge_customer_fk, DROP CONSTRAINT charge_program_fk;
ALTER TABLE billing_bill_period DROP CONSTRAINT bill_periods_do_not_overlap;
DROP SEQUENCE billing_usage_id_seq;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [BtreeGistExtension(), migrations.RunSQL(LAWS, UNDO)]
