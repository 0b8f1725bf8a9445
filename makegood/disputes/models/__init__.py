"""Rows of disputes, by subject."""

from __future__ import annotations

from makegood.disputes.models.cases import Comment, Decision, Dispute, Submission
from makegood.disputes.models.policies import Finding, Policy, PolicyVersion, Reason, Resolution, UsageCounter

__all__ = [
    "Comment",
    "Decision",
    "Dispute",
    "Finding",
    "Policy",
    "PolicyVersion",
    "Reason",
    "Resolution",
    "Submission",
    "UsageCounter",
]
