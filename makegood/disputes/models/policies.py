"""Rows of disputes: the words and the rules of a program.

Amounts in micros of the dispute's currency; times aware, UTC. Composite keys and the triggers that forbid are in the
migrations.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import Q

from makegood.billing.models import Category
from makegood.disputes.policy.suggestions import Advice
from makegood.disputes.states import Outcome, ReasonType
from makegood.ledger.states import ClawbackMode
from makegood.parties.models import Customer, Program, User

CLAWBACK_MODES = [mode.value for mode in ClawbackMode]


class Reason(models.Model):
    """Why a buyer contests a charge; offered per program, for the named categories (for all, when none is named).

    ``default_finding`` is what reviewers hear most where it fails; its guideline is shown before anything is sent.
    ``questions`` are asked of whoever files with it in the guided flow.
    It is offered from the day ``active_from`` to the end of the day ``active_to`` (null: no limit), by the days of the
    program's zone.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="reasons")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=100)
    help = models.CharField(max_length=300, blank=True)
    categories = models.ManyToManyField(Category, blank=True, related_name="+", db_table="disputes_reason_category")
    type = models.CharField(max_length=8, choices=[(t, t) for t in ReasonType], default=ReasonType.QUALITY)
    questions = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    requires_evidence = models.BooleanField(default=False)
    min_explanation_chars = models.PositiveIntegerField(default=0)
    implies_non_billable = models.BooleanField(default=False)
    default_finding = models.ForeignKey("Finding", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    clawback_mode = models.CharField(max_length=20, null=True, blank=True)  # noqa: DJ001 - null: as the program says
    is_active = models.BooleanField(default=True)
    active_from = models.DateField(null=True, blank=True)
    active_to = models.DateField(null=True, blank=True)
    sort = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "code"], name="reason_once"),
            models.UniqueConstraint(fields=["id", "program"], name="reason_identity"),
            models.CheckConstraint(condition=Q(clawback_mode__in=CLAWBACK_MODES), name="reason_clawback_mode"),
            models.CheckConstraint(condition=Q(active_to__gte=models.F("active_from")), name="reason_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.label


class Finding(models.Model):
    """What a reviewer heard: ``guideline`` is the sentence that explains a refusal, ``hotkey`` its digit."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="findings")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=100)
    billable = models.BooleanField(default=False)
    guideline = models.CharField(max_length=300, blank=True)
    hotkey = models.SmallIntegerField(null=True)
    is_active = models.BooleanField(default=True)
    sort = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "code"], name="finding_once"),
            models.UniqueConstraint(fields=["id", "program"], name="finding_identity"),
            models.UniqueConstraint(fields=["program", "hotkey"], name="finding_hotkey_once"),
            models.CheckConstraint(condition=Q(hotkey__gte=0, hotkey__lte=9), name="finding_hotkey_is_a_digit"),
        ]

    def __str__(self) -> str:
        return self.label


class ReasonFinding(models.Model):
    """A cell of the grid: what is usual where this was claimed and that is heard. No row: nothing is suggested.

    ``percent`` of what was asked belongs to a part alone; ``clawback_mode`` null means as the reason, the vendor or the
    program says; ``letter`` are words to the buyer. ``is_default``: it came with the preset, nobody confirmed it. Both
    sides belong to the same ``program`` (``reason_finding_of_reason``, ``reason_finding_of_finding``).
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="cells", db_constraint=False)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="cells", db_constraint=False)
    advice = models.CharField(max_length=7, choices=[(a, a) for a in Advice])
    percent = models.SmallIntegerField(null=True)
    clawback_mode = models.CharField(max_length=20, null=True)  # noqa: DJ001 - null: as the program says
    letter = models.CharField(max_length=500, blank=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        db_table = "disputes_reason_finding"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reason", "finding"], name="reason_finding_once"),
            models.CheckConstraint(condition=Q(advice__in=list(Advice)), name="reason_finding_advice"),
            models.CheckConstraint(
                condition=Q(advice=Advice.PARTIAL, percent__isnull=False, percent__gte=1, percent__lte=99)
                | (~Q(advice=Advice.PARTIAL) & Q(percent__isnull=True)),
                name="reason_finding_part",
            ),
            models.CheckConstraint(
                condition=Q(clawback_mode__isnull=True)
                | Q(clawback_mode__in=CLAWBACK_MODES, advice__in=[Advice.ACCEPT, Advice.PARTIAL]),
                name="reason_finding_clawback",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason_id} x {self.finding_id}: {self.advice}"


class Resolution(models.Model):
    """A label that a closed dispute may carry; ``maps_to`` is the outcome it stands for, where it stands for one."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="resolutions")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=100)
    maps_to = models.CharField(max_length=16, null=True, choices=[(o, o) for o in Outcome])  # noqa: DJ001
    is_active = models.BooleanField(default=True)
    sort = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "code"], name="resolution_once"),
            models.UniqueConstraint(fields=["id", "program"], name="resolution_identity"),
        ]

    def __str__(self) -> str:
        return self.label


class Policy(models.Model):
    """The rules of a program, in versions."""

    program = models.OneToOneField(Program, on_delete=models.PROTECT, related_name="policy")
    name = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """Immutable once published. ``rules`` is an ordered list of typed rules."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    effective = DateTimeRangeField(null=True)
    rules = models.JSONField()
    compiled_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True)
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        db_table = "disputes_policy_version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_once"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(effective__isnull=False),
                name="policy_published_is_effective",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id}@{self.number}"


class UsageCounter(models.Model):
    """How much of a limit a customer has used in a period; ``customer`` None counts the whole program.

    ``key`` names the rule's limit (``cap:BUYER_DAILY_CAP:day``, ``budget:AUTO_SHORT:month``); ``overrides`` counts
    what a representative let through above it. There is no CHECK: limits may be lowered.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    period_start = models.DateTimeField()
    used = models.BigIntegerField(default=0, db_default=0)
    used_micros = models.BigIntegerField(default=0, db_default=0)
    overrides = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "disputes_usage_counter"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "customer", "key", "period_start"],
                nulls_distinct=False,
                name="usage_counter_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.used}"
