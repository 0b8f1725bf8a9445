"""Rows of the ledger. Charge and dispute appear as plain numbers: the ledger never looks upward.

Composite keys, generated columns and the triggers that forbid are in the migration ``0002_laws``.
Amounts in micros; a posting is a debit above zero and a credit below.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from makegood.ledger.states import AccountKind, AdjustmentKind, EntryKind


class Account(models.Model):
    """One account per key and currency, made when first used; key such as ``AR:42`` or ``TAX:US-FL``."""

    key = models.TextField()
    kind = models.CharField(max_length=16, choices=[(k, k) for k in AccountKind])
    currency = models.CharField(max_length=3)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "currency"], name="account_once"),
            models.UniqueConstraint(fields=["id", "currency"], name="account_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.currency}"


class Entry(models.Model):
    """A set of postings that sums to zero per currency; ``origin`` names what caused it."""

    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=16, choices=[(k, k) for k in EntryKind])
    origin = models.TextField()

    def __str__(self) -> str:
        return self.origin


class Posting(models.Model):
    """One line of an entry."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_constraint=False, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_constraint=False)
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(micros=0), name="posting_not_zero")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.micros} {self.currency}"


class ChargeBalance(models.Model):
    """The guard of one disputed charge: what is held and credited never exceeds what was billed."""

    charge_id = models.BigIntegerField(primary_key=True)
    currency = models.CharField(max_length=3)
    billed_micros = models.BigIntegerField()
    held_micros = models.BigIntegerField(default=0)
    credited_micros = models.BigIntegerField(default=0)
    tax_micros = models.BigIntegerField(default=0)
    tax_credited_micros = models.BigIntegerField(default=0)
    payout_currency = models.CharField(max_length=3)
    payout_micros = models.BigIntegerField(default=0)
    clawed_micros = models.BigIntegerField(default=0)
    non_billable_mark = models.BooleanField(default=False)

    class Meta:
        db_table = "ledger_charge_balance"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["charge_id", "currency"], name="charge_balance_identity"),
            models.CheckConstraint(
                name="no_over_credit",
                condition=Q(held_micros__gte=0, credited_micros__gte=0)
                & Q(billed_micros__gte=F("held_micros") + F("credited_micros")),
            ),
            models.CheckConstraint(
                name="no_over_clawback",
                condition=Q(clawed_micros__gte=0) & Q(payout_micros__gte=F("clawed_micros")),
            ),
            models.CheckConstraint(
                name="no_over_tax_credit",
                condition=Q(tax_credited_micros__gte=0) & Q(tax_micros__gte=F("tax_credited_micros")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.charge_id)

    @property
    def remaining_micros(self) -> int:
        """What is neither held nor credited."""
        return self.billed_micros - self.held_micros - self.credited_micros


class Hold(models.Model):
    """What a decision keeps aside during its undo window; one row per dispute."""

    dispute_id = models.BigIntegerField(primary_key=True)
    charge_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    held_micros = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dispute_id", "charge_id", "currency"], name="hold_identity"),
            models.CheckConstraint(condition=Q(held_micros__gte=0), name="hold_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.dispute_id)


def _when_reversal(expression: models.expressions.Combinable | F) -> Case:
    return Case(When(kind=AdjustmentKind.REVERSAL, then=expression), default=Value(None))


class Adjustment(models.Model):
    """A credit, its reversal or a fee, signed as the customer's (claw-back: the vendor's) balance sees it.

    The generated columns carry the kind of the parent and the negated figures, so that ordinary foreign keys say
    "my parent is a credit of this dispute and I am its exact inverse".
    """

    dispute_id = models.BigIntegerField()
    charge_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payout_currency = models.CharField(max_length=3)
    round = models.SmallIntegerField()
    kind = models.CharField(max_length=16, choices=[(k, k) for k in AdjustmentKind])
    amount_micros = models.BigIntegerField()
    tax_micros = models.BigIntegerField(default=0)
    clawback_micros = models.BigIntegerField(default=0)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="children"
    )
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    period = models.BigIntegerField(null=True)
    external_ref = models.TextField(blank=True, default="")
    idempotency_key = models.TextField()
    at = models.DateTimeField(db_default=Now())
    parent_kind = models.GeneratedField(
        expression=Case(
            When(kind=AdjustmentKind.REVERSAL, then=Value("credit")),
            When(kind=AdjustmentKind.REVERSAL_FEE, then=Value("reversal")),
            default=Value(None),
        ),
        output_field=models.CharField(max_length=16, null=True),
        db_persist=True,
    )
    rev_of = models.GeneratedField(
        expression=_when_reversal(F("parent")), output_field=models.BigIntegerField(null=True), db_persist=True
    )
    rev_amount = models.GeneratedField(
        expression=_when_reversal(-F("amount_micros")),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    rev_tax = models.GeneratedField(
        expression=_when_reversal(-F("tax_micros")), output_field=models.BigIntegerField(null=True), db_persist=True
    )
    rev_clawback = models.GeneratedField(
        expression=_when_reversal(-F("clawback_micros")),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(round__gte=1), name="adjustment_round"),
            models.CheckConstraint(
                name="adjustment_has_parent",
                condition=Q(kind=AdjustmentKind.CREDIT, parent__isnull=True)
                | (~Q(kind=AdjustmentKind.CREDIT) & Q(parent__isnull=False)),
            ),
            models.CheckConstraint(
                name="adjustment_sign",
                condition=Q(kind=AdjustmentKind.CREDIT, amount_micros__lt=0, tax_micros__lte=0, clawback_micros__lte=0)
                | Q(kind=AdjustmentKind.REVERSAL, amount_micros__gt=0, tax_micros__gte=0, clawback_micros__gte=0)
                | Q(kind=AdjustmentKind.REVERSAL_FEE, amount_micros__gt=0, tax_micros__gte=0, clawback_micros=0),
            ),
            models.UniqueConstraint(fields=["id", "kind", "dispute_id"], name="adjustment_parent_target"),
            models.UniqueConstraint(
                fields=["id", "amount_micros", "tax_micros", "clawback_micros"], name="adjustment_inverse_target"
            ),
            models.UniqueConstraint(fields=["parent"], name="one_child_per_adjustment"),
            models.UniqueConstraint(fields=["entry"], name="one_entry_per_adjustment"),
            models.UniqueConstraint(fields=["idempotency_key"], name="adjustment_once"),
            models.UniqueConstraint(
                fields=["dispute_id", "round"],
                condition=Q(kind=AdjustmentKind.CREDIT),
                name="one_credit_per_round",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["charge_id"], name="adjustment_of_charge")]

    def __str__(self) -> str:
        return self.idempotency_key
