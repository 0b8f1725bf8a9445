"""Rows of insights: the roll-up by cohort day, and the days that have to be computed anew."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from makegood.billing.models import Campaign, Category
from makegood.disputes.models import Reason
from makegood.parties.models import Customer, Program, Vendor


def _key(to: type[models.Model], *, null: bool = False) -> models.ForeignKey[models.Model, models.Model]:
    """A key without constraint: the roll-up is computed from rows that have theirs."""
    return models.ForeignKey(
        to, null=null, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )


def _count() -> models.IntegerField[int, int]:
    return models.IntegerField(default=0)


def _micros() -> models.BigIntegerField[int, int]:
    return models.BigIntegerField(default=0)


class Figured(models.Model):
    """Counts and micros only, so that rows add up over anything but currencies."""

    charges = _count()
    billed = _count()
    disputes = _count()
    accepted = _count()
    accepted_partial = _count()
    rejected = _count()
    withdrawn = _count()
    closed = _count()
    open = _count()
    automatic = _count()
    invalid = _count()
    credits = _count()
    reversals = _count()
    fees = _count()

    billed_micros = _micros()
    asked_micros = _micros()
    decided_asked_micros = _micros()
    decided_micros = _micros()
    credited_micros = _micros()
    reversed_micros = _micros()
    fee_micros = _micros()
    payout_micros = _micros()
    clawed_micros = _micros()
    returned_micros = _micros()

    class Meta:
        abstract = True


class CohortDay(Figured):
    """Charges received on one day, in the zone of their program, and what became of them, whenever it did.

    The row without a reason holds what was delivered and billed. Whole days are computed anew, never a row alone.
    """

    program = _key(Program)
    day = models.DateField()
    customer = _key(Customer)
    vendor = _key(Vendor, null=True)
    campaign = _key(Campaign, null=True)
    category = _key(Category, null=True)
    reason = _key(Reason, null=True)
    currency = models.CharField(max_length=3)
    payout_currency = models.CharField(max_length=3)

    class Meta:
        db_table = "insights_cohort_day"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "day", "customer", "vendor", "campaign", "category", "reason", "currency",
                        "payout_currency"],
                nulls_distinct=False,
                name="cohort_day_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    disputes=F("accepted") + F("accepted_partial") + F("rejected") + F("withdrawn") + F("closed")
                    + F("open")
                ),
                name="cohort_day_adds_up",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["customer", "day"], name="cohort_day_of_customer"),
            models.Index(fields=["vendor", "day"], name="cohort_day_of_vendor"),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.day}"


class DayTotal(Figured):
    """The rows of a cohort day added up along one dimension, so that a year is read in few rows.

    ``by`` is the column of :class:`CohortDay` that ``key`` comes from, or ``day`` for everything (without a key).
    """

    program = _key(Program)
    day = models.DateField()
    by = models.CharField(max_length=16)
    key = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    payout_currency = models.CharField(max_length=3)

    class Meta:
        db_table = "insights_day_total"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "by", "day", "key", "currency", "payout_currency"],
                nulls_distinct=False,
                name="day_total_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.day} {self.by} {self.key}"


class DirtyDay(models.Model):
    """A cohort day of a program that something happened to since it was computed."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        db_table = "insights_dirty_day"
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "day"], name="dirty_day_once")]

    def __str__(self) -> str:
        return f"{self.program_id} {self.day}"
