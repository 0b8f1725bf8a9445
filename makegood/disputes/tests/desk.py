"""The people at a desk, how each verb of the lifecycle is asked for, and how a case comes to each stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db.models import F

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.entries import (
    AdjustItem,
    CloseItem,
    DecisionItem,
    DraftItem,
    EditItem,
    FeeItem,
    Ref,
    ReverseItem,
    SignItem,
    SubmitItem,
    WordsItem,
)
from makegood.disputes.lifecycle import Verb
from makegood.disputes.models import Dispute, Recommendation
from makegood.disputes.operations.commit import open_accounts_for
from makegood.disputes.states import DecisionKind, Stage
from makegood.journal.models import JournalEpoch
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from tests.refusals import run
from tests.world import World

ASKED, PART, FEE, NOBODY = 45_000_000, 20_000_000, 5_000_000, 999_999
LATER = timedelta(hours=1)
SETTINGS = {
    "reopen": True,
    "max_rounds": 3,
    "reversal_fee": {"default": "5.00", "max": "25.00"},
    "fee_tax_rate": "0.08",
    "undo_seconds": {"api": 0, "desk": 10, "bulk": 60, "system": 60},
    "sla": {"decision": {"target_hours": 1, "breach_hours": 2}},
    "auto_budget": {"count": 1_000},
}
"""A program in which every verb can be asked for; the system's own grant waits like a person's."""


@dataclass
class Case:
    """A charge, and the dispute on it (None before there is one)."""

    charge: Charge
    dispute: Dispute | None = None

    @property
    def pk(self) -> int:
        """The dispute's id, or one that nobody has."""
        return self.dispute.pk if self.dispute else NOBODY

    @property
    def stage(self) -> Stage | None:
        """Where it stands, as it was read last."""
        return Stage(self.dispute.stage) if self.dispute else None


@dataclass
class Desk:
    """The people, by what they do; whoever else asks is named."""

    world: World
    submitter: Principal
    decider: Principal
    colleague: Principal
    others: dict[str, Principal] = field(default_factory=dict)

    def ask(self, verb: Verb, case: Case, who: Principal | None = None) -> list[Answer]:
        """The answers of one verb for one case, asked by whom the table names, or by ``who``."""
        return ASK[verb](who or (self.submitter if verb in SUBMITTERS else self.decider), case)

    def go(self, case: Case, *verbs: Verb, by: Principal | None = None) -> Case:
        """Take the case through verbs; each has to go through. ``by`` does what those who decide do."""
        for verb in verbs:
            (answer,) = self.ask(verb, case, None if verb in SUBMITTERS else by)
            assert answer.ok, (verb, answer)
            case.dispute = Dispute.objects.get(pk=answer.id or 0)
        return case

    def case(self, stage: Stage | None, verb: Verb | None = None, **settings: Any) -> Case:
        """A case at a stage, brought there by its verbs, with what ``verb`` needs to find there."""
        chosen = {**SETTINGS, "auto_close": stage is Stage.CLOSED, **settings}
        change_settings(SYSTEM, program=self.world.program, settings=chosen)
        case = Case(self.world.charge(tax_micros=3_600_000))
        if stage is not None:
            by = self.colleague if verb in OF_SOMEBODY_ELSE else None
            self.go(case, *AFTERWARD.get(verb, {}).get(stage, PATHS[stage]), by=by)
            assert case.stage == stage
        if verb is Verb.BREACH:
            JournalEpoch.objects.update(epoch=F("epoch") + 1)  # lets the reader of clocks see this test's own events
            operations.keep_clocks()
        return case


SUBMITTERS = frozenset(
    {Verb.SAVE_DRAFT, Verb.SUBMIT, Verb.EDIT, Verb.WITHDRAW, Verb.PROVIDE_INFO, Verb.REQUEST_RE_REVIEW}
)
SYSTEMS = frozenset({Verb.AUTO_ACCEPT, Verb.LAPSE, Verb.COMMIT, Verb.BREACH})
"""Verbs that no person asks for."""


