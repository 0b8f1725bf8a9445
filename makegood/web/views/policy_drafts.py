"""The editor of a draft: rules as sentences, each with its form; every step keeps the draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core import signing
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes import operations
from makegood.disputes.errors import DraftChanged, PolicyNotReadable
from makegood.disputes.policy import RULE_TYPES
from makegood.disputes.policy.parameters import types_by_phase
from makegood.disputes.selectors.policy_codes import Codes, codes_of
from makegood.disputes.selectors.policy_pages import policy_row
from makegood.disputes.selectors.policy_trials import VersionRow, VersionState, policy_program
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id
from makegood.web.pages import go, is_part, page, respond, say
from makegood.web.policy_forms import RuleForm, blank_of, form_of, rule_of, typed_of
from makegood.web.policy_pages import seen_program, seen_version, version_context

SALT = "removed-rule"
PART = "web/policies/editor.html"
Rules = list[Mapping[str, Any]]


def draft_row(program: Program, number: int) -> VersionRow:
    """The draft of an address. Raises NotFound."""
    row = seen_version(program, number)
    if row.state is not VersionState.DRAFT:
        raise NotFound()
    return row


def editor_context(request: PageRequest, program: Program, row: VersionRow) -> dict[str, Any]:
    """What the editor is told beside an open form."""
    known = policy_row(program)
    faults = [fault for line in version_context(request.principal, program, row)["lines"] for fault in line.faults]
    return {
        **version_context(request.principal, program, row),
        "policy": known,
        "types": types_by_phase(),
        "stops": sum(fault.stops for fault in faults),
        "form": None,
        "removed": None,
        "moved": None,
    }


def _editor(request: PageRequest, program: Program, row: VersionRow, status: int = 200, **more: Any) -> HttpResponse:
    context = {**editor_context(request, program, row), **more}
    return respond(request, "web/policies/draft.html", context, part=PART, status=status)


@page(Verb.POLICY_VIEW)
def draft(request: PageRequest, key: str, number: int) -> HttpResponse:
    """A draft; ``?rule=3`` opens the form of the third rule, ``?add=window`` that of a new one."""
    program = seen_program(request.principal, key)
    row = seen_version(program, number)
    if row.state is not VersionState.DRAFT:
        return go(reverse("policy_version", args=(key, number)))
    form = _asked_form(request, program, row) if request.principal.can(Verb.POLICY_EDIT) else None
    return _editor(request, program, row, form=form, removed=_removed(request), moved=_place(request.GET, "moved", row))


def _asked_form(request: PageRequest, program: Program, row: VersionRow) -> RuleForm | None:
    codes = codes_of(program)
    kind = RULE_TYPES.get(request.GET.get("add", ""))
    if kind is not None:
        return form_of(kind, blank_of(kind, codes.currency), codes)
    place = _place(request.GET, "rule", row)
    return None if place is None else _kept_form(row, place, codes)


def _kept_form(row: VersionRow, place: int, codes: Codes) -> RuleForm:
    data = row.rules[place]
    kind = RULE_TYPES[str(data["type"])]
    return form_of(kind, typed_of(data, codes.currency), codes, place, is_default=data.get("basis") == "default")


def _place(values: QueryDict, name: str, row: VersionRow) -> int | None:
    """The place that a number from 1 names; None where there is no such rule."""
    number = row_id(values.get(name, ""))
    return number - 1 if number is not None and 1 <= number <= len(row.rules) else None


def _removed(request: PageRequest) -> dict[str, str] | None:
    """The rule that was just removed, so that it can be put back."""
    token = request.GET.get("removed", "")
    return {"token": token} if token else None


@require_POST
@page(Verb.POLICY_EDIT)
def rule(request: PageRequest, key: str, number: int) -> HttpResponse:
    """Keep what the form of a rule says; what is wrong with it stands beside what was typed."""
    program = policy_program(request.principal, key)
    row, codes = draft_row(program, number), codes_of(program)
    kind = RULE_TYPES.get(request.POST.get("type", ""))
    if kind is None:
        raise NotFound()
    typed = {name: request.POST.getlist(name) for name in request.POST}
    place = _place(request.POST, "place", row)
    if place is not None and row.rules[place].get("type") != kind.type:
        place = None
    data, wrong = rule_of(kind, typed, codes.currency)
    if wrong:
        return _editor(request, program, row, 422, form=form_of(kind, typed, codes, place, wrong))
    rules: Rules = list(row.rules)
    at = len(rules) if place is None else place
    rules[at : at + 1] = [data]
    try:
        _save(request, program, row, rules)
    except DraftChanged as changed:
        form = form_of(kind, typed, codes, place)
        return _editor(request, program, draft_row(program, number), 409, form=form, conflict=changed.message)
    except PolicyNotReadable as refused:
        return _editor(request, program, row, 422, form=form_of(kind, typed, codes, place, {"rule": refused.message}))
    return _kept(request, key, number, at)


@require_POST
@page(Verb.POLICY_EDIT)
def order(request: PageRequest, key: str, number: int) -> HttpResponse:
    """Move a rule, remove it, put it back, or say that its preset value is meant."""
    program = policy_program(request.principal, key)
    row = draft_row(program, number)
    verb, place = request.POST.get("verb", ""), _place(request.POST, "place", row)
    step = _stepped(list(row.rules), verb, place, request.POST.get("token", ""))
    if step is None:
        return go(reverse("policy_draft", args=(key, number)))
    rules, at, token = step
    try:
        _save(request, program, row, rules)
    except (DraftChanged, PolicyNotReadable) as refused:
        status = refused.status
        return _editor(request, program, draft_row(program, number), status, conflict=refused.message)
    return _kept(request, key, number, at, token)


def _stepped(rules: Rules, verb: str, place: int | None, token: str) -> tuple[Rules, int | None, str] | None:
    """The rules after a step, the place to look at, and what would put a removed rule back. None for no step."""
    if verb == "back":
        return _put_back(rules, token)
    if place is None:
        return None
    if verb in {"up", "down"}:
        to = place + (1 if verb == "down" else -1)
        if not 0 <= to < len(rules):
            return None
        rules.insert(to, rules.pop(place))
        return rules, to, ""
    if verb == "confirm":
        rules[place] = {name: value for name, value in rules[place].items() if name != "basis"}
        return rules, place, ""
    if verb == "remove":
        kept = signing.dumps([place, dict(rules.pop(place))], salt=SALT, compress=True)
        return rules, None, kept
    return None


def _put_back(rules: Rules, token: str) -> tuple[Rules, int | None, str] | None:
    try:
        place, data = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    rules.insert(min(place, len(rules)), data)
    return rules, min(place, len(rules) - 1), ""


def _save(request: PageRequest, program: Program, row: VersionRow, rules: Sequence[Mapping[str, Any]]) -> None:
    """Keep the draft as it was seen by whoever sent the form. Raises DraftChanged, PolicyNotReadable."""
    operations.save_policy_draft(
        request.principal,
        program=program,
        rules=rules,
        note=row.note,
        number=row.number,
        seen=request.POST.get("seen") or "none",
    )


def _kept(request: PageRequest, key: str, number: int, place: int | None, token: str = "") -> HttpResponse:
    here = reverse("policy_draft", args=(key, number))
    if not is_part(request):
        query = f"?removed={token}" if token else "" if place is None else f"?moved={place + 1}#rule-{place + 1}"
        return go(f"{here}{query}")
    program = policy_program(request.principal, key)
    row = draft_row(program, number)
    response = _editor(request, program, row, moved=place, removed={"token": token} if token else None)
    response["HX-Push-Url"] = here
    return response


@page(Verb.POLICY_EDIT)
def discard(request: PageRequest, key: str, number: int) -> HttpResponse:
    """Asks, and throws the draft away."""
    program = policy_program(request.principal, key)
    row = draft_row(program, number)
    if request.method == "POST":
        seen = request.POST.get("seen") or "none"
        operations.discard_policy_draft(request.principal, program=program, number=number, seen=seen)
        say(request, f"Draft {number} is thrown away.", "is-ok")
        return go(reverse("policy", args=(key,)))
    return respond(request, "web/policies/discard.html", {"program": program, "row": row})
