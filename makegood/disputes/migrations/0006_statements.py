"""Statement credits, and what the billing system was told not to bill."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Abs, Mod, Now

KEYS = """
CREATE SEQUENCE disputes_statement_number_seq START 1001;
CREATE SEQUENCE disputes_do_not_bill_number_seq START 1001;
ALTER TABLE disputes_statement_credit
  ADD CONSTRAINT statement_of_entry FOREIGN KEY (entry_id) REFERENCES ledger_entry (id),
  ADD CONSTRAINT statement_of_account FOREIGN KEY (account_key, currency) REFERENCES ledger_account (key, currency),
  ADD CONSTRAINT statement_carries_on
    FOREIGN KEY (previous_id, account_key, currency, previous_sequence, carried_micros)
    REFERENCES disputes_statement_credit (id, account_key, currency, sequence, remainder_micros);
ALTER TABLE disputes_statement_credit_line
  ADD CONSTRAINT statement_line_of_statement FOREIGN KEY (statement_id, party)
    REFERENCES disputes_statement_credit (id, party),
  ADD CONSTRAINT statement_line_of_adjustment FOREIGN KEY (adjustment_id) REFERENCES ledger_adjustment (id);
ALTER TABLE disputes_do_not_bill_line
  ADD CONSTRAINT do_not_bill_of_adjustment FOREIGN KEY (adjustment_id) REFERENCES ledger_adjustment (id),
  ADD CONSTRAINT do_not_bill_of_charge FOREIGN KEY (charge_id) REFERENCES billing_charge (id);
"""
NO_KEYS = """
ALTER TABLE disputes_do_not_bill_line DROP CONSTRAINT do_not_bill_of_charge, DROP CONSTRAINT do_not_bill_of_adjustment;
ALTER TABLE disputes_statement_credit_line DROP CONSTRAINT statement_line_of_adjustment,
  DROP CONSTRAINT statement_line_of_statement;
ALTER TABLE disputes_statement_credit DROP CONSTRAINT statement_carries_on, DROP CONSTRAINT statement_of_account,
  DROP CONSTRAINT statement_of_entry;
DROP SEQUENCE disputes_do_not_bill_number_seq;
DROP SEQUENCE disputes_statement_number_seq;
"""
TRIGGERS = """
CREATE FUNCTION disputes_statement_sums_its_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken bigint;
BEGIN
  IF TG_TABLE_NAME = 'disputes_statement_credit' THEN
    SELECT s.id INTO broken FROM new_rows s
    LEFT JOIN disputes_statement_credit_line l ON l.statement_id = s.id
    GROUP BY s.id, s.sum_micros HAVING count(l.id) = 0 OR sum(l.micros) <> s.sum_micros LIMIT 1;
  ELSE
    SELECT s.id INTO broken
    FROM disputes_statement_credit s
    JOIN disputes_statement_credit_line l ON l.statement_id = s.id
    WHERE s.id IN (SELECT n.statement_id FROM new_rows n)
    GROUP BY s.id, s.sum_micros HAVING sum(l.micros) <> s.sum_micros LIMIT 1;
  END IF;
  IF FOUND THEN
    RAISE EXCEPTION 'statement % is not the sum of its lines', broken
      USING ERRCODE = '23514', CONSTRAINT = 'statement_sums_its_lines';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER statement_sums_its_lines AFTER INSERT ON disputes_statement_credit
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION disputes_statement_sums_its_lines();
CREATE TRIGGER statement_sums_its_lines AFTER INSERT ON disputes_statement_credit_line
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION disputes_statement_sums_its_lines();

CREATE FUNCTION disputes_statement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A generated column is not computed yet before the update; what it is made of is compared.
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - '{external_ref,previous_sequence}'::text[]
                        = to_jsonb(NEW) - '{external_ref,previous_sequence}'::text[] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
    USING ERRCODE = '23514', CONSTRAINT = 'statement_stays';
END $$;
CREATE TRIGGER statement_stays BEFORE UPDATE OR DELETE ON disputes_statement_credit
  FOR EACH ROW EXECUTE FUNCTION disputes_statement_stays();
CREATE TRIGGER statement_stays BEFORE UPDATE OR DELETE ON disputes_statement_credit_line
  FOR EACH ROW EXECUTE FUNCTION disputes_statement_stays();
CREATE TRIGGER statement_stays BEFORE UPDATE OR DELETE ON disputes_do_not_bill_batch
  FOR EACH ROW EXECUTE FUNCTION disputes_statement_stays();
CREATE TRIGGER statement_stays BEFORE UPDATE OR DELETE ON disputes_do_not_bill_line
  FOR EACH ROW EXECUTE FUNCTION disputes_statement_stays();