OF_SOMEBODY_ELSE = frozenset({Verb.TAKE_OVER, Verb.APPROVE, Verb.DECLINE})
"""Verbs about what a colleague began."""


def limited(who: Principal) -> Principal:
    """The same person, who may decide next to nothing alone."""
    return replace(who, max_decision_micros={"USD": 1})


def _recommend(who: Principal, case: Case) -> list[Answer]:
    return operations.recommend(limited(who), items=[DecisionItem(case.pk, DecisionKind.ACCEPT, None, "as heard")])


def signs(case: Case, cause: str = "") -> list[SignItem]:
    """The answer to what was recommended last of a case."""
    newest = Recommendation.objects.filter(dispute=case.pk).order_by("-id").first()
    return [SignItem(newest.public_id if newest else "rec_none", cause)]


def _decide(who: Principal, case: Case, kind: DecisionKind) -> list[Answer]:
    micros = PART if kind is DecisionKind.PARTIAL else None
    return operations.decide(who, items=[DecisionItem(case.pk, kind, micros, "as heard")])


def _commit(who: Principal, case: Case) -> list[Answer]:
    with clock.shifted(LATER):
        open_accounts_for([case.pk])
        return operations.commit([case.pk])


def _breach(who: Principal, case: Case) -> list[Answer]:
    with clock.shifted(2 * LATER):
        return operations.breach([case.pk])


def _draft(who: Principal, case: Case) -> list[Answer]:
    return operations.save_draft(who, items=[DraftItem(case.charge.pk, "SPAM", "a robot")])


def _submit(who: Principal, case: Case) -> list[Answer]:
    draft = case.dispute.pk if case.dispute else None
    return operations.submit(who, items=[SubmitItem(case.charge.pk, "SPAM", "a robot", draft_id=draft)])


def _edit(who: Principal, case: Case) -> list[Answer]:
    return operations.edit(who, items=[EditItem(case.pk, {"description": "more words"})])


def _words(verb: Callable[..., list[Answer]], text: str) -> Callable[[Principal, Case], list[Answer]]:
    return lambda who, case: verb(who, items=[WordsItem(case.pk, text)])


def _ref(verb: Callable[..., list[Answer]]) -> Callable[[Principal, Case], list[Answer]]:
    return lambda who, case: verb(who, items=[Ref(case.pk)])


ASK: dict[Verb, Callable[[Principal, Case], list[Answer]]] = {
    Verb.SAVE_DRAFT: _draft,
    Verb.SUBMIT: _submit,
    Verb.AUTO_ACCEPT: lambda who, case: operations.auto_accept([case.pk], "as agreed"),
    Verb.EDIT: _edit,
    Verb.WITHDRAW: _ref(operations.withdraw),
    Verb.CLAIM: _ref(operations.claim),
    Verb.RELEASE: _ref(operations.release),
    Verb.REQUEST_INFO: _words(operations.request_info, "Which number did they call from?"),
    Verb.PROVIDE_INFO: _words(operations.provide_info, "The one on the invoice."),
    Verb.LAPSE: lambda who, case: operations.lapse([case.pk]),
    Verb.ACCEPT: lambda who, case: _decide(who, case, DecisionKind.ACCEPT),
    Verb.ACCEPT_PARTIAL: lambda who, case: _decide(who, case, DecisionKind.PARTIAL),
    Verb.REJECT: lambda who, case: _decide(who, case, DecisionKind.REJECT),
    Verb.TAKE_OVER: _ref(operations.take_over),
    Verb.RECOMMEND: _recommend,
    Verb.APPROVE: lambda who, case: operations.approve(who, items=signs(case)),
    Verb.DECLINE: lambda who, case: operations.decline(who, items=signs(case, "Listen to 0:41 again.")),
    Verb.WITHDRAW_RECOMMENDATION: _ref(operations.withdraw_recommendation),
    Verb.UNDO: _ref(operations.undo),
    Verb.COMMIT: _commit,
    Verb.ADJUST: lambda who, case: operations.adjust(who, items=[AdjustItem(case.pk, PART, "as heard")]),
    Verb.REVERSE: lambda who, case: operations.reverse(who, items=[ReverseItem(case.pk)]),
    Verb.APPLY_FEE: lambda who, case: operations.apply_fee(who, items=[FeeItem(case.pk)]),
    Verb.CLOSE: lambda who, case: operations.close(who, items=[CloseItem(case.pk)]),
    Verb.REOPEN: _words(operations.reopen, "New evidence."),
    Verb.REQUEST_RE_REVIEW: _words(operations.request_re_review, "Please listen again."),
    Verb.BREACH: _breach,
}
"""One way of asking for each verb of the table."""

