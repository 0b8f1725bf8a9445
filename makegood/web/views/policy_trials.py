"""Trying a draft: on single charges, rule by rule, and on every charge of today, in steps that a page waits for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render

from makegood.disputes.eligibility import RuleResult, Verdict
from makegood.disputes.entries import SubmitItem
from makegood.disputes.policy.parameters import TITLES
from makegood.disputes.selectors.policies import PolicyInForce
from makegood.disputes.selectors.policy_codes import codes_of
from makegood.disputes.selectors.policy_diff import PolicyDiff, Sample, Shift
from makegood.disputes.selectors.policy_pages import Tried, sample_charges, trial_charges
from makegood.disputes.selectors.policy_reach import (
    LONGEST_S,
    Reach,
    begin_reach,
    compared,
    diff_of_reach,
    reach_further,
)
from makegood.disputes.selectors.policy_trials import VersionRow, check_policy, tried_policy
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.kernel.money import Money
from makegood.parties.models import Program
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import is_part, page, respond
from makegood.web.policy_pages import lines_of, seen_program
from makegood.web.views.policy_drafts import draft_row, editor_context

STEP_S = 0.4
SALT = "policy-reach"
OLDEST_S = 3600
_NAMES = re.compile(r"[\s,;]+")


@dataclass(frozen=True)
class Said:
    """What one rule says of a charge, under its title and its place."""

    number: int
    title: str
    result: RuleResult
    unknown: bool


@dataclass(frozen=True)
class Trial:
    """What a draft says of a charge."""

    tried: Tried
    verdict: Verdict
    rules: tuple[Said, ...]


@page(Verb.POLICY_VIEW)
def try_on(request: PageRequest, key: str, number: int) -> HttpResponse:
    """What the draft says of the charges that are named, or of a few of the latest."""
    program = seen_program(request.principal, key)
    row = draft_row(program, number)
    typed = request.GET.get("charges", "")
    names = [name for name in _NAMES.split(typed.strip()) if name]
    sample = "sample" in request.GET or not names
    tried, unknown = (sample_charges(request.principal, program), []) if sample else (
        trial_charges(request.principal, program, names)
    )  # fmt: skip
    context = {
        **editor_context(request, program, row),
        "trials": _trials(request, program, row, tried),
        "unknown": unknown,
        "typed": typed,
        "sample": sample,
    }
    return respond(request, "web/policies/try.html", context, part="web/policies/tried.html")


def _trials(request: PageRequest, program: Program, row: VersionRow, tried: list[Tried]) -> list[Trial]:
    policy = tried_policy(program, number=row.number)
    said = check_policy(request.principal, policy, [SubmitItem(one.charge.pk) for one in tried])
    return [
        Trial(one, said[one.charge.pk], _rules(policy, said[one.charge.pk])) for one in tried if one.charge.pk in said
    ]


def _rules(policy: PolicyInForce, verdict: Verdict) -> tuple[Said, ...]:
    """The results beside the rules they are of; a bar that no policy lifts has no rule and no number."""
    places = {id(rule): place for place, rule in enumerate(policy.rules)}
    left = list(policy.rules)
    found = []
    for result in verdict.rules:
        rule = next((one for one in left if one.code == result.code), None)
        if rule is None:
            found.append(Said(0, "Beside the rules", result, unknown=False))
            continue
        left.remove(rule)
        unknown = not result.passed and result.severity != rule.severity.value
        found.append(Said(places[id(rule)] + 1, TITLES[rule.type], result, unknown))
    return tuple(found)


@page(Verb.POLICY_VIEW)
def impact(request: PageRequest, key: str, number: int) -> HttpResponse:
    """What the draft would change for today's charges: one step of the look, and what was found so far."""
    program = seen_program(request.principal, key)
    row = draft_row(program, number)
    context: dict[str, Any] = {"program": program, "row": row, "polling": is_part(request)}
    if request.method != "POST" or request.POST.get("verb") == "stop":
        return _impact(request, program, row, {**context, "reach": None})
    try:
        context.update(_step(request, program, row))
    except Refusal as refused:
        context.update(reach=None, refused=refused)
    return _impact(request, program, row, context)


def _impact(request: PageRequest, program: Program, row: VersionRow, context: dict[str, Any]) -> HttpResponse:
    reach = context.get("reach")
    status = 202 if reach is not None and not reach.is_done else 200
    context["lines"] = lines_of(row.rules, codes_of(program), reach)
    if is_part(request):
        return render(request, "web/policies/impact.html", context, status=status)
    return respond(
        request, "web/policies/draft.html", {**editor_context(request, program, row), **context}, status=status
    )


def _step(request: PageRequest, program: Program, row: VersionRow) -> dict[str, Any]:
    draft = tried_policy(program, number=row.number)
    kept = _kept_reach(request, program, row)
    before = compared(request.principal, draft, kept.at if kept else clock.now())
    reach = reach_further(before, draft, kept or begin_reach(draft), STEP_S)
    state = {"program": program.pk, "stamp": row.stamp, "before": before.label, "reach": reach.kept()}
    return {
        "reach": reach,
        "reach_text": f"{reach.charges:,}",
        **_found(diff_of_reach(before, draft, reach)),
        "state": "" if reach.is_done else signing.dumps(state, salt=SALT, compress=True),
        "asks": reach.spent > LONGEST_S and request.POST.get("verb") != "on",
    }


@dataclass(frozen=True)
class Change:
    """Charges that would be judged otherwise, in words."""

    count_text: str
    words: str
    billed: tuple[Money, ...]
    samples: tuple[Sample, ...]


def _found(diff: PolicyDiff) -> dict[str, Any]:
    """A difference as the page says it."""
    closing = [shift for shift in diff.shifts if not shift.before and shift.after]
    return {
        "found": diff,
        "open_text": f"{diff.open_now:,}",
        "close_text": f"{diff.would_close:,}",
        "opens_text": f"{diff.would_open:,}",
        "closing": ", ".join(f"{shift.charges:,} would become {shift.after}" for shift in closing),
        "shifts": [
            Change(f"{one.charges:,}", _words(one), one.billed, one.samples) for one in diff.shifts if one.changes
        ],
    }


def _words(shift: Shift) -> str:
    if not shift.before:
        return f"would become {shift.after}"
    return (
        f"would be {shift.after} instead of {shift.before}"
        if shift.after
        else f"would become eligible, now {shift.before}"
    )


def _kept_reach(request: PageRequest, program: Program, row: VersionRow) -> Reach | None:
    """What the form brings along, if it is of this draft as it stands."""
    try:
        state = signing.loads(request.POST.get("state", ""), salt=SALT, max_age=OLDEST_S)
    except signing.BadSignature:
        return None
    fits = state["program"] == program.pk and state["stamp"] == row.stamp
    return Reach.of(state["reach"]) if fits else None
