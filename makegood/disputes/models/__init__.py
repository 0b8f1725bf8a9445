"""Rows of disputes, by subject."""

from __future__ import annotations

from makegood.disputes.models.cases import Comment, Decision, Dispute, Submission
from makegood.disputes.models.clocks import Calendar, Holiday, SlaClock
from makegood.disputes.models.desk import DeskTime, Follow, Handling, OutOfTurn, Recommendation, Snooze
from makegood.disputes.models.exhibits import DisputeFile, Heard
from makegood.disputes.models.guided import GuidedDispute
from makegood.disputes.models.plans import BulkPlan, BulkPlanRow
from makegood.disputes.models.policies import (
    Finding,
    Policy,
    PolicyVersion,
    Reason,
    ReasonFinding,
    Resolution,
    UsageCounter,
)
from makegood.disputes.models.reviews import Review, ReviewDraw
from makegood.disputes.models.statements import DoNotBillBatch, DoNotBillLine, StatementCredit, StatementCreditLine

__all__ = [
    "BulkPlan",
    "BulkPlanRow",
    "Calendar",
    "Comment",
    "Decision",
    "DeskTime",
    "Dispute",
    "DisputeFile",
    "DoNotBillBatch",
    "DoNotBillLine",
    "Finding",
    "Follow",
    "GuidedDispute",
    "Handling",
    "Heard",
    "Holiday",
    "OutOfTurn",
    "Policy",
    "PolicyVersion",
    "Reason",
    "ReasonFinding",
    "Recommendation",
    "Resolution",
    "Review",
    "ReviewDraw",
    "SlaClock",
    "Snooze",
    "StatementCredit",
    "StatementCreditLine",
    "Submission",
    "UsageCounter",
]
