"""The page of one dispute for those who work on it: header, tabs, what can be done now, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.selectors.actions import Action
from makegood.disputes.selectors.audit import audit_of
from makegood.disputes.selectors.clock_sums import clocks_seen
from makegood.disputes.selectors.detail import DisputeDetail, visible_dispute
from makegood.disputes.selectors.dossiers import dossiers
from makegood.disputes.selectors.handling import handling_of
from makegood.disputes.selectors.heard import heard_by_round
from makegood.disputes.selectors.info_clock import info_clock_words
from makegood.disputes.selectors.party_desk import parties_of
from makegood.disputes.selectors.postings import money_of
from makegood.disputes.selectors.recommendations import recommendation_of
from makegood.disputes.selectors.source_record import may_see_source, source_of
from makegood.disputes.selectors.verdict_today import compared
from makegood.disputes.states import OPEN, WAITING, Stage
from makegood.insights.selectors.beside import beside
from makegood.parties.entries import Principal
from makegood.parties.states import Verb
from makegood.web.case_steps import STEPS, CaseStep
from makegood.web.clock_words import shown
from makegood.web.middleware import PageRequest

LABELS: Mapping[str, str] = {
    Step.CLAIM: "Take into review",
    Step.RELEASE: "Put back into the queue",
    Step.TAKE_OVER: "Take over",
    Step.REQUEST_INFO: "Ask a question",
    Step.ACCEPT: "Accept",
    Step.ACCEPT_PARTIAL: "Accept in part",
    Step.REJECT: "Reject",
    Step.UNDO: "Undo the decision",
    Step.ADJUST: "Credit at once",
    Step.REVERSE: "Reverse the credit",
    Step.APPLY_FEE: "Charge the reversal fee",
    Step.CLOSE: "Close",
    Step.REOPEN: "Reopen",
    Step.EDIT: "Change the claim",
}
"""The verbs that staff asks for; those of the submitting side stand on its own page."""

WAYS: Mapping[str, str] = {
    "DISPUTE_CLOSED": "Reopen it first, where the program reopens.",
    "ALREADY_DECIDED": "A further round: close and reopen it, or a re-review.",
    "DECISION_PENDING": "Wait for the end of the undo window, or undo the decision.",
    "NOT_ADJUSTED": "A credit would have to be posted first.",
    "ALREADY_REVERSED": "Nothing stands that could be reversed; a further credit would.",
    "NOT_REVERSED": "Reverse the credit first.",
    "FEE_ALREADY_APPLIED": "Each reversal carries one fee.",
    "FEE_NOT_OFFERED": "The program's settings would have to name a fee in this currency.",
    "NOT_CLOSED": "It can be reopened once it is closed.",
    "ALREADY_CLOSED": "Nothing is left to close.",
    "DECISION_FINAL": "Money posted by mistake is put right by “Reopen, reverse, close”.",
    "CREDIT_LIVE": "Reverse the credit first, or both in one: “Reverse and reject”.",
    "LEASED": "Take it over, or wait until it is put back.",
    "NOT_YOURS": "Whoever has it in hand can, or somebody who may decide any.",
    "UNDO_EXPIRED": "Reverse the credit instead.",
    "DECISION_NOT_OFFERED": "The program's settings would have to offer it.",
    "OTHER_REVIEWER": "A colleague who did not decide the round before.",
    "WRONG_STAGE": "It depends on where the dispute stands.",
    "PERMISSION_DENIED": "",
}
"""What would change a refusal, by its code."""


@dataclass(frozen=True)
class Tab:
    """One tab: its name in the address, and its label."""

    name: str
    label: str


@dataclass(frozen=True)
class WhyNot:
    """A step that is not possible: the guard's sentence and code, and what would change it."""

    label: str
    message: str
    code: str
    way: str


def is_staff(principal: Principal) -> bool:
    """Whether a principal works on disputes rather than filing them: decides, or belongs to no party and files none."""
    if principal.can(Verb.DISPUTE_DECIDE):
        return True
    belongs = principal.customer_id is not None or principal.vendor_id is not None
    return not belongs and not principal.can(Verb.DISPUTE_CREATE)


def tabs_of(principal: Principal) -> tuple[Tab, ...]:
    """The tabs that a principal may open."""
    may = {
        "money": principal.can(Verb.LEDGER_VIEW),
        "recording": principal.can(Verb.RECORDING_LISTEN),
        "similar": principal.can(Verb.DISPUTE_DECIDE),
        "audit": principal.can(Verb.DISPUTE_DECIDE),
        "raw": may_see_source(principal),
    }
    return tuple(tab for tab in TABS if may.get(tab.name, True))


