"""Rows of disputes: what was filed, decided and said.

Amounts in micros of the dispute's currency; times aware, UTC. Composite keys and the triggers that forbid are in the
migrations.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Cast, Concat, Least, Now

from makegood.billing.models import Charge, Invoice
from makegood.disputes.models.policies import PolicyVersion, Reason, Resolution
from makegood.disputes.states import (
    CommentKind,
    DecisionKind,
    DecisionState,
    Origin,
    Outcome,
    ReasonType,
    RoundOrigin,
    Stage,
    Visibility,
)
from makegood.parties.models import Customer, Program, User


class Submission(models.Model):
    """Several disputes filed together under one number; it has no status of its own."""

    number = models.BigIntegerField(unique=True)
    public_id = models.CharField(max_length=40, unique=True)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    total_micros = models.BigIntegerField()
    origin = models.CharField(max_length=12, choices=[(o, o) for o in Origin])
    note = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(total_micros__gt=0), name="submission_asks_for_money"),
            models.UniqueConstraint(
                fields=["id", "number", "customer", "currency", "program"], name="submission_identity"
            ),
        ]

    def __str__(self) -> str:
        return f"D-{self.number}"


def _person(related: str = "+") -> models.ForeignKey[User | None, User | None]:
    """A key to a person on a hot table; its constraint is written in SQL, not deferrable."""
    return models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name=related, db_constraint=False, db_index=False
    )


_OPEN_ONE = Q(closed_at__isnull=True) & ~Q(stage__in=[Stage.DRAFT, Stage.WITHDRAWN])


_DECIDED_AT = Case(When(~Q(stage__in=[Stage.PENDING, Stage.IN_REVIEW, Stage.INFO_NEEDED]), then=F("decided_at")))
WAITED = Func(
    Least("submitted_at", "withdrawn_at", "closed_at", _DECIDED_AT),
    Least("withdrawn_at", "closed_at", _DECIDED_AT),
    Value("[]"),
    function="tstzrange",
    output_field=DateTimeRangeField(),
)
"""From when to when a dispute waited for a decision; one that was decided in an earlier round may seem to have waited
before it was submitted."""
_WAITS = [Stage.PENDING, Stage.IN_REVIEW, Stage.INFO_NEEDED, Stage.DECIDED]
QUEUE_RANK = Case(
    When(stage__in=_WAITS, then=Value(0)),
    When(outcome=Outcome.ACCEPTED, then=Value(1)),
    When(outcome=Outcome.ACCEPTED_PARTIAL, then=Value(2)),
    When(outcome=Outcome.REJECTED, then=Value(3)),
    default=Value(4),
    output_field=models.IntegerField(),
)
"""Pending, Accepted, Accepted Partial, Rejected, then whatever was withdrawn: the order of the whole queue."""


class Dispute(models.Model):
    """One contested charge."""

    number = models.BigIntegerField()
    line = models.SmallIntegerField(default=0, db_default=0)
    label = models.GeneratedField(
        expression=Concat(
            Value("D-"),
            Cast(F("number"), models.TextField()),
            Case(
                When(
                    line__gt=0,
                    then=Concat(Value("."), Cast(F("line"), models.TextField()), output_field=models.TextField()),
                ),
                default=Value(""),
                output_field=models.TextField(),
            ),
            output_field=models.TextField(),
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    public_id = models.CharField(max_length=40, unique=True)
    submission = models.ForeignKey(
        Submission, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="disputes"
    )
    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, db_constraint=False, related_name="disputes")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    reason = models.ForeignKey(Reason, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    type = models.CharField(max_length=8, blank=True, default="", db_default="", choices=[(t, t) for t in ReasonType])
    description = models.TextField(blank=True, default="")
    origin = models.CharField(max_length=12, choices=[(o, o) for o in Origin])
    stage = models.CharField(max_length=12, choices=[(s, s) for s in Stage])
    outcome = models.CharField(max_length=16, null=True, choices=[(o, o) for o in Outcome])  # noqa: DJ001
    round = models.SmallIntegerField(default=1, db_default=1)
    round_origin = models.CharField(
        max_length=9, choices=[(o, o) for o in RoundOrigin], default=RoundOrigin.FILED, db_default=RoundOrigin.FILED
    )
    info_missing = models.BooleanField(default=False, db_default=False)
    resolution = models.ForeignKey(
        Resolution, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )

    decided_micros = models.BigIntegerField(null=True)
    decided_clawback_micros = models.BigIntegerField(null=True)
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
    suggestion = models.JSONField(null=True)
    override_cause = models.TextField(blank=True, default="")
    assignee = _person()
    claimed_until = models.DateTimeField(null=True)
    waits_for_signature = models.BooleanField(default=False, db_default=False)
    lock_version = models.IntegerField(default=1, db_default=1)

    created_at = models.DateTimeField(db_default=Now())
    created_by = _person()
    submitted_at = models.DateTimeField(null=True)
    submitted_by = _person()
    modified_at = models.DateTimeField(db_default=Now())
    modified_by = _person()

    hold_key = models.GeneratedField(
        expression=Case(When(~Q(stage="draft"), then=F("id")), default=Value(None)),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["charge"], condition=_OPEN_ONE, name="one_open_dispute_per_charge"),
            models.UniqueConstraint(
                fields=["charge", "created_by"], condition=Q(stage=Stage.DRAFT), name="one_draft_per_author"
            ),
            models.UniqueConstraint(fields=["label"], name="dispute_label_once"),
            models.CheckConstraint(
                condition=Q(submission__isnull=True, line=0) | Q(submission__isnull=False, line__gt=0),
                name="dispute_line_of_submission",
            ),
            models.CheckConstraint(condition=Q(amount_micros__gte=0), name="dispute_amount_not_negative"),
            models.CheckConstraint(condition=Q(round__gte=1), name="dispute_round"),
            models.CheckConstraint(
                condition=Q(round__lte=1, round_origin=RoundOrigin.FILED)
                | (Q(round__gt=1) & ~Q(round_origin=RoundOrigin.FILED)),
                name="dispute_round_has_origin",
            ),
            models.CheckConstraint(
                condition=Q(decided_clawback_micros__isnull=True)
                | Q(decided_clawback_micros__gte=0, outcome__isnull=False),
                name="dispute_clawback_is_decided",
            ),
            models.CheckConstraint(
                name="dispute_decided_has_outcome",
                condition=~Q(stage=Stage.DECIDED) | Q(outcome__isnull=False, commit_after__isnull=False),
            ),
            models.CheckConstraint(
                name="dispute_signature_in_review",
                condition=Q(waits_for_signature=False) | Q(stage=Stage.IN_REVIEW),
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
            models.Index(fields=["assignee"], name="dispute_in_hands", condition=Q(stage=Stage.IN_REVIEW)),
            models.Index(fields=["submitted_at", "id"], name="dispute_asked", condition=Q(stage=Stage.INFO_NEEDED)),
            models.Index(fields=["commit_after"], name="dispute_due", condition=Q(stage=Stage.DECIDED)),
            models.Index(
                QUEUE_RANK,
                F("submitted_at").desc(),
                F("id").desc(),
                name="dispute_ranked",
                condition=Q(submitted_at__isnull=False),
            ),
            GistIndex(WAITED, name="dispute_waited", condition=~Q(stage=Stage.DRAFT)),
            models.Index(fields=["-decided_at", "-id"], name="dispute_decided", condition=Q(decided_at__isnull=False)),
            models.Index(
                fields=["reason", "-decided_at"],
                name="dispute_precedent",
                condition=Q(stage__in=[Stage.RESOLVED, Stage.CLOSED], outcome__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"D-{self.number_only}"

    @property
    def number_only(self) -> str:
        """The number without its letter, as addresses carry it: ``10003``, or ``10003.2`` for a line."""
        return f"{self.number}.{self.line}" if self.line else str(self.number)


class Decision(models.Model):
    """What a decider said in one round. Append-only, except that ``state`` leaves ``held`` once."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, db_constraint=False, related_name="decisions")
    round = models.SmallIntegerField()
    kind = models.CharField(max_length=8, choices=[(k, k) for k in DecisionKind])
    micros = models.BigIntegerField()
    clawback_micros = models.BigIntegerField(null=True)
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
                condition=Q(clawback_micros__isnull=True) | Q(clawback_micros__gte=0),
                name="decision_clawback_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DecisionKind.REJECT) | Q(by__isnull=False), name="decision_only_people_refuse"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["by", "-at"], name="decision_of_person")]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.kind}"


class Comment(models.Model):
    """What people write beside a dispute: notes, a reviewer's question and the answer to it."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="comments")
    kind = models.CharField(max_length=8, choices=[(k, k) for k in CommentKind])
    visibility = models.CharField(max_length=8, choices=[(v, v) for v in Visibility])
    body = models.TextField()
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(body=""), name="comment_says_something"),
            models.CheckConstraint(
                condition=Q(kind=CommentKind.NOTE) | Q(visibility=Visibility.PARTIES),
                name="comment_question_is_for_parties",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.kind}"
