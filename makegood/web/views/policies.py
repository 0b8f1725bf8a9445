"""Policies: what is in force, what waits, and what was; a version taken up again or taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import operations
from makegood.disputes.policy.difference import difference
from makegood.disputes.selectors.budgets import budgets_of
from makegood.disputes.selectors.policy_codes import codes_of
from makegood.disputes.selectors.policy_pages import last_steps, policy_row, policy_rows
from makegood.disputes.selectors.policy_trials import VersionState, policy_program, version_rows
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id
from makegood.web.pages import go, page, respond, say
from makegood.web.policy_pages import WHO_GRANTS, lines_of, seen_program, seen_version, version_context


@page(Verb.POLICY_VIEW)
def policies(request: PageRequest) -> HttpResponse:
    """Every program with its policy: in force, scheduled, drafts."""
    context = {"rows": policy_rows(request.principal), "can_edit": request.principal.can(Verb.POLICY_EDIT)}
    return respond(request, "web/policies/list.html", context)


@page(Verb.POLICY_VIEW)
def policy(request: PageRequest, key: str) -> HttpResponse:
    """A program's policy as it is in force, with what waits and what is being written."""
    program = seen_program(request.principal, key)
    row = policy_row(program)
    steps = last_steps(program, [draft.number for draft in row.drafts])
    context = {
        "program": program,
        "policy": row,
        "row": row.in_force,
        "budgets": budgets_of(program),
        "drafts": [(draft, steps.get(draft.number)) for draft in reversed(row.drafts)],
        "lines": lines_of(row.in_force.rules, codes_of(program)) if row.in_force else [],
        "can_edit": request.principal.can(Verb.POLICY_EDIT),
        "who_grants": WHO_GRANTS,
    }
    return respond(request, "web/policies/policy.html", context)


@page(Verb.POLICY_VIEW)
def version(request: PageRequest, key: str, number: int) -> HttpResponse:
    """One version as it was written."""
    program = seen_program(request.principal, key)
    context = version_context(request.principal, program, seen_version(program, number))
    return respond(request, "web/policies/version.html", context)


@page(Verb.POLICY_VIEW)
def history(request: PageRequest, key: str) -> HttpResponse:
    """Every version that was published, who did it, when and why, and what differs between any two."""
    program = seen_program(request.principal, key)
    rows = [row for row in version_rows(program) if row.state is not VersionState.DRAFT][::-1]
    withdrawn = [row.number for row in rows if row.state is VersionState.WITHDRAWN]
    context: dict[str, Any] = {
        "program": program,
        "rows": rows,
        "steps": last_steps(program, withdrawn),
        "can_edit": request.principal.can(Verb.POLICY_EDIT),
        "who_grants": WHO_GRANTS,
        **_compared(request, program, rows),
    }
    return respond(request, "web/policies/history.html", context)


def _compared(request: PageRequest, program: Any, rows: list[Any]) -> dict[str, Any]:
    """The two versions that the address names, the two latest without, and what differs between them."""
    by_number = {row.number: row for row in rows}
    numbers = [row.number for row in rows]
    after = row_id(request.GET.get("b", "")) or next(iter(numbers), None)
    before = row_id(request.GET.get("a", "")) or next((number for number in numbers if number != after), None)
    if before not in by_number or after not in by_number or before is None or after is None:
        return {"a": None, "b": None, "found": None}
    rules = (by_number[before].rules, by_number[after].rules)
    return {"a": before, "b": after, "found": difference(*rules, codes_of(program).naming)}


@require_POST
@page(Verb.POLICY_EDIT)
def begin(request: PageRequest, key: str, number: int) -> HttpResponse:
    """A new draft with the rules of a version."""
    program = policy_program(request.principal, key)
    draft = operations.begin_policy_draft(request.principal, program=program, number=number)
    say(request, f"Draft {draft.number} begins with the rules of version {number}. Nothing is in force yet.", "is-ok")
    return go(reverse("policy_draft", args=(key, draft.number)))


@page(Verb.POLICY_EDIT)
def withdraw(request: PageRequest, key: str, number: int) -> HttpResponse:
    """Asks, and takes a version back that has not begun."""
    program = policy_program(request.principal, key)
    row = seen_version(program, number)
    if request.method == "POST" or row.state is not VersionState.SCHEDULED:
        operations.withdraw_policy(request.principal, program=program, number=number)
        say(request, f"Version {number} is withdrawn and never comes into force.", "is-ok")
        return go(reverse("policy", args=(key,)))
    context = {"program": program, "row": row, "policy": policy_row(program)}
    return respond(request, "web/policies/withdraw.html", context)
