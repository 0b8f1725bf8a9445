"""Rows of disputes, by subject."""

from __future__ import annotations

from makegood.disputes.models.cases import Comment, Decision, Dispute, Submission
from makegood.disputes.models.clocks import Calendar, Holiday, SlaClock
from makegood.disputes.models.exhibits import DisputeFile, Heard
from makegood.disputes.models.plans import BulkPlan, BulkPlanRow
from makegood.disputes.models.policies import Finding, Policy, PolicyVersion, Reason, Resolution, UsageCounter
from makegood.disputes.models.statements import DoNotBillBatch, DoNotBillLine, StatementCredit, StatementCreditLine

__all__ = [
    "BulkPlan",
    "BulkPlanRow",
    "Calendar",
    "Comment",
    "Decision",
    "Dispute",
    "DisputeFile",
    "DoNotBillBatch",
    "DoNotBillLine",
    "Finding",
    "Heard",
    "Holiday",
    "Policy",
    "PolicyVersion",
    "Reason",
    "Resolution",
    "SlaClock",
    "StatementCredit",
    "StatementCreditLine",
    "Submission",
    "UsageCounter",
]
