"""Rows of billing. The charge is the heart: one wide row, every fact that a rule may name a column of it.

Composite keys, the exclusion of overlapping periods and the trigger that freezes a billed charge are in the
migration ``0002_laws``.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Upper

from makegood.billing.states import ChargeKind, HangupBy, InvoiceStatus, PeriodStatus, Subkind
from makegood.parties.models import Customer, Program, Vendor, Zone


class Category(models.Model):
    """What kind of business a call or lead is about; reasons may depend on it."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Campaign(models.Model):
    """What the buyer ordered; ``criteria`` holds its published conditions.

    Keys of ``criteria`` in use: billable_after_s (seconds), duplicate_window_days, service_area (list of states),
    text (free words).
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    number = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT)
    criteria = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "number"], name="campaign_once")]

    def __str__(self) -> str:
        return self.name


BARE_NUMBER = Func(
    Upper("number"),
    Value("[^A-Z0-9]"),
    Value(""),
    Value("g"),
    function="regexp_replace",
    output_field=models.TextField(),
)
"""Letters and digits of a service's number, in capitals, so that it is found in any punctuation."""


class Service(models.Model):
    """A phone number or circuit of a customer."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    number = models.CharField(max_length=64)
    label = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["customer", "number"], name="service_once")]
        indexes: ClassVar = [models.Index(BARE_NUMBER, name="service_bare_number")]

    def __str__(self) -> str:
        return self.number


class BillPeriod(models.Model):
    """Days ``[starts_on, ends_on)`` that one bill of a customer covers."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    number = models.BigIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=6, choices=[(s, s) for s in PeriodStatus], default=PeriodStatus.OPEN)

    class Meta:
        db_table = "billing_bill_period"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "number"], name="bill_period_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="bill_period_ends_later"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class InvoiceCategory(models.Model):
    """How invoices are sorted."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        db_table = "billing_invoice_category"

    def __str__(self) -> str:
        return self.name


class Invoice(models.Model):
    """A bill of a customer; ``usage_alias`` names its usage partition for OData readers.

    ``total_micros`` is what the bill says (with tax; below zero when credits outweigh the charges), and so is
    ``due_on``; null means that its source did not say.
    """

    number = models.BigIntegerField(unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    bill_period = models.ForeignKey(BillPeriod, on_delete=models.PROTECT)
    category = models.ForeignKey(InvoiceCategory, null=True, blank=True, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    total_micros = models.BigIntegerField(null=True)
    usage_alias = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=12, choices=[(s, s) for s in InvoiceStatus], default=InvoiceStatus.ISSUED)

    def __str__(self) -> str:
        return str(self.number)


class InvoiceCredit(models.Model):
    """A line of an invoice that gives money back: a promotion, a refund. It adds up with the charges, and nobody can
    dispute it. Amounts are magnitudes in micros of the invoice's currency."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credits")
    feature_id = models.BigIntegerField()
    label = models.TextField(blank=True, default="")
    amount_micros = models.BigIntegerField()
    tax_micros = models.BigIntegerField(default=0)
    external_source = models.TextField()
    external_id = models.TextField()
    import_batch = models.BigIntegerField(null=True)
    raw = models.JSONField(null=True)

    class Meta:
        db_table = "billing_invoice_credit"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["external_source", "external_id"], name="invoice_credit_once_per_source"),
            models.UniqueConstraint(fields=["invoice", "feature_id"], name="one_credit_per_feature"),
            models.CheckConstraint(
                condition=Q(amount_micros__gte=0, tax_micros__gte=0), name="invoice_credit_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Charge(models.Model):
    """Something a customer was billed for. Amounts in micros of ``currency``; times aware, UTC.

    It covers the days ``[covers_from, covers_until)``; null where its bill does not say.

    The constraints of its foreign keys are written in SQL, not deferrable, so that an error maps to its row.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    vendor = models.ForeignKey(Vendor, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    service = models.ForeignKey(Service, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    zone = models.ForeignKey(
        Zone, null=True, on_delete=models.PROTECT, db_column="tz_id", db_constraint=False, db_index=False
    )

    kind = models.CharField(max_length=16, choices=[(k, k) for k in ChargeKind])
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    invoice_number = models.BigIntegerField(null=True)
    feature_id = models.BigIntegerField(null=True)
    feature_label = models.TextField(blank=True, default="")
    usage_id = models.BigIntegerField(null=True)
    usage_batch_id = models.BigIntegerField(null=True)
    subkind = models.CharField(max_length=10, choices=[(k, k) for k in Subkind])

    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    billed_at = models.DateTimeField(null=True)

    currency = models.CharField(max_length=3)
    billed_micros = models.BigIntegerField()
    tax_micros = models.BigIntegerField(default=0)
    tax_jurisdiction = models.TextField(blank=True, default="")
    payout_currency = models.CharField(max_length=3)
    payout_micros = models.BigIntegerField(default=0)

    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    unit = models.TextField(blank=True, default="")
    unit_price = models.DecimalField(max_digits=20, decimal_places=10, null=True)

    direction = models.TextField(blank=True, default="")
    answered = models.BooleanField(null=True)
    connect_s = models.IntegerField(null=True)
    ring_s = models.IntegerField(null=True)
    duration_s = models.IntegerField(null=True)
    hangup_by = models.CharField(max_length=8, choices=[(h, h) for h in HangupBy], default=HangupBy.UNKNOWN)
    disposition = models.TextField(blank=True, default="")
    converted = models.BooleanField(null=True)
    recording_enabled = models.BooleanField(null=True)
    recording_url = models.TextField(blank=True, default="")
    caller_e164 = models.CharField(max_length=20, null=True)  # noqa: DJ001 - null is "withheld", a fact rules ask about
    destination_e164 = models.CharField(max_length=20, null=True)  # noqa: DJ001
    tracking_e164 = models.CharField(max_length=20, null=True)  # noqa: DJ001
    ivr_path = ArrayField(models.TextField(), null=True)

    lead_channel = models.TextField(blank=True, default="")
    contact_name = models.TextField(blank=True, default="")
    contact_e164 = models.CharField(max_length=20, null=True)  # noqa: DJ001
    contact_email = models.TextField(blank=True, default="")

    recording_ms = models.IntegerField(null=True)
    speech_s = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    ring_only = models.BooleanField(null=True)

    external_source = models.TextField()
    external_id = models.TextField()
    buyer_ref = models.TextField(blank=True, default="")
    vendor_ref = models.TextField(blank=True, default="")
    vendor_sub_id = models.TextField(blank=True, default="")
    platform_tags = ArrayField(models.TextField(), default=list)
    transcript_key = models.TextField(null=True)  # noqa: DJ001
    import_batch = models.BigIntegerField(null=True)
    corrects_id = models.BigIntegerField(null=True)
    raw = models.JSONField(null=True)
    covers_from = models.DateField(null=True)
    covers_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["external_source", "external_id"], name="charge_once_per_source"),
            models.UniqueConstraint(fields=["id", "currency", "customer"], name="charge_identity"),
            models.UniqueConstraint(
                fields=["invoice", "feature_id"],
                condition=Q(kind=ChargeKind.INVOICE_FEATURE, corrects_id__isnull=True),
                name="one_charge_per_feature",
            ),
            models.UniqueConstraint(
                fields=["corrects_id"], condition=Q(corrects_id__isnull=False), name="charge_corrected_once"
            ),
            models.CheckConstraint(
                condition=Q(billed_micros__gte=0, tax_micros__gte=0, payout_micros__gte=0),
                name="charge_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(covers_from__isnull=True)
                | Q(covers_until__isnull=True)
                | Q(covers_until__gt=models.F("covers_from")),
                name="charge_covers_some_days",
            ),
            models.CheckConstraint(
                name="charge_one_link",
                condition=Q(kind=ChargeKind.USAGE, usage_id__isnull=False, feature_id__isnull=True)
                | Q(
                    kind=ChargeKind.INVOICE_FEATURE,
                    feature_id__isnull=False,
                    invoice__isnull=False,
                    usage_id__isnull=True,
                    usage_batch_id__isnull=True,
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-occurred_at", "-id"], name="charge_log"),
            models.Index(fields=["-occurred_at", "-id"], name="charge_recent"),
            models.Index(fields=["program", "received_at"], name="charge_program_received"),
            models.Index(fields=["vendor", "received_at"], name="charge_of_vendor", condition=Q(vendor__isnull=False)),
            models.Index(
                fields=["caller_e164", "occurred_at"], name="charge_caller", condition=Q(caller_e164__isnull=False)
            ),
            models.Index(fields=["invoice", "id"], name="charge_of_invoice", condition=Q(invoice__isnull=False)),
            models.Index(
                fields=["invoice", "usage_id"],
                name="charge_usage_of_invoice",
                condition=Q(invoice__isnull=False, usage_id__isnull=False),
            ),
            models.Index(
                fields=["customer", "id"], name="charge_features", condition=Q(kind=ChargeKind.INVOICE_FEATURE)
            ),
            models.Index(
                fields=["invoice", "subkind", "feature_id", "id"],
                include=["billed_micros", "tax_micros"],
                name="charge_lines_of_bill",
                condition=Q(kind=ChargeKind.INVOICE_FEATURE),
            ),
            models.Index(
                fields=["customer", "-occurred_at", "-id"],
                name="charge_log_leads",
                condition=Q(kind=ChargeKind.USAGE, subkind=Subkind.LEAD),
            ),
            models.Index(
                fields=["customer", "-occurred_at", "-id"],
                name="charge_log_usage",
                condition=Q(kind=ChargeKind.USAGE) & ~Q(subkind__in=[Subkind.CALL, Subkind.LEAD]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.external_source} {self.external_id}"


class Payment(models.Model):
    """Money that came in from a customer: micros above zero, when, how, and for which bill (null: not said)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, db_index=False)
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="payments")
    paid_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField()
    method = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    external_source = models.TextField()
    external_id = models.TextField()
    import_batch = models.BigIntegerField(null=True)
    raw = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["external_source", "external_id"], name="payment_once_per_source"),
            models.CheckConstraint(condition=Q(micros__gt=0), name="payment_above_zero"),
        ]
        indexes: ClassVar = [models.Index(fields=["customer", "-paid_at", "-id"], name="payment_of_customer")]

    def __str__(self) -> str:
        return f"{self.external_source} {self.external_id}"
