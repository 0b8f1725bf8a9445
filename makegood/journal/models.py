"""Rows of the journal: events (append-only), reader cursors, the epoch, and answered commands."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now


class TransactionId(models.Field):  # type: ignore[type-arg]  # not generic at run time
    """PostgreSQL's ``xid8``: which transaction wrote the row. The driver hands it over as text."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else str(value)


class CurrentTransaction(models.Func):
    """``pg_current_xact_id()``."""

    function = "pg_current_xact_id"
    template = "%(function)s()"
    output_field = TransactionId()


class JournalEvent(models.Model):
    """One change, written in the transaction of the change. Never updated, never deleted.

    ``principal`` and the ids of program, customer and vendor are plain numbers without keys: history outlives
    what it speaks of.
    """

    epoch = models.IntegerField()
    written_by = TransactionId(db_default=CurrentTransaction())
    at = models.DateTimeField(db_default=Now())
    principal = models.BigIntegerField(null=True)
    principal_label = models.TextField(blank=True, default="")
    acting_for = models.BigIntegerField(null=True)
    request_id = models.TextField(blank=True, default="")
    ip = models.GenericIPAddressField(null=True)
    object_kind = models.TextField()
    object_id = models.BigIntegerField()
    program_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    vendor_id = models.BigIntegerField(null=True)
    verb = models.TextField()
    event = models.TextField()
    changes = models.JSONField(default=dict)

    class Meta:
        db_table = "journal_event"
        indexes: ClassVar = [
            models.Index(fields=["epoch", "written_by", "id"], name="journal_reading_order"),
            models.Index(fields=["object_kind", "object_id", "id"], name="journal_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.object_kind} {self.object_id}"


class JournalCursor(models.Model):
    """How far a reader has come: everything up to and with (epoch, written_by, event_id)."""

    reader = models.TextField(primary_key=True)
    epoch = models.IntegerField(default=0)
    written_by = TransactionId(default="0")
    event_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "journal_cursor"

    def __str__(self) -> str:
        return self.reader


class JournalEpoch(models.Model):
    """One row: the current epoch, and the server identity it belongs to.

    A dump and restore starts a new transaction counter, so the epoch is raised when the identity changes.
    """

    singleton = models.BooleanField(primary_key=True, default=True)
    epoch = models.IntegerField(default=1)
    system_identifier = models.BigIntegerField(default=0)

    class Meta:
        db_table = "journal_epoch"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(singleton=True), name="journal_one_epoch")]

    def __str__(self) -> str:
        return str(self.epoch)


class Command(models.Model):
    """An answered command: the same key from the same principal gets the same answer again."""

    principal = models.BigIntegerField()
    key = models.TextField()
    path = models.TextField()
    request_hash = models.TextField()
    response = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "journal_command"
        constraints: ClassVar = [models.UniqueConstraint(fields=["principal", "key"], name="command_once")]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="command_expired")]

    def __str__(self) -> str:
        return self.key
