"""Verbs of disputes. Keyword-only, first the principal, then the items; one answer per item."""

from makegood.disputes.operations.commit import commit, commit_due
from makegood.disputes.operations.decide import decide
from makegood.disputes.operations.draft import discard_draft, save_draft
from makegood.disputes.operations.edit import edit
from makegood.disputes.operations.install import install_preset, publish_policy
from makegood.disputes.operations.lease import claim, extend_lease, release, release_lapsed
from makegood.disputes.operations.submit import submit
from makegood.disputes.operations.undo import undo
from makegood.disputes.operations.withdraw import withdraw

__all__ = [
    "claim",
    "commit",
    "commit_due",
    "decide",
    "discard_draft",
    "edit",
    "extend_lease",
    "install_preset",
    "publish_policy",
    "release",
    "release_lapsed",
    "save_draft",
    "submit",
    "undo",
    "withdraw",
]
