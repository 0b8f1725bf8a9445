"""What disputes forbids: rows that disagree with their charge or hold, changed decisions, changed policies."""

from django.db import migrations

KEYS = """
CREATE SEQUENCE disputes_number_seq START 10001;
ALTER TABLE disputes_dispute
  ADD CONSTRAINT dispute_charge_fk FOREIGN KEY (charge_id, currency, customer_id)
    REFERENCES billing_charge (id, currency, customer_id),
  ADD CONSTRAINT dispute_hold_fk FOREIGN KEY (hold_key, charge_id, currency)
    REFERENCES ledger_hold (dispute_id, charge_id, currency),
  ADD CONSTRAINT dispute_program_fk FOREIGN KEY (program_id) REFERENCES parties_program (id),
  ADD CONSTRAINT dispute_reason_fk FOREIGN KEY (reason_id) REFERENCES disputes_reason (id),
  ADD CONSTRAINT dispute_policy_version_fk FOREIGN KEY (policy_version_id) REFERENCES disputes_policy_version (id),
  ADD CONSTRAINT dispute_decided_by_fk FOREIGN KEY (decided_by_id) REFERENCES parties_user (id),
  ADD CONSTRAINT dispute_assignee_fk FOREIGN KEY (assignee_id) REFERENCES parties_user (id),
  ADD CONSTRAINT dispute_submitted_by_fk FOREIGN KEY (submitted_by_id) REFERENCES parties_user (id),
  ADD CONSTRAINT dispute_created_by_fk FOREIGN KEY (created_by_id) REFERENCES parties_user (id),
  ADD CONSTRAINT dispute_modified_by_fk FOREIGN KEY (modified_by_id) REFERENCES parties_user (id);
ALTER TABLE disputes_decision
  ADD CONSTRAINT decision_dispute_fk FOREIGN KEY (dispute_id) REFERENCES disputes_dispute (id),
  ADD CONSTRAINT decision_by_fk FOREIGN KEY (by_id) REFERENCES parties_user (id);
ALTER TABLE disputes_policy_version ADD CONSTRAINT policy_versions_do_not_overlap
  EXCLUDE USING gist (policy_id WITH =, effective WITH &&) WHERE (published_at IS NOT NULL);
"""
NO_KEYS = """
ALTER TABLE disputes_policy_version DROP CONSTRAINT policy_versions_do_not_overlap;
ALTER TABLE disputes_decision DROP CONSTRAINT decision_by_fk, DROP CONSTRAINT decision_dispute_fk;
ALTER TABLE disputes_dispute
  DROP CONSTRAINT dispute_modified_by_fk, DROP CONSTRAINT dispute_created_by_fk,
  DROP CONSTRAINT dispute_submitted_by_fk, DROP CONSTRAINT dispute_assignee_fk,
  DROP CONSTRAINT dispute_decided_by_fk, DROP CONSTRAINT dispute_policy_version_fk,
  DROP CONSTRAINT dispute_reason_fk, DROP CONSTRAINT dispute_program_fk,
  DROP CONSTRAINT dispute_hold_fk, DROP CONSTRAINT dispute_charge_fk;
DROP SEQUENCE disputes_number_seq;
"""
TRIGGERS = """
CREATE FUNCTION disputes_balance_matches_charge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM billing_charge c JOIN ledger_charge_balance b ON b.charge_id = c.id
  WHERE c.id = NEW.charge_id
    AND (c.currency, c.billed_micros, c.tax_micros, c.payout_micros, c.payout_currency)
      = (b.currency, b.billed_micros, b.tax_micros, b.payout_micros, b.payout_currency);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the balance of charge % differs from the charge', NEW.charge_id
      USING ERRCODE = '23514', CONSTRAINT = 'balance_matches_charge';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER balance_matches_charge AFTER INSERT OR UPDATE OF stage ON disputes_dispute FOR EACH ROW
  WHEN (NEW.stage = 'pending') EXECUTE FUNCTION disputes_balance_matches_charge();

CREATE FUNCTION disputes_dispute_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE reopening text[] := ARRAY['stage', 'outcome', 'round', 'closed_at', 'withdrawn_at', 'decided_micros',
  'decided_by_id', 'decided_at', 'decision_note', 'buyer_explanation', 'finding_ids', 'commit_after', 'assignee_id',
  'claimed_until', 'lock_version', 'modified_at', 'modified_by_id', 'hold_key'];
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.stage = 'pending' AND NEW.closed_at IS NULL
     AND to_jsonb(OLD) - reopening = to_jsonb(NEW) - reopening THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'dispute % is closed', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'dispute_closed';
END $$;
CREATE TRIGGER dispute_closed BEFORE UPDATE OR DELETE ON disputes_dispute FOR EACH ROW
  WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION disputes_dispute_closed();

CREATE FUNCTION disputes_decision_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'held' AND NEW.state <> 'held'
     AND to_jsonb(OLD) - 'state' = to_jsonb(NEW) - 'state' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'decision % stays as it was made', OLD.id
    USING ERRCODE = '23514', CONSTRAINT = 'decision_leaves_held_once';
END $$;
CREATE TRIGGER decision_leaves_held_once BEFORE UPDATE OR DELETE ON disputes_decision
  FOR EACH ROW EXECUTE FUNCTION disputes_decision_once();

CREATE FUNCTION disputes_policy_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'effective' = to_jsonb(NEW) - 'effective'
     AND lower(OLD.effective) = lower(NEW.effective) AND upper_inf(OLD.effective) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'policy version % is published and stays as it is', OLD.id
    USING ERRCODE = '23514', CONSTRAINT = 'policy_published';
END $$;
CREATE TRIGGER policy_published BEFORE UPDATE OR DELETE ON disputes_policy_version FOR EACH ROW
  WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION disputes_policy_published();
"""
NO_TRIGGERS = """
DROP TRIGGER policy_published ON disputes_policy_version;
DROP FUNCTION disputes_policy_published();
DROP TRIGGER decision_leaves_held_once ON disputes_decision;
DROP FUNCTION disputes_decision_once();
DROP TRIGGER dispute_closed ON disputes_dispute;
DROP FUNCTION disputes_dispute_closed();
DROP TRIGGER balance_matches_charge ON disputes_dispute;
DROP FUNCTION disputes_balance_matches_charge();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0001_initial"),
        ("billing", "0002_laws"),
        ("ledger", "0002_laws"),
        ("parties", "0002_roles"),
    ]
    operations = [migrations.RunSQL(KEYS, NO_KEYS), migrations.RunSQL(TRIGGERS, NO_TRIGGERS)]
