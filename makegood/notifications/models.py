"""Rows of notifications: how somebody wants messages, digests, and the items each one tells of."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from makegood.notifications.states import Template
from makegood.parties.models import User

KEYS: list[str] = [template.value for template in Template]
TEMPLATES: list[tuple[str, str]] = [(key, key) for key in KEYS]


class Preference(models.Model):
    """How a person wants a message: how often, and whether by e-mail too. What is null, the program says.

    A null ``mail_window`` means that the e-mail comes with what stands under Notifications.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notification_preferences")
    template = models.CharField(max_length=20, choices=TEMPLATES)
    window = models.CharField(max_length=16, null=True)  # noqa: DJ001 - null: as the program says
    by_email = models.BooleanField(null=True)
    mail_window = models.CharField(max_length=16, null=True)  # noqa: DJ001 - null: with the bell

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "template"], name="preference_once"),
            models.CheckConstraint(condition=Q(template__in=KEYS), name="preference_template"),
            models.CheckConstraint(
                condition=Q(window__isnull=False) | Q(by_email__isnull=False) | Q(mail_window__isnull=False),
                name="preference_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.template} {self.window}"


class QuietHours(models.Model):
    """When a person is told nothing: local times of the person's own zone; ``days`` are weekdays, Monday is 0."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="quiet_hours")
    begins = models.TimeField()
    ends = models.TimeField()
    days = ArrayField(models.SmallIntegerField())
    lets_urgent = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "notifications_quiet_hours"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(begins=F("ends")), name="quiet_hours_last"),
            models.CheckConstraint(
                condition=Q(days__len__gt=0) & Q(days__contained_by=[0, 1, 2, 3, 4, 5, 6]), name="quiet_hours_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.begins:%H:%M}-{self.ends:%H:%M}"


class Digest(models.Model):
    """One message to one person on one channel: it waits until ``due_at``, is delivered, is read and put away.

    It gathers whatever shares its window, across programs. ``count`` is what the sentence says: the
    subjects whose items do not cancel out. A digest that is delivered with a count of 0 tells nobody; it
    stays, so that its events are never told again. One that is ``by_email`` goes out as a letter and nothing else:
    claimed, handed over, marked as mailed; after ``mail_after`` it may be tried again. The others stand under
    Notifications.
    """

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="digests")
    template = models.CharField(max_length=20, choices=TEMPLATES)
    window = models.CharField(max_length=16)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    flushed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    count = models.IntegerField(default=0)
    by_email = models.BooleanField(default=False, db_default=False)
    mail_claimed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_tries = models.SmallIntegerField(default=0, db_default=0)
    mail_after = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recipient", "template", "window", "by_email"],
                condition=Q(flushed_at__isnull=True),
                name="one_waiting_digest",
            ),
            models.UniqueConstraint(fields=["id", "recipient", "template", "by_email"], name="digest_identity"),
            models.CheckConstraint(condition=Q(template__in=KEYS), name="digest_template"),
            models.CheckConstraint(condition=Q(due_at__gte=F("opens_at")), name="digest_due_after_opening"),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(flushed_at__isnull=False),
                name="digest_read_after_delivery",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(read_at__isnull=False), name="digest_done_after_reading"
            ),
            models.CheckConstraint(condition=Q(count__gte=0), name="digest_count"),
            models.CheckConstraint(
                condition=Q(mailed_at__isnull=True) | Q(by_email=True, mail_claimed_at__isnull=False),
                name="digest_mailed_after_claim",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(flushed_at__isnull=True), name="digest_waiting"),
            models.Index(
                fields=["recipient", "-flushed_at", "-id"],
                condition=Q(by_email=False, flushed_at__isnull=False, count__gt=0),
                name="digest_shown",
            ),
            models.Index(
                fields=["recipient"],
                condition=Q(by_email=False, flushed_at__isnull=False, read_at__isnull=True, count__gt=0),
                name="digest_not_read",
            ),
            models.Index(
                fields=["flushed_at"],
                condition=Q(by_email=True, flushed_at__isnull=False, mailed_at__isnull=True, count__gt=0),
                name="digest_not_mailed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id}: {self.template} ({self.count})"


class DigestItem(models.Model):
    """What one journal event adds to one digest, once per person, message and channel.

    The subject is what the message counts: a dispute, for vendors a charge. ``delta`` is 1 for something
    told, -1 for something taken back, for vendors the micros by which their revenue changed. A composite
    key in the migrations (``digest_item_of_digest``) holds recipient, message and channel to those of the digest.
    ``event_id``, ``dispute_id`` and ``charge_id`` are plain numbers: they were copied from the journal,
    which outlives what it speaks of. ``facts`` are what the item's own sentence names, where it has one.
    """

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="items", db_constraint=False)
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    template = models.CharField(max_length=20, choices=TEMPLATES)
    event_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    dispute_id = models.BigIntegerField()
    charge_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    delta = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    by_email = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "notifications_digest_item"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event_id", "template", "recipient", "by_email"], name="told_once"),
            models.CheckConstraint(condition=~Q(delta=0), name="digest_item_delta"),
        ]

    def __str__(self) -> str:
        return f"event {self.event_id} for {self.recipient_id}: {self.template}"


class Forward(models.Model):
    """A question after a decision on its way to the named contact, by e-mail, with the case; once per journal event.

    ``event_id``, ``dispute_id`` and ``comment_id`` are plain numbers, copied from the journal. ``asked_by`` is who asks
    and gets the answer.
    """

    event_id = models.BigIntegerField(unique=True)
    dispute_id = models.BigIntegerField()
    comment_id = models.BigIntegerField()
    asked_by = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    to_name = models.CharField(max_length=200)
    to_email = models.EmailField()
    mail_tries = models.SmallIntegerField(default=0)
    mail_after = models.DateTimeField(null=True)
    mail_claimed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(mailed_at__isnull=True), name="forward_not_mailed"),
        ]

    def __str__(self) -> str:
        return f"event {self.event_id} to {self.to_email}"


class MessageText(models.Model):
    """The operator's own words for one piece of a message in one language; ``forms`` by plural form (empty: no forms).

    No forms at all means the shipped words: the row stays for its history.
    """

    template = models.CharField(max_length=20, choices=TEMPLATES)
    piece = models.CharField(max_length=20)
    locale = models.CharField(max_length=12)
    forms = models.JSONField(default=dict)

    class Meta:
        db_table = "notifications_message_text"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["template", "piece", "locale"], name="message_text_once"),
            models.CheckConstraint(condition=Q(template__in=KEYS), name="message_text_template"),
        ]

    def __str__(self) -> str:
        return f"{self.template}.{self.piece} ({self.locale})"