_GRANTED = (Verb.SUBMIT, Verb.ACCEPT_PARTIAL, Verb.COMMIT)
PATHS: dict[Stage, tuple[Verb, ...]] = {
    Stage.DRAFT: (Verb.SAVE_DRAFT,),
    Stage.PENDING: (Verb.SUBMIT,),
    Stage.IN_REVIEW: (Verb.SUBMIT, Verb.CLAIM),
    Stage.INFO_NEEDED: (Verb.SUBMIT, Verb.CLAIM, Verb.REQUEST_INFO),
    Stage.DECIDED: (Verb.SUBMIT, Verb.ACCEPT_PARTIAL),
    Stage.RESOLVED: _GRANTED,
    Stage.CLOSED: _GRANTED,
    Stage.WITHDRAWN: (Verb.SUBMIT, Verb.WITHDRAW),
}
_AGAIN = (*_GRANTED, Verb.CLOSE, Verb.REOPEN)
_CREDITED = {Stage.PENDING: _AGAIN, Stage.IN_REVIEW: (*_AGAIN, Verb.CLAIM), Stage.RESOLVED: _GRANTED}
_RECOMMENDED: dict[Stage, tuple[Verb, ...]] = {Stage.IN_REVIEW: (Verb.SUBMIT, Verb.RECOMMEND)}
AFTERWARD: dict[Verb | None, dict[Stage, tuple[Verb, ...]]] = {
    Verb.APPROVE: _RECOMMENDED,
    Verb.DECLINE: _RECOMMENDED,
    Verb.WITHDRAW_RECOMMENDATION: _RECOMMENDED,
    Verb.REVERSE: _CREDITED,
    Verb.APPLY_FEE: {
        Stage.PENDING: (*_AGAIN, Verb.REVERSE),
        Stage.IN_REVIEW: (*_AGAIN, Verb.REVERSE, Verb.CLAIM),
        Stage.RESOLVED: (*_GRANTED, Verb.REVERSE),
    },
}
"""Where a verb needs more than the stage: a credit that stands, or a reversal."""


def everything() -> tuple[Any, ...]:
    """All that a refusal may not change."""
    (row,) = run(
        "SELECT (SELECT jsonb_agg(d ORDER BY id) FROM disputes_dispute d),"
        " (SELECT jsonb_agg(x ORDER BY id) FROM disputes_decision x),"
        " (SELECT jsonb_agg(r ORDER BY id) FROM disputes_recommendation r), (SELECT count(*) FROM disputes_handling),"
        " (SELECT jsonb_agg(h) FROM ledger_hold h), (SELECT jsonb_agg(b) FROM ledger_charge_balance b),"
        " (SELECT jsonb_agg(k ORDER BY id) FROM disputes_sla_clock k), (SELECT count(*) FROM disputes_comment),"
        " (SELECT count(*) FROM ledger_posting), (SELECT count(*) FROM ledger_adjustment),"
        " (SELECT count(*) FROM journal_event)"
    )
    return row
