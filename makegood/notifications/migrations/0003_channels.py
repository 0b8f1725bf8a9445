"""More messages, each by its channel, with the facts that its own sentence names."""

from django.conf import settings
from django.db import migrations, models

TEMPLATES = [
    "new",
    "new_by_others",
    "flagged",
    "reviewed",
    "letter",
    "vendor_revenue",
    "money_moved",
    "reopened",
    "reopened_own",
    "info",
    "answered",
    "sla",
    "closed",
    "alarm",
]


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_laws"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="digest",
            name="one_waiting_digest",
        ),
        migrations.RemoveConstraint(
            model_name="digest",
            name="digest_template",
        ),
        migrations.RemoveConstraint(
            model_name="preference",
            name="preference_template",
        ),
        migrations.AddField(
            model_name="digest",
            name="by_email",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="digest",
            name="mail_after",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="digest",
            name="mail_claimed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="digest",
            name="mail_tries",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="digest",
            name="mailed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="digestitem",
            name="facts",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="preference",
            name="by_email",
            field=models.BooleanField(null=True),
        ),
        migrations.AlterField(
            model_name="digest",
            name="template",
            field=models.CharField(choices=[(key, key) for key in TEMPLATES], max_length=20),
        ),
        migrations.AlterField(
            model_name="digestitem",
            name="template",
            field=models.CharField(choices=[(key, key) for key in TEMPLATES], max_length=20),
        ),
        migrations.AlterField(
            model_name="preference",
            name="template",
            field=models.CharField(choices=[(key, key) for key in TEMPLATES], max_length=20),
        ),
        migrations.AlterField(
            model_name="preference",
            name="window",
            field=models.CharField(max_length=16, null=True),
        ),
        migrations.AddIndex(
            model_name="digest",
            index=models.Index(
                condition=models.Q(
                    ("by_email", True),
                    ("count__gt", 0),
                    ("flushed_at__isnull", False),
                    ("mail_claimed_at__isnull", True),
                ),
                fields=["flushed_at"],
                name="digest_to_mail",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("flushed_at__isnull", True)),
                fields=("recipient", "template", "window", "by_email"),
                name="one_waiting_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(condition=models.Q(("template__in", TEMPLATES)), name="digest_template"),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mailed_at__isnull", True),
                    models.Q(("by_email", True), ("mail_claimed_at__isnull", False)),
                    _connector="OR",
                ),
                name="digest_mailed_after_claim",
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.CheckConstraint(
                condition=models.Q(("template__in", TEMPLATES)), name="preference_template"
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.CheckConstraint(
                condition=models.Q(("window__isnull", False), ("by_email__isnull", False), _connector="OR"),
                name="preference_says_something",
            ),
        ),
    ]
