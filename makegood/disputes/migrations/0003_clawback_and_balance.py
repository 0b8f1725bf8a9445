"""A claw-back mode is one that the ledger knows; a charge with a balance keeps the amounts that were copied."""

from django.db import migrations, models

KEEPS = """
CREATE FUNCTION disputes_charge_keeps_amounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM ledger_charge_balance b WHERE b.charge_id = OLD.id) THEN
    RAISE EXCEPTION 'charge % is disputed and keeps its amounts', OLD.id
      USING ERRCODE = '23514', CONSTRAINT = 'disputed_charge_keeps_amounts';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER disputed_charge_keeps_amounts BEFORE UPDATE ON billing_charge FOR EACH ROW
  WHEN ((OLD.currency, OLD.billed_micros, OLD.tax_micros, OLD.payout_micros, OLD.payout_currency) IS DISTINCT FROM
        (NEW.currency, NEW.billed_micros, NEW.tax_micros, NEW.payout_micros, NEW.payout_currency))
  EXECUTE FUNCTION disputes_charge_keeps_amounts();
"""
UNDO = """
DROP TRIGGER disputed_charge_keeps_amounts ON billing_charge;
DROP FUNCTION disputes_charge_keeps_amounts();
"""


class Migration(migrations.Migration):
    dependencies = [("disputes", "0002_laws"), ("billing", "0002_laws"), ("ledger", "0002_laws")]
    operations = [
        migrations.AddConstraint(
            model_name="reason",
            constraint=models.CheckConstraint(
                condition=models.Q(("clawback_mode__in", ["none", "proportional"])), name="reason_clawback_mode"
            ),
        ),
        migrations.RunSQL(KEEPS, UNDO),
    ]
