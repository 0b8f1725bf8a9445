"""Verbs of disputes. Keyword-only, first the principal, then the items; one answer per item."""

from makegood.disputes.operations.adjust import adjust
from makegood.disputes.operations.again import reopen, request_re_review
from makegood.disputes.operations.amend import amend
from makegood.disputes.operations.apply_fee import apply_fee
from makegood.disputes.operations.auto_accept import auto_accept
from makegood.disputes.operations.breach import breach
from makegood.disputes.operations.calendars import set_calendar, set_federal_calendar
from makegood.disputes.operations.close import close
from makegood.disputes.operations.comment import comment
from makegood.disputes.operations.commit import commit, commit_due
from makegood.disputes.operations.commit_plan import commit_plan, forget_plans, run_plans, stop_plan
from makegood.disputes.operations.correct import correct
from makegood.disputes.operations.decide import decide
from makegood.disputes.operations.do_not_bill import tell_not_to_bill
from makegood.disputes.operations.draft import discard_draft, save_draft
from makegood.disputes.operations.edit import edit
from makegood.disputes.operations.exhibits import attach_files, discard_file, forget_unattached, remove_files
from makegood.disputes.operations.install import install_preset
from makegood.disputes.operations.keep_clocks import keep_clocks, rebuild_clocks
from makegood.disputes.operations.lease import claim, extend_lease, release, release_lapsed
from makegood.disputes.operations.mark_statements import mark_statements
from makegood.disputes.operations.plan_bulk import plan_bulk
from makegood.disputes.operations.publish_policy import (
    discard_policy_draft,
    publish_policy,
    publish_policy_draft,
    save_policy_draft,
)
from makegood.disputes.operations.questions import lapse, provide_info, request_info
from makegood.disputes.operations.reverse import reverse
from makegood.disputes.operations.settle_statements import settle_statements
from makegood.disputes.operations.submit import submit
from makegood.disputes.operations.undo import undo
from makegood.disputes.operations.undo_plan import undo_plan
from makegood.disputes.operations.withdraw import withdraw

__all__ = [
    "adjust",
    "amend",
    "apply_fee",
    "attach_files",
    "auto_accept",
    "breach",
    "claim",
    "close",
    "comment",
    "commit",
    "commit_due",
    "commit_plan",
    "correct",
    "decide",
    "discard_draft",
    "discard_file",
    "discard_policy_draft",
    "edit",
    "extend_lease",
    "forget_plans",
    "forget_unattached",
    "install_preset",
    "keep_clocks",
    "lapse",
    "mark_statements",
    "plan_bulk",
    "provide_info",
    "publish_policy",
    "publish_policy_draft",
    "rebuild_clocks",
    "release",
    "release_lapsed",
    "remove_files",
    "reopen",
    "request_info",
    "request_re_review",
    "reverse",
    "run_plans",
    "save_draft",
    "save_policy_draft",
    "set_calendar",
    "set_federal_calendar",
    "settle_statements",
    "stop_plan",
    "submit",
    "tell_not_to_bill",
    "undo",
    "undo_plan",
    "withdraw",
]
