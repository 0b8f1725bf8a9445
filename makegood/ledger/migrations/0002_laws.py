"""What the ledger forbids, whoever writes: keys between its rows, sums that are not zero, changed history."""

from django.db import migrations

KEYS = """
ALTER TABLE ledger_posting
  ADD CONSTRAINT posting_of_entry FOREIGN KEY (entry_id) REFERENCES ledger_entry (id),
  ADD CONSTRAINT posting_account_currency FOREIGN KEY (account_id, currency) REFERENCES ledger_account (id, currency);
ALTER TABLE ledger_hold
  ADD CONSTRAINT hold_of_charge FOREIGN KEY (charge_id, currency)
    REFERENCES ledger_charge_balance (charge_id, currency);
ALTER TABLE ledger_adjustment
  ADD CONSTRAINT adjustment_of_entry FOREIGN KEY (entry_id) REFERENCES ledger_entry (id),
  ADD CONSTRAINT adjustment_of_hold FOREIGN KEY (dispute_id, charge_id, currency)
    REFERENCES ledger_hold (dispute_id, charge_id, currency),
  ADD CONSTRAINT adjustment_order FOREIGN KEY (parent_id, parent_kind, dispute_id)
    REFERENCES ledger_adjustment (id, kind, dispute_id),
  ADD CONSTRAINT adjustment_inverse FOREIGN KEY (rev_of, rev_amount, rev_tax, rev_clawback)
    REFERENCES ledger_adjustment (id, amount_micros, tax_micros, clawback_micros);
"""
NO_KEYS = """
ALTER TABLE ledger_adjustment DROP CONSTRAINT adjustment_inverse, DROP CONSTRAINT adjustment_order,
  DROP CONSTRAINT adjustment_of_hold, DROP CONSTRAINT adjustment_of_entry;
ALTER TABLE ledger_hold DROP CONSTRAINT hold_of_charge;
ALTER TABLE ledger_posting DROP CONSTRAINT posting_account_currency, DROP CONSTRAINT posting_of_entry;
"""
TRIGGERS = """
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
    USING ERRCODE = '23514', CONSTRAINT = 'ledger_append_only';
END $$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_posting
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_adjustment
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();

CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken bigint;
BEGIN
  SELECT n.entry_id INTO broken FROM new_rows n
  GROUP BY n.entry_id, n.currency HAVING sum(n.micros) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % does not sum to zero', broken
      USING ERRCODE = '23514', CONSTRAINT = 'ledger_entry_balances';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_balances AFTER INSERT ON ledger_posting
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_balances();

CREATE FUNCTION ledger_entry_has_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken bigint;
BEGIN
  SELECT n.id INTO broken FROM new_rows n
  LEFT JOIN ledger_posting p ON p.entry_id = n.id
  GROUP BY n.id HAVING count(p.id) < 2 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % has fewer than two postings', broken
      USING ERRCODE = '23514', CONSTRAINT = 'ledger_entry_has_postings';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_has_postings AFTER INSERT ON ledger_entry
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_has_postings();

CREATE FUNCTION ledger_balance_copies_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the balance of charge % keeps the amounts of its charge', OLD.charge_id
    USING ERRCODE = '23514', CONSTRAINT = 'balance_copies_fixed';
END $$;
CREATE TRIGGER balance_copies_fixed BEFORE UPDATE ON ledger_charge_balance FOR EACH ROW
  WHEN ((OLD.charge_id, OLD.currency, OLD.billed_micros, OLD.tax_micros, OLD.payout_micros, OLD.payout_currency)
        IS DISTINCT FROM
        (NEW.charge_id, NEW.currency, NEW.billed_micros, NEW.tax_micros, NEW.payout_micros, NEW.payout_currency))
  EXECUTE FUNCTION ledger_balance_copies_fixed();
"""
NO_TRIGGERS = """
DROP TRIGGER balance_copies_fixed ON ledger_charge_balance;
DROP FUNCTION ledger_balance_copies_fixed();
DROP TRIGGER ledger_entry_has_postings ON ledger_entry;
DROP FUNCTION ledger_entry_has_postings();
DROP TRIGGER ledger_entry_balances ON ledger_posting;
DROP FUNCTION ledger_entry_balances();
DROP TRIGGER ledger_append_only ON ledger_adjustment;
DROP TRIGGER ledger_append_only ON ledger_posting;
DROP TRIGGER ledger_append_only ON ledger_entry;
DROP FUNCTION ledger_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(KEYS, NO_KEYS), migrations.RunSQL(TRIGGERS, NO_TRIGGERS)]
