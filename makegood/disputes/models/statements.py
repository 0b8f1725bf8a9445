"""Rows of disputes: what was settled with a party, and what the billing system was told not to bill.

Micros are signed as the party's balance sees them: a credit to a customer and a claw-back from a vendor are below
zero. Nothing here is changed or removed, but for the mark of the books. Keys to the ledger, the chain of remainders
and the triggers that forbid are in the migration ``0006_statements``.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Abs, Mod, Now

from makegood.billing.models import BillPeriod
from makegood.disputes.states import PartyKind
from makegood.parties.models import Customer, Program, User, Vendor


class StatementCredit(models.Model):
    """What the adjustments of one party and currency came to: their sum and the carried remainder, rounded once.

    ``account_key`` names the ledger's account it settles; ``sequence`` counts the statements of that account, and each
    carries on the ``remainder_micros`` of the one before. ``entry_id`` is null where nothing was rounded or moved.
    """

    number = models.BigIntegerField(unique=True)
    party = models.CharField(max_length=8, choices=[(p, p) for p in PartyKind])
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+")
    vendor = models.ForeignKey(Vendor, null=True, on_delete=models.PROTECT, related_name="+")
    account_key = models.TextField()
    currency = models.CharField(max_length=3)
    sequence = models.IntegerField()
    previous = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    previous_sequence = models.GeneratedField(
        expression=Case(When(sequence__gt=1, then=F("sequence") - 1), default=Value(None)),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )
    up_to = models.DateField()
    bill_period = models.ForeignKey(BillPeriod, null=True, on_delete=models.PROTECT, related_name="+")
    sum_micros = models.BigIntegerField()
    carried_micros = models.BigIntegerField()
    settled_micros = models.BigIntegerField()
    remainder_micros = models.BigIntegerField()
    grain_micros = models.IntegerField()
    entry_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    external_ref = models.TextField(blank=True, default="")

    class Meta:
        db_table = "disputes_statement_credit"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="statement_of_one_party",
                condition=Q(party=PartyKind.CUSTOMER, customer__isnull=False, vendor__isnull=True)
                | Q(party=PartyKind.VENDOR, customer__isnull=True, vendor__isnull=False, bill_period__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(sum_micros=F("settled_micros") + F("remainder_micros") - F("carried_micros")),
                name="statement_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(grain_micros__gt=0)
                & Q(settled_micros=F("settled_micros") - Mod(F("settled_micros"), F("grain_micros"))),
                name="statement_in_whole_coins",
            ),
            models.CheckConstraint(
                condition=Q(grain_micros__gte=Abs(F("remainder_micros")) * 2), name="statement_remainder_below_a_coin"
            ),
            models.CheckConstraint(
                condition=Q(sequence=1, previous__isnull=True, carried_micros=0)
                | Q(sequence__gt=1, previous__isnull=False),
                name="statement_begins_even",
            ),
            models.UniqueConstraint(fields=["account_key", "currency", "sequence"], name="statement_once_in_its_chain"),
            models.UniqueConstraint(
                fields=["id", "account_key", "currency", "sequence", "remainder_micros"], name="statement_carry_target"
            ),
            models.UniqueConstraint(fields=["id", "party"], name="statement_identity"),
            models.UniqueConstraint(fields=["entry_id"], name="one_entry_per_statement"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-number"], name="statement_of_customer"),
            models.Index(fields=["vendor", "-number"], name="statement_of_vendor"),
        ]

    def __str__(self) -> str:
        return f"S-{self.number}"


class StatementCreditLine(models.Model):
    """One adjustment on a statement; a customer's and a vendor's statement each take it once.

    ``micros`` is net and tax for a customer, the claw-back for a vendor.
    """

    statement = models.ForeignKey(StatementCredit, on_delete=models.PROTECT, db_constraint=False, related_name="lines")
    party = models.CharField(max_length=8, choices=[(p, p) for p in PartyKind])
    adjustment_id = models.BigIntegerField()
    micros = models.BigIntegerField()

    class Meta:
        db_table = "disputes_statement_credit_line"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["adjustment_id", "party"], name="statement_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.adjustment_id}"


class DoNotBillBatch(models.Model):
    """One telling of the billing system what not to bill, of one program."""

    number = models.BigIntegerField(unique=True)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "disputes_do_not_bill_batch"

    def __str__(self) -> str:
        return f"X-{self.number}"


class DoNotBillLine(models.Model):
    """One adjustment of an item not billed yet, told once; ``to_bill_micros`` is what was left to bill then."""

    batch = models.ForeignKey(DoNotBillBatch, on_delete=models.PROTECT, related_name="lines")
    adjustment_id = models.BigIntegerField()
    charge_id = models.BigIntegerField()
    micros = models.BigIntegerField()
    to_bill_micros = models.BigIntegerField()

    class Meta:
        db_table = "disputes_do_not_bill_line"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["adjustment_id"], name="do_not_bill_once"),
            models.CheckConstraint(condition=Q(to_bill_micros__gte=0), name="do_not_bill_leaves_no_debt"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.adjustment_id}"
