"""Every law of every app, and what keeps each invariant: a law, a constraint, a test, or several of them.

A law is a query that must return no row, on any database, at any time; `makegood verify` runs them all, and the worker
does once a day. `docs/reference/invariants.md` is made from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from makegood.billing.selectors.laws import LAWS as BILLING
from makegood.disputes.selectors.laws import LAWS as DISPUTES
from makegood.evidence.selectors.laws import LAWS as EVIDENCE
from makegood.insights.selectors.laws import LAWS as INSIGHTS
from makegood.ledger.selectors.laws import LAWS as LEDGER
from makegood.notifications.selectors.laws import LAWS as NOTIFICATIONS
from makegood.webhooks.selectors.laws import LAWS as WEBHOOKS

LAWS_OF: Mapping[str, Mapping[str, str]] = {
    "ledger": LEDGER,
    "billing": BILLING,
    "evidence": EVIDENCE,
    "disputes": DISPUTES,
    "notifications": NOTIFICATIONS,
    "insights": INSIGHTS,
    "webhooks": WEBHOOKS,
}
"""App -> its laws, from below."""

EVERY_LAW: Mapping[str, str] = {name: query for laws in LAWS_OF.values() for name, query in laws.items()}
"""Name of the law -> the query."""


@dataclass(frozen=True)
class Invariant:
    """Something that is always so, by the names of what keeps it; ``tests`` are files that try to break it."""

    text: str
    laws: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


_MODEL = "makegood/disputes/tests/test_random_walks_on_postgres.py"
_CREDIT_RACES = "tests/concurrency/test_credit_races.py"
_SUBMIT_RACES = "tests/concurrency/test_submit_races.py"

PROPERTIES: tuple[Invariant, ...] = (
    Invariant(
        "Held and credited together stay within 0 and what was billed; money is held only while a decision waits.",
        ("what is held and credited stays within what was billed", "money is held only while a decision waits"),
        ("no_over_credit",),
        (_CREDIT_RACES, _MODEL),
    ),
    Invariant(
        "Postings sum to zero per currency.",
        ("every entry sums to zero per currency", "every posting has the currency of its account"),
        ("ledger_entry_balances", "posting_account_currency"),
        (_MODEL,),
    ),
    Invariant(
        "What a dispute does to a customer's account is the sum of its adjustments with tax.",
        ("what a customer sees of a dispute equals its postings",),
        (),
        (_MODEL,),
    ),
    Invariant(
        "The words of every vocabulary are derived, and there is one for whatever can be reached.",
        tests=("makegood/disputes/tests/test_vocabularies.py",),
    ),
    Invariant(
        "A command that comes again with its key changes nothing.",
        constraints=("command_once", "adjustment_once"),
        tests=("makegood/journal/tests/test_answered_once.py",),
    ),
    Invariant(
        "No answer holds a number outside the scope of who asks.",
        tests=("makegood/web/tests/test_scope.py", "makegood/web/tests/test_privacy.py"),
    ),
    Invariant(
        "A vendor is told if and only if its net posting for a call in the window is not zero.",
        (
            "vendors are told exactly what was posted",
            "every posting to a vendor is told",
            "every message counts its items",
        ),
        ("told_once", "digest_item_delta"),
        ("makegood/notifications/tests/test_netting.py", "makegood/notifications/tests/test_entries.py"),
    ),
    Invariant(
        "A balance is the sum of its live adjustments, and what it holds is the sum of its holds.",
        ("balances equal the sum of their live adjustments", "balances hold what their holds say"),
        (),
        (_MODEL,),
    ),
    Invariant(
        "Behind every rejection stands a person.",
        ("every refusal has a person",),
        ("decision_only_people_refuse",),
        ("makegood/disputes/tests/test_decide.py",),
    ),
    Invariant(
        "The journal alone rebuilds stage, outcome and round.",
        ("the journal rebuilds stage, outcome and round", "every filed dispute is in the journal"),
        (),
        (_MODEL,),
    ),
)
"""What holds after any sequence of verbs."""

ENFORCED: tuple[Invariant, ...] = (
    Invariant(
        "A charge is exactly one of feature or usage.",
        ("every charge is one feature or one usage record",),
        ("charge_one_link",),
    ),
    Invariant(
        "One open dispute per charge.",
        ("one open dispute per charge",),
        ("one_open_dispute_per_charge",),
        (_SUBMIT_RACES,),
    ),
    Invariant(
        "A dispute has the currency and customer of its charge; its hold has the same charge and currency.",
        ("every filed dispute has its hold",),
        ("dispute_charge_fk", "dispute_hold_fk", "hold_of_charge"),
    ),
    Invariant(
        "Held and credited stay within what was billed.",
        ("what is held and credited stays within what was billed",),
        ("no_over_credit",),
        (_CREDIT_RACES,),
    ),
    Invariant(
        "Claw-back stays within the payout over all rounds, tax within the tax.",
        ("claw-back and tax stay within payout and tax",),
        ("no_over_clawback", "no_over_tax_credit"),
    ),
    Invariant(
        "A balance copies the amounts of its charge, and both stay so.",
        ("every balance copies its charge",),
        ("balance_matches_charge", "balance_copies_fixed", "disputed_charge_keeps_amounts"),
    ),
    Invariant(
        "A reversal is of a credit, a fee of a reversal, of the same dispute.",
        ("every fee stands on a reversal of its dispute",),
        ("adjustment_order", "adjustment_has_parent"),
    ),
    Invariant(
        "A reversal is the exact inverse: net, tax, claw-back.",
        ("every reversal is the exact inverse of a credit", "a reversal turns the postings of its credit"),
        ("adjustment_inverse",),
    ),
    Invariant("One reversal per credit, one fee per reversal.", (), ("one_child_per_adjustment",)),
    Invariant(
        "One credit per round, each from a committed decision.",
        ("committed decisions and credits agree", "no credit without a committed decision"),
        ("one_credit_per_round",),
    ),
    Invariant(
        "Nobody signs their own decision; what two people signed was decided by the first, as it was recommended.",
        ("nobody signed their own decision", "what two people signed was decided by the first"),
        ("recommendation_second_person", "recommendation_decision_approved"),
        ("tests/concurrency/test_signature_races.py",),
    ),
    Invariant(
        "One decision of a dispute waits for a second signature at most; the dispute is in review and says so.",
        ("a dispute waits for a signature while a recommendation does",),
        ("one_recommendation_waits", "dispute_signature_in_review"),
        ("tests/concurrency/test_signature_races.py",),
    ),
    Invariant("Each kind of adjustment has its sign.", (), ("adjustment_sign",)),
    Invariant(
        "No adjustment without postings, no entry without an adjustment.",
        ("every entry has at least two postings", "every entry belongs to one adjustment"),
        ("ledger_entry_has_postings", "one_entry_per_adjustment", "adjustment_of_entry"),
    ),
    Invariant(
        "A vendor's account moves by what the adjustments say.",
        ("what a vendor sees of a dispute equals its postings",),
        ("ledger_entry_balances",),
    ),
    Invariant(
        "One live decision per round; it waits exactly while its dispute is decided.",
        ("one waiting decision per decided dispute",),
        ("one_decision_per_round",),
    ),
    Invariant("The same command has one effect.", (), ("adjustment_once", "command_once")),
    Invariant(
        "Adjustments, entries, postings and the journal are only appended to; a decision leaves its undo window once.",
        (),
        ("ledger_append_only", "journal_append_only", "decision_leaves_held_once", "ledger_entry_is_whole"),
    ),
    Invariant(
        "History is never emptied: entries, postings, adjustments, decisions, the journal.",
        (),
        ("ledger_kept", "journal_kept", "decision_kept"),
    ),
    Invariant(
        "A reason takes a charge off the bill only while a credit stands.",
        ("a charge counts as not billable only while it is credited",),
    ),
    Invariant(
        "A further round says how it began; a typed claw-back is part of a decision; a resolution is of its program.",
        (),
        ("dispute_round_has_origin", "dispute_clawback_is_decided", "dispute_resolution_fk"),
    ),
    Invariant("A posting has the currency of its account.", (), ("posting_account_currency",)),
    Invariant("A closed dispute does not change.", (), ("dispute_closed",)),
    Invariant(
        "Stage and outcome fit.",
        (),
        (
            "dispute_decided_has_outcome",
            "dispute_outcome_has_stage",
            "dispute_closed_has_time",
            "dispute_withdrawn_has_time",
        ),
    ),
    Invariant(
        "Bill periods of a customer and versions of a policy do not overlap.",
        ("bill periods of a customer do not overlap",),
        ("bill_periods_do_not_overlap", "policy_versions_do_not_overlap"),
    ),
    Invariant("A published policy version stays as it is.", (), ("policy_published",)),
    Invariant("A billed charge stays as it was billed.", (), ("charge_frozen",)),
    Invariant(
        "Every invoice and its charges agree on customer, period and currency.",
        (
            "every charge has the currency of its customer's invoice",
            "every invoice lies in a bill period of its customer",
            "every correction corrects a charge of its program",
        ),
    ),
    Invariant(
        "A statement sums its adjustments and the remainder it carries on; settling moves money between a party and the"
        " rounding alone.",
        (
            "a settlement moves between a party and the rounding alone",
            "a statement is the sum of its lines and what it carried on",
            "a line of a statement says what its adjustment says",
            "every statement carries on the remainder of the one before",
            "the rounding account holds the remainders that are carried",
        ),
        ("statement_sums_its_lines", "statement_stays"),
    ),
    Invariant(
        "What was told not to be billed was not billed, or came back; a charge counts as not billable only while it is"
        " credited.",
        (
            "what was told not to be billed was not billed, or came back",
            "a charge counts as not billable only while it is credited",
        ),
    ),
    Invariant(
        "Disputes filed together have one number, customer and currency, and total what their lines asked.",
        ("a submission totals what its lines asked",),
        ("dispute_submission_fk", "dispute_label_once"),
    ),
    Invariant("A limit per buyer is counted once per dispute.", (), ("usage_counter_once",)),
    Invariant(
        "Nobody is told one event twice, and each message tells of what happened.",
        ("nobody is told one event twice", "every message tells of what happened", "every message counts its items"),
        ("told_once", "digest_item_of_digest", "digest_mailed_after_claim"),
        ("makegood/notifications/tests/test_exactly_once.py", "makegood/notifications/tests/test_mail.py"),
    ),
    Invariant(
        "Other systems are told of what happened, once under one id, and never of a decision that was undone.",
        (
            "no delivery speaks of an undone decision",
            "every delivery tells of what happened",
            "each delivery's attempts are recorded",
        ),
        ("delivery_once", "delivery_tells_of_an_event", "delivery_counts_attempts", "attempt_number_once"),
        ("makegood/webhooks/tests/test_fan_out.py", "makegood/webhooks/tests/test_deliver.py"),
    ),
    Invariant(
        "A dispute shows no file that was taken away; what is kept is what came, but for images written anew.",
        ("no dispute shows a file that was taken away", "what is no image is kept as it came"),
        ("file_hashes", "file_not_empty", "dispute_file_once"),
        ("makegood/evidence/tests/test_keep_file.py",),
    ),
    Invariant(
        "A recording is of one call and whole when it is ready; what is deleted names no file.",
        (
            "every recording is of a call",
            "a charge knows how long its recording is",
            "speech lies within its recording",
            "a recording that was deleted names no file",
        ),
        ("recording_ready_is_whole", "recording_waiting_has_time"),
        ("makegood/evidence/tests/test_attach.py", "makegood/evidence/tests/test_fetch.py"),
    ),
    Invariant(
        "Figures equal what charges, disputes and adjustments say.",
        ("cohort figures equal a rebuild", "totals equal their cohort days"),
        ("cohort_day_once", "cohort_day_adds_up", "day_total_once"),
        ("makegood/insights/tests/test_exactly_once.py",),
    ),
)
"""What the database enforces or a law proves, row by row."""
