"""Rows of disputes. Composite keys and the triggers that forbid are in the migration ``0002_laws``.

Amounts in micros of the dispute's currency; times aware, UTC.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now

from makegood.billing.models import Category, Charge
from makegood.disputes.states import DecisionKind, DecisionState, Origin, Outcome, ReasonType, Stage
from makegood.parties.models import Customer, Program, User


class Reason(models.Model):
    """Why a buyer contests a charge; offered per program, and per category where one is named."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="reasons")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=100)
    help = models.CharField(max_length=300, blank=True)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT)
    type = models.CharField(max_length=8, choices=[(t, t) for t in ReasonType], default=ReasonType.QUALITY)
    requires_evidence = models.BooleanField(default=False)
    min_explanation_chars = models.PositiveIntegerField(default=0)
    implies_non_billable = models.BooleanField(default=False)
    clawback_mode = models.CharField(max_length=20, null=True, blank=True)  # noqa: DJ001 - null: as the program says
    is_active = models.BooleanField(default=True)
    sort = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "code"], name="reason_once"),
            models.CheckConstraint(
                condition=Q(clawback_mode__in=["none", "proportional"]), name="reason_clawback_mode"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Finding(models.Model):
    """What a reviewer heard; ``guideline`` is the sentence that explains a refusal."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="findings")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=100)
    billable = models.BooleanField(default=False)
    guideline = models.CharField(max_length=300, blank=True)
    hotkey = models.SmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["program", "code"], name="finding_once")]

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


def _person(related: str = "+") -> models.ForeignKey[User | None, User | None]:
    """A key to a person on a hot table; its constraint is written in SQL, not deferrable."""
    return models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name=related, db_constraint=False, db_index=False
    )


_OPEN_ONE = Q(closed_at__isnull=True) & ~Q(stage__in=[Stage.DRAFT, Stage.WITHDRAWN])


class Dispute(models.Model):
    """One contested charge."""

    number = models.BigIntegerField(unique=True)
    public_id = models.CharField(max_length=40, unique=True)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, db_constraint=False, related_name="disputes")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    reason = models.ForeignKey(Reason, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    description = models.TextField(blank=True, default="")
    origin = models.CharField(max_length=12, choices=[(o, o) for o in Origin])
    stage = models.CharField(max_length=12, choices=[(s, s) for s in Stage])
    outcome = models.CharField(max_length=16, null=True, choices=[(o, o) for o in Outcome])  # noqa: DJ001
    round = models.SmallIntegerField(default=1, db_default=1)

    decided_micros = models.BigIntegerField(null=True)
    decided_by = _person()
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True, default="")
    buyer_explanation = models.TextField(blank=True, default="")
    finding_ids = ArrayField(models.BigIntegerField(), default=list)
    commit_after = models.DateTimeField(null=True)

    closed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    policy_version = models.ForeignKey(
        PolicyVersion, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    verdict = models.JSONField(null=True)
    override_cause = models.TextField(blank=True, default="")
    assignee = _person()
    claimed_until = models.DateTimeField(null=True)
    lock_version = models.IntegerField(default=1, db_default=1)

    created_at = models.DateTimeField(db_default=Now())
    created_by = _person()
    submitted_at = models.DateTimeField(null=True)
    submitted_by = _person()
    modified_at = models.DateTimeField(db_default=Now())
    modified_by = _person()

    hold_key = models.GeneratedField(
        expression=models.Case(models.When(~Q(stage="draft"), then=F("id")), default=Value(None)),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["charge"], condition=_OPEN_ONE, name="one_open_dispute_per_charge"),
            models.UniqueConstraint(
                fields=["charge", "created_by"], condition=Q(stage=Stage.DRAFT), name="one_draft_per_author"
            ),
            models.CheckConstraint(condition=Q(amount_micros__gte=0), name="dispute_amount_not_negative"),
            models.CheckConstraint(condition=Q(round__gte=1), name="dispute_round"),
            models.CheckConstraint(
                name="dispute_decided_has_outcome",
                condition=~Q(stage=Stage.DECIDED) | Q(outcome__isnull=False, commit_after__isnull=False),
            ),
            models.CheckConstraint(
                name="dispute_outcome_has_stage",
                condition=Q(outcome__isnull=True) | Q(stage__in=[Stage.DECIDED, Stage.RESOLVED, Stage.CLOSED]),
            ),
            models.CheckConstraint(
                name="dispute_closed_has_time",
                condition=Q(stage=Stage.CLOSED, closed_at__isnull=False)
                | (~Q(stage=Stage.CLOSED) & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="dispute_withdrawn_has_time",
                condition=Q(stage=Stage.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(stage=Stage.WITHDRAWN) & Q(withdrawn_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="dispute_decided_within_amount",
                condition=Q(decided_micros__isnull=True)
                | Q(decided_micros__gte=0, decided_micros__lte=F("amount_micros")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-submitted_at", "-id"], name="dispute_of_customer"),
            models.Index(
                fields=["submitted_at", "id"],
                name="dispute_waiting",
                condition=Q(stage__in=[Stage.PENDING, Stage.IN_REVIEW, Stage.INFO_NEEDED]),
            ),
            models.Index(fields=["commit_after"], name="dispute_due", condition=Q(stage=Stage.DECIDED)),
        ]

    def __str__(self) -> str:
        return f"D-{self.number}"


class Decision(models.Model):
    """What a decider said in one round. Append-only, except that ``state`` leaves ``held`` once."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, db_constraint=False, related_name="decisions")
    round = models.SmallIntegerField()
    kind = models.CharField(max_length=8, choices=[(k, k) for k in DecisionKind])
    micros = models.BigIntegerField()
    finding_ids = ArrayField(models.BigIntegerField(), default=list)
    note = models.TextField(blank=True, default="")
    by = _person()
    at = models.DateTimeField(db_default=Now())
    batch = models.TextField(blank=True, default="")
    state = models.CharField(max_length=9, choices=[(s, s) for s in DecisionState])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dispute", "round"], condition=~Q(state=DecisionState.UNDONE), name="one_decision_per_round"
            ),
            models.CheckConstraint(condition=Q(micros__gte=0), name="decision_not_negative"),
            models.CheckConstraint(
                condition=~Q(kind=DecisionKind.REJECT) | Q(by__isnull=False), name="decision_only_people_refuse"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.kind}"
