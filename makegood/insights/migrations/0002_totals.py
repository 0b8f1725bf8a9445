"""Cohort days added up along each dimension."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
INSERT INTO insights_day_total
  (program_id, day, by, key, currency, payout_currency,
   charges, billed, disputes, accepted, accepted_partial, rejected, withdrawn, closed, open, automatic, invalid,
   credits, reversals, fees, billed_micros, asked_micros, decided_asked_micros, decided_micros, credited_micros,
   reversed_micros, fee_micros, payout_micros, clawed_micros, returned_micros)
SELECT r.program_id, r.day, g.by, g.key, r.currency, r.payout_currency,
       sum(charges)::int AS charges, sum(billed)::int AS billed, sum(disputes)::int AS disputes,
       sum(accepted)::int AS accepted, sum(accepted_partial)::int AS accepted_partial,
       sum(rejected)::int AS rejected, sum(withdrawn)::int AS withdrawn, sum(closed)::int AS closed,
       sum(open)::int AS open, sum(automatic)::int AS automatic, sum(invalid)::int AS invalid,
       sum(credits)::int AS credits, sum(reversals)::int AS reversals, sum(fees)::int AS fees,
       sum(billed_micros)::bigint AS billed_micros, sum(asked_micros)::bigint AS asked_micros,
       sum(decided_asked_micros)::bigint AS decided_asked_micros, sum(decided_micros)::bigint AS decided_micros,
       sum(credited_micros)::bigint AS credited_micros, sum(reversed_micros)::bigint AS reversed_micros,
       sum(fee_micros)::bigint AS fee_micros, sum(payout_micros)::bigint AS payout_micros,
       sum(clawed_micros)::bigint AS clawed_micros, sum(returned_micros)::bigint AS returned_micros
FROM insights_cohort_day r
CROSS JOIN LATERAL (
  VALUES ('day', NULL), ('customer_id', r.customer_id), ('vendor_id', r.vendor_id), ('campaign_id', r.campaign_id),
         ('category_id', r.category_id), ('reason_id', r.reason_id)
) AS g (by, key)
GROUP BY r.program_id, r.day, g.by, g.key, r.currency, r.payout_currency
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0008_log"),
        ("disputes", "0012_catalogs"),
        ("insights", "0001_initial"),
        ("parties", "0010_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="DayTotal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("charges", models.IntegerField(default=0)),
                ("billed", models.IntegerField(default=0)),
                ("disputes", models.IntegerField(default=0)),
                ("accepted", models.IntegerField(default=0)),
                ("accepted_partial", models.IntegerField(default=0)),
                ("rejected", models.IntegerField(default=0)),
                ("withdrawn", models.IntegerField(default=0)),
                ("closed", models.IntegerField(default=0)),
                ("open", models.IntegerField(default=0)),
                ("automatic", models.IntegerField(default=0)),
                ("invalid", models.IntegerField(default=0)),
                ("credits", models.IntegerField(default=0)),
                ("reversals", models.IntegerField(default=0)),
                ("fees", models.IntegerField(default=0)),
                ("billed_micros", models.BigIntegerField(default=0)),
                ("asked_micros", models.BigIntegerField(default=0)),
                ("decided_asked_micros", models.BigIntegerField(default=0)),
                ("decided_micros", models.BigIntegerField(default=0)),
                ("credited_micros", models.BigIntegerField(default=0)),
                ("reversed_micros", models.BigIntegerField(default=0)),
                ("fee_micros", models.BigIntegerField(default=0)),
                ("payout_micros", models.BigIntegerField(default=0)),
                ("clawed_micros", models.BigIntegerField(default=0)),
                ("returned_micros", models.BigIntegerField(default=0)),
                ("day", models.DateField()),
                ("by", models.CharField(max_length=16)),
                ("key", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("payout_currency", models.CharField(max_length=3)),
            ],
            options={
                "db_table": "insights_day_total",
            },
        ),
        migrations.AddIndex(
            model_name="cohortday",
            index=models.Index(fields=["vendor", "day"], name="cohort_day_of_vendor"),
        ),
        migrations.AddField(
            model_name="daytotal",
            name="program",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.program",
            ),
        ),
        migrations.AddConstraint(
            model_name="daytotal",
            constraint=models.UniqueConstraint(
                fields=("program", "by", "day", "key", "currency", "payout_currency"),
                name="day_total_once",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
