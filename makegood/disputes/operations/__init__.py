"""Verbs of disputes. Keyword-only, first the principal, then the items; one answer per item."""

from makegood.disputes.operations.adjust import adjust
from makegood.disputes.operations.again import reopen, request_re_review
from makegood.disputes.operations.amend import amend
from makegood.disputes.operations.apply_fee import apply_fee
from makegood.disputes.operations.assign import assign
from makegood.disputes.operations.auto_accept import auto_accept
from makegood.disputes.operations.breach import breach
from makegood.disputes.operations.calendars import (
    change_calendar,
    create_calendar,
    remove_calendar,
    set_calendar,
    set_clock_targets,
    set_federal_calendar,
)
from makegood.disputes.operations.catalogs import (
    add_finding,
    add_reason,
    add_resolution,
    change_finding,
    change_reason,
    change_resolution,
    put_word_back,
)
from makegood.disputes.operations.cells import confirm_cells, put_cells_back, set_cells
from makegood.disputes.operations.change_program import change_program, put_program_back
from makegood.disputes.operations.claim_reviews import claim_review, free_lapsed, release_review
from makegood.disputes.operations.close import close
from makegood.disputes.operations.comment import comment
from makegood.disputes.operations.commit import commit, commit_due
from makegood.disputes.operations.commit_plan import commit_plan, forget_plans, run_plans, stop_plan
from makegood.disputes.operations.correct import correct
from makegood.disputes.operations.decide import decide
from makegood.disputes.operations.desk_times import keep_desk_times
from makegood.disputes.operations.do_not_bill import tell_not_to_bill
from makegood.disputes.operations.draft import discard_draft, save_draft
from makegood.disputes.operations.duplicate import mark_duplicate
from makegood.disputes.operations.edit import edit
from makegood.disputes.operations.escalate import escalate, escalate_late, settle_escalation
from makegood.disputes.operations.exhibits import (
    attach_files,
    discard_file,
    forget_unattached,
    hand_in_file,
    remove_files,
)
from makegood.disputes.operations.follow import follow, unfollow
from makegood.disputes.operations.further import ask_further
from makegood.disputes.operations.guided import begin_guided, drop_guided, hand_over, keep_step
from makegood.disputes.operations.install import install_preset
from makegood.disputes.operations.keep_clocks import keep_clocks, rebuild_clocks
from makegood.disputes.operations.keep_review import keep_review, take_back_review
from makegood.disputes.operations.lease import claim, extend_lease, release, release_lapsed, take_over
from makegood.disputes.operations.mark_statements import mark_statements
from makegood.disputes.operations.new_program import new_program
from makegood.disputes.operations.plan_again import plan_again, recommend_plan
from makegood.disputes.operations.plan_bulk import plan_bulk
from makegood.disputes.operations.policy_drafts import (
    begin_policy_draft,
    discard_policy_draft,
    save_policy_draft,
    withdraw_policy,
)
from makegood.disputes.operations.publish_policy import publish_policy, publish_policy_draft
from makegood.disputes.operations.questions import lapse, provide_info, request_info
from makegood.disputes.operations.queue_reviews import cancel_overtaken, draw_due, queue_reviews
from makegood.disputes.operations.recommend import (
    adjust_or_recommend,
    decide_or_recommend,
    recommend,
    withdraw_recommendation,
)
from makegood.disputes.operations.reverse import reverse
from makegood.disputes.operations.settle_statements import settle_statements
from makegood.disputes.operations.sign import approve, decline
from makegood.disputes.operations.snooze import snooze
from makegood.disputes.operations.submit import submit
from makegood.disputes.operations.submit_guided import submit_guided
from makegood.disputes.operations.take_questions import put_questions_back, take_questions
from makegood.disputes.operations.undo import undo
from makegood.disputes.operations.undo_plan import undo_plan
from makegood.disputes.operations.withdraw import withdraw

__all__ = [
    "add_finding",
    "add_reason",
    "add_resolution",
    "adjust",
    "adjust_or_recommend",
    "amend",
    "apply_fee",
    "approve",
    "ask_further",
    "assign",
    "attach_files",
    "auto_accept",
    "begin_guided",
    "begin_policy_draft",
    "breach",
    "cancel_overtaken",
    "change_calendar",
    "change_finding",
    "change_program",
    "change_reason",
    "change_resolution",
    "claim",
    "claim_review",
    "close",
    "comment",
    "commit",
    "commit_due",
    "commit_plan",
    "confirm_cells",
    "correct",
    "create_calendar",
    "decide",
    "decide_or_recommend",
    "decline",
    "discard_draft",
    "discard_file",
    "discard_policy_draft",
    "draw_due",
    "drop_guided",
    "edit",
    "escalate",
    "escalate_late",
    "extend_lease",
    "follow",
    "forget_plans",
    "forget_unattached",
    "free_lapsed",
    "hand_in_file",
    "hand_over",
    "install_preset",
    "keep_clocks",
    "keep_desk_times",
    "keep_review",
    "keep_step",
    "lapse",
    "mark_duplicate",
    "mark_statements",
    "new_program",
    "plan_again",
    "plan_bulk",
    "provide_info",
    "publish_policy",
    "publish_policy_draft",
    "put_cells_back",
    "put_program_back",
    "put_questions_back",
    "put_word_back",
    "queue_reviews",
    "rebuild_clocks",
    "recommend",
    "recommend_plan",
    "release",
    "release_lapsed",
    "release_review",
    "remove_calendar",
    "remove_files",
    "reopen",
    "request_info",
    "request_re_review",
    "reverse",
    "run_plans",
    "save_draft",
    "save_policy_draft",
    "set_calendar",
    "set_cells",
    "set_clock_targets",
    "set_federal_calendar",
    "settle_escalation",
    "settle_statements",
    "snooze",
    "stop_plan",
    "submit",
    "submit_guided",
    "take_back_review",
    "take_over",
    "take_questions",
    "tell_not_to_bill",
    "undo",
    "undo_plan",
    "unfollow",
    "withdraw",
    "withdraw_policy",
    "withdraw_recommendation",
]