TABS = (
    Tab("story", "Story"),
    Tab("money", "Money"),
    Tab("policy", "Policy"),
    Tab("recording", "Recording"),
    Tab("clocks", "Clocks"),
    Tab("similar", "Similar"),
    Tab("audit", "Audit"),
    Tab("raw", "Raw"),
)


def case_context(request: PageRequest, detail: DisputeDetail) -> dict[str, Any]:
    """What the page needs beside the dispute itself; of the tabs only the open one is read."""
    principal, number = request.principal, detail.row.number_only
    tabs = tabs_of(principal)
    wanted = request.GET.get("tab", "story")
    tab = wanted if wanted in {one.name for one in tabs} else "story"
    (dossier,) = dossiers(principal, [detail.row.id])
    decides = principal.can(Verb.DISPUTE_DECIDE)
    waits = recommendation_of(principal, detail.row.id) if decides else None
    return {
        "tabs": tabs,
        "tab": tab,
        "dossier": dossier,
        "can": {action.verb for action in dossier.actions if action.allowed},
        "steps": offered(principal, detail, dossier.actions),
        "why_not": why_not(dossier.actions),
        "handling": handling_of(principal, detail.row.id) if decides else None,
        "waiting_for_signature": waits if waits and waits.is_waiting else None,
        "is_open": detail.row.stage in OPEN,
        "info_clock": info_clock_words(detail.program_id) if decides else "",
        "to_lane": reverse("lane_dispute", args=[number]) if decides and detail.row.stage in WAITING else "",
        "parties": _parties(principal, detail.row.id),
        **_tab(request, detail, tab),
    }


def _parties(principal: Principal, dispute_id: int) -> dict[str, str]:
    """Where the pages of buyer and vendor are; empty for who may not open them."""
    seen = parties_of(principal, dispute_id)
    return {
        "buyer": reverse("buyer", args=[seen.customer_id]) if seen.customer_id else "",
        "vendor": reverse("vendor", args=[seen.vendor_id]) if seen.vendor_id else "",
    }


def _tab(request: PageRequest, detail: DisputeDetail, tab: str) -> dict[str, Any]:
    principal, pk = request.principal, detail.row.id
    if tab == "money":
        return {"money": money_of(principal, detail)}
    if tab == "policy":
        return {"compared": compared(visible_dispute(principal, detail.row.number_only))}
    if tab == "recording":
        rounds = heard_by_round(pk, held=principal.can(Verb.DISPUTE_DECIDE))
        return {"rounds": sorted(rounds.items())}
    if tab == "clocks":
        found = visible_dispute(principal, detail.row.number_only)
        return {"clocks": shown(clocks_seen(found, decides=principal.can(Verb.DISPUTE_DECIDE)))}
    if tab == "similar":
        return {"beside": beside(principal, pk)}
    if tab == "audit":
        return {"audit": audit_of(principal, pk)}
    if tab == "raw":
        return {"source": source_of(principal, visible_dispute(principal, detail.row.number_only))}
    return {}


def offered(principal: Principal, detail: DisputeDetail, actions: tuple[Action, ...]) -> tuple[CaseStep, ...]:
    """The steps that move money or end the case and are possible now, joined ones after the single ones."""
    allowed = {action.verb for action in actions if action.allowed}
    codes = {action.verb: action.code for action in actions}
    stage, live = detail.row.stage, bool(detail.live.credit)
    reverses = principal.can(Verb.DISPUTE_REVERSE)
    may = {
        "credit": Step.ADJUST in allowed,
        "reverse": Step.REVERSE in allowed,
        "fee": Step.APPLY_FEE in allowed,
        "close": Step.CLOSE in allowed,
        "reopen": Step.REOPEN in allowed,
        "reopen-and-reverse": Step.REOPEN in allowed and live and reverses,
        "reverse-and-reject": Step.REVERSE in allowed and codes.get(Step.REJECT) == "CREDIT_LIVE",
        "put-right": stage is Stage.CLOSED and live and reverses,
    }
    return tuple(step for slug, step in STEPS.items() if may[slug])


def why_not(actions: tuple[Action, ...]) -> tuple[WhyNot, ...]:
    """The steps that are not possible now, each with its guard's sentence."""
    return tuple(
        WhyNot(LABELS[action.verb], action.message, action.code, WAYS.get(action.code, ""))
        for action in actions
        if not action.allowed and action.verb in LABELS
    )
