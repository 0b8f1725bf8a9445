"""Quiet hours, a window of its own for the e-mail, cards that are put away.

A digest is now either shown or mailed: one that was both stays as the letter, and its card becomes a digest of its own.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

UNLINK = "ALTER TABLE notifications_digest_item DROP CONSTRAINT digest_item_of_digest;"
RELINK_OLD = """
ALTER TABLE notifications_digest_item ADD CONSTRAINT digest_item_of_digest
  FOREIGN KEY (digest_id, recipient_id, template) REFERENCES notifications_digest (id, recipient_id, template);
"""
LINK = """
ALTER TABLE notifications_digest_item ADD CONSTRAINT digest_item_of_digest
  FOREIGN KEY (digest_id, recipient_id, template, by_email)
  REFERENCES notifications_digest (id, recipient_id, template, by_email);
"""
PART = """
CREATE TEMP TABLE parted ON COMMIT DROP AS
SELECT d.id AS letter, coalesce(w.id, nextval(pg_get_serial_sequence('notifications_digest', 'id'))) AS card,
       w.id IS NULL AS is_new
FROM notifications_digest d
LEFT JOIN notifications_digest w
  ON d.flushed_at IS NULL AND w.flushed_at IS NULL AND NOT w.by_email AND w.recipient_id = d.recipient_id
 AND w.template = d.template AND w."window" = d."window"
WHERE d.by_email;
UPDATE notifications_digest_item SET by_email = true WHERE digest_id IN (SELECT letter FROM parted);
INSERT INTO notifications_digest
  (id, recipient_id, template, "window", opens_at, due_at, flushed_at, read_at, count, by_email, mail_tries)
SELECT p.card, d.recipient_id, d.template, d."window", d.opens_at, d.due_at, d.flushed_at, d.read_at, d.count, false, 0
FROM parted p JOIN notifications_digest d ON d.id = p.letter WHERE p.is_new;
INSERT INTO notifications_digest_item
  (digest_id, recipient_id, template, event_id, subject_id, dispute_id, charge_id, currency, delta, facts, by_email)
SELECT p.card, i.recipient_id, i.template, i.event_id, i.subject_id, i.dispute_id, i.charge_id, i.currency, i.delta,
       i.facts, false
FROM parted p JOIN notifications_digest_item i ON i.digest_id = p.letter;
UPDATE notifications_digest d SET count = n.subjects
FROM (SELECT digest_id, count(DISTINCT subject_id) AS subjects
      FROM (SELECT digest_id, subject_id FROM notifications_digest_item
            WHERE digest_id IN (SELECT card FROM parted WHERE NOT is_new)
            GROUP BY digest_id, subject_id, currency HAVING sum(delta) <> 0) net
      GROUP BY digest_id) n
WHERE n.digest_id = d.id;
SET CONSTRAINTS ALL IMMEDIATE;
"""

JOIN = """
DELETE FROM notifications_digest_item WHERE by_email;
DELETE FROM notifications_digest WHERE by_email;
SET CONSTRAINTS ALL IMMEDIATE;
"""


def _index(fields: list[str], name: str, **condition: object) -> migrations.AddIndex:
    index = models.Index(fields=fields, name=name, condition=Q(flushed_at__isnull=False, count__gt=0, **condition))
    return migrations.AddIndex(model_name="digest", index=index)


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_webhooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="QuietHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins", models.TimeField()),
                ("ends", models.TimeField()),
                (
                    "days",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                ("lets_urgent", models.BooleanField(db_default=False, default=False)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quiet_hours",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "notifications_quiet_hours",
                "constraints": [
                    models.CheckConstraint(condition=~Q(begins=F("ends")), name="quiet_hours_last"),
                    models.CheckConstraint(
                        condition=Q(days__len__gt=0) & Q(days__contained_by=[0, 1, 2, 3, 4, 5, 6]),
                        name="quiet_hours_days",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="preference", name="mail_window", field=models.CharField(max_length=16, null=True)
        ),
        migrations.RemoveConstraint(model_name="preference", name="preference_says_something"),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.CheckConstraint(
                condition=Q(window__isnull=False) | Q(by_email__isnull=False) | Q(mail_window__isnull=False),
                name="preference_says_something",
            ),
        ),
        migrations.AddField(model_name="digest", name="done_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="digestitem", name="by_email", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.RunSQL(UNLINK, RELINK_OLD),
        migrations.RemoveConstraint(model_name="digestitem", name="told_once"),
        migrations.RemoveConstraint(model_name="digest", name="digest_identity"),
        migrations.RunSQL(PART, JOIN),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(
                fields=["id", "recipient", "template", "by_email"], name="digest_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(read_at__isnull=False), name="digest_done_after_reading"
            ),
        ),
        migrations.AddConstraint(
            model_name="digestitem",
            constraint=models.UniqueConstraint(
                fields=["event_id", "template", "recipient", "by_email"], name="told_once"
            ),
        ),
        migrations.RunSQL(LINK, UNLINK),
        migrations.RemoveIndex(model_name="digest", name="digest_cards"),
        migrations.RemoveIndex(model_name="digest", name="digest_unread"),
        migrations.RemoveIndex(model_name="digest", name="digest_to_mail"),
        _index(["recipient", "-flushed_at", "-id"], "digest_shown", by_email=False),
        _index(["recipient"], "digest_not_read", by_email=False, read_at__isnull=True),
        _index(["flushed_at"], "digest_not_mailed", by_email=True, mailed_at__isnull=True),
    ]