"""
NO_TRIGGERS = """
DROP TRIGGER statement_stays ON disputes_do_not_bill_line;
DROP TRIGGER statement_stays ON disputes_do_not_bill_batch;
DROP TRIGGER statement_stays ON disputes_statement_credit_line;
DROP TRIGGER statement_stays ON disputes_statement_credit;
DROP FUNCTION disputes_statement_stays();
DROP TRIGGER statement_sums_its_lines ON disputes_statement_credit_line;
DROP TRIGGER statement_sums_its_lines ON disputes_statement_credit;
DROP FUNCTION disputes_statement_sums_its_lines();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0005_afterward"),
        ("billing", "0002_laws"),
        ("ledger", "0004_settlements"),
        ("parties", "0002_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="DoNotBillBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True)),
                ("at", models.DateTimeField(db_default=Now())),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("program", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="parties.program")),
            ],
            options={
                "db_table": "disputes_do_not_bill_batch",
            },
        ),
        migrations.CreateModel(
            name="DoNotBillLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("adjustment_id", models.BigIntegerField()),
                ("charge_id", models.BigIntegerField()),
                ("micros", models.BigIntegerField()),
                ("to_bill_micros", models.BigIntegerField()),
                (
                    "batch",
                    models.ForeignKey(on_delete=models.PROTECT, related_name="lines", to="disputes.donotbillbatch"),
                ),
            ],
            options={
                "db_table": "disputes_do_not_bill_line",
            },
        ),
        migrations.CreateModel(
            name="StatementCredit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True)),
                ("party", models.CharField(choices=[("customer", "customer"), ("vendor", "vendor")], max_length=8)),
                ("account_key", models.TextField()),
                ("currency", models.CharField(max_length=3)),
                ("sequence", models.IntegerField()),
                (
                    "previous_sequence",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                sequence__gt=1, then=CombinedExpression(models.F("sequence"), "-", models.Value(1))
                            ),
                            default=models.Value(None),
                        ),
                        output_field=models.IntegerField(null=True),
                    ),
                ),
                ("up_to", models.DateField()),
                ("sum_micros", models.BigIntegerField()),
                ("carried_micros", models.BigIntegerField()),
                ("settled_micros", models.BigIntegerField()),
                ("remainder_micros", models.BigIntegerField()),
                ("grain_micros", models.IntegerField()),
                ("entry_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(db_default=Now())),
                ("external_ref", models.TextField(blank=True, default="")),
                (
                    "bill_period",
                    models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="billing.billperiod"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="parties.customer"),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="disputes.statementcredit",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(null=True, on_delete=models.PROTECT, related_name="+", to="parties.vendor"),
                ),
            ],
            options={
                "db_table": "disputes_statement_credit",
            },
        ),
        migrations.CreateModel(
            name="StatementCreditLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(choices=[("customer", "customer"), ("vendor", "vendor")], max_length=8)),
                ("adjustment_id", models.BigIntegerField()),
                ("micros", models.BigIntegerField()),
                (
                    "statement",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=models.PROTECT,
                        related_name="lines",
                        to="disputes.statementcredit",
                    ),
                ),
            ],
            options={
                "db_table": "disputes_statement_credit_line",
            },
        ),
        migrations.AddConstraint(
            model_name="donotbillline",
            constraint=models.UniqueConstraint(fields=("adjustment_id",), name="do_not_bill_once"),
        ),
        migrations.AddConstraint(
            model_name="donotbillline",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_bill_micros__gte", 0)), name="do_not_bill_leaves_no_debt"
            ),
        ),
        migrations.AddIndex(
            model_name="statementcredit",
            index=models.Index(fields=["customer", "-number"], name="statement_of_customer"),
        ),
        migrations.AddIndex(
            model_name="statementcredit",
            index=models.Index(fields=["vendor", "-number"], name="statement_of_vendor"),
        ),
        migrations.AddConstraint(
            model_name="statementcredit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("customer__isnull", False), ("party", "customer"), ("vendor__isnull", True)),
                    models.Q(
                        ("bill_period__isnull", True),
                        ("customer__isnull", True),
                        ("party", "vendor"),
                        ("vendor__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="statement_of_one_party",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementcredit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "sum_micros",
                        CombinedExpression(
                            CombinedExpression(models.F("settled_micros"), "+", models.F("remainder_micros")),
                            "-",
                            models.F("carried_micros"),
                        ),
                    )
                ),
                name="statement_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementcredit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grain_micros__gt", 0),
                    (
                        "settled_micros",
                        CombinedExpression(
                            models.F("settled_micros"), "-", Mod(models.F("settled_micros"), models.F("grain_micros"))
                        ),
                    ),
                ),
                name="statement_in_whole_coins",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementcredit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grain_micros__gte", CombinedExpression(Abs(models.F("remainder_micros")), "*", models.Value(2)))
                ),
                name="statement_remainder_below_a_coin",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementcredit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("carried_micros", 0), ("previous__isnull", True), ("sequence", 1)),
                    models.Q(("previous__isnull", False), ("sequence__gt", 1)),
                    _connector="OR",
                ),
                name="statement_begins_even",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementcredit",
            constraint=models.UniqueConstraint(
                fields=("account_key", "currency", "sequence"), name="statement_once_in_its_chain"
            ),
        ),
        migrations.AddConstraint(
            model_name="statementcredit",
            constraint=models.UniqueConstraint(
                fields=("id", "account_key", "currency", "sequence", "remainder_micros"), name="statement_carry_target"
            ),
        ),
        migrations.AddConstraint(
            model_name="statementcredit",
            constraint=models.UniqueConstraint(fields=("id", "party"), name="statement_identity"),
        ),
        migrations.AddConstraint(
            model_name="statementcredit",
            constraint=models.UniqueConstraint(fields=("entry_id",), name="one_entry_per_statement"),
        ),
        migrations.AddConstraint(
            model_name="statementcreditline",
            constraint=models.UniqueConstraint(fields=("adjustment_id", "party"), name="statement_line_once"),
        ),
        migrations.RunSQL(KEYS, NO_KEYS),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
