"""The first steps: each a page of its own, in any order, skipped or done again; a checklist says what is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.disputes.operations import set_up
from makegood.evidence.operations.recording_settings import change_recording_settings
from makegood.evidence.policy.url_template import FIELDS, address_of
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.parties.operations import describe_installation, mark_step
from makegood.parties.selectors import programs_visible_to
from makegood.parties.selectors.installation import installation
from makegood.parties.states import LOCALES, SetupState, SetupStep, Verb
from makegood.web import setting_up
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond
from makegood.web.zones import ZONES

UNPROCESSABLE = 422
Acted = Callable[[PageRequest], None]
Told = Callable[[PageRequest], Mapping[str, Any]]


@page(Verb.PROGRAM_EDIT)
def overview(request: PageRequest) -> HttpResponse:
    """The checklist: what is done, what was skipped, what comes next."""
    context = {"steps": setting_up.steps(), "next": setting_up.next_step(), "installation": installation()}
    return respond(request, "web/setup/overview.html", context)


@page(Verb.PROGRAM_EDIT)
def step(request: PageRequest, step: str) -> HttpResponse:
    """One step: its form, or what was sent with it."""
    key = _step(step)
    if request.method != "POST":
        return _shown(request, key)
    try:
        _ACTS.get(key, _nothing)(request)
    except (Refusal, ValueError) as error:
        message = error.message if isinstance(error, Refusal) else _spoken(error)
        return _shown(request, key, message)
    mark_step(request.principal, step=key, state=SetupState.DONE)
    return _on(key)


@require_POST
@page(Verb.PROGRAM_EDIT)
def skip(request: PageRequest, step: str) -> HttpResponse:
    """Leave a step out; it can be done at any time."""
    key = _step(step)
    mark_step(request.principal, step=key, state=SetupState.SKIPPED)
    return _on(key)


def _on(key: SetupStep) -> HttpResponse:
    following = setting_up.next_step(key)
    return go(reverse("setup_step", args=[following.value]) if following else reverse("setup"))


def _step(name: str) -> SetupStep:
    if name not in set(SetupStep):
        raise NotFound()
    return SetupStep(name)


def _spoken(error: ValueError) -> str:
    text = str(error)
    return "Type whole numbers for days and hours." if "invalid literal" in text else text


def _shown(request: PageRequest, key: SetupStep, error: str = "") -> HttpResponse:
    every = setting_up.steps()
    context = {
        "steps": every,
        "step": next(one for one in every if one.key is key),
        "place": list(SetupStep).index(key) + 1,
        "part": f"web/setup/{key.value}.html",
        "error": error,
        "posted": request.POST,
        **_TOLD.get(key, _tells_nothing)(request),
    }
    return respond(request, "web/setup/step.html", context, status=UNPROCESSABLE if error else 200)


def _nothing(request: PageRequest) -> None:
    """Done by having been looked at."""


def _tells_nothing(request: PageRequest) -> Mapping[str, Any]:
    return {}


def _describe(request: PageRequest) -> None:
    post = request.POST
    describe_installation(
        request.principal,
        name=post.get("name", ""),
        zone=post.get("zone", ""),
        currency=post.get("currency", "").upper(),
        locale=post.get("locale", ""),
    )


def _add_programs(request: PageRequest) -> None:
    set_up.add_programs(request.principal, preset_keys=request.POST.getlist("preset"))


def _answer(request: PageRequest) -> None:
    for question in setting_up.questions(request.principal):
        key = question.program.key
        answers = setting_up.answers_in(request.POST, key)
        set_up.answer_questions(request.principal, program_key=key, answers=answers)


def _recordings(request: PageRequest) -> None:
    for program in programs_visible_to(request.principal):
        template = request.POST.get(f"template-{program.key}")
        if template is not None and template.strip() != _template(program.settings):
            change_recording_settings(
                request.principal, program_key=program.key, said={"url_template": template.strip()}
            )


def _template(settings: Mapping[str, Any]) -> str:
    return str((settings.get("recordings") or {}).get("url_template", ""))


def _tell_recordings(request: PageRequest) -> Mapping[str, Any]:
    programs = []
    for program in programs_visible_to(request.principal).order_by("name"):
        if not {"call", "lead"} & set(program.unit_kind):
            continue
        template = request.POST.get(f"template-{program.key}", _template(program.settings))
        tried = request.GET.get("call", "").strip()
        example = address_of(template, {"external_id": tried}, clock.now()) if tried else ""
        programs.append({"program": program, "template": template, "example": example})
    return {"programs": programs, "fields": FIELDS, "tried": request.GET.get("call", "")}


_ACTS: Mapping[SetupStep, Acted] = {
    SetupStep.ORGANIZATION: _describe,
    SetupStep.PROGRAMS: _add_programs,
    SetupStep.QUESTIONS: _answer,
    SetupStep.RECORDINGS: _recordings,
}
_TOLD: Mapping[SetupStep, Told] = {
    SetupStep.ORGANIZATION: lambda request: {
        "installation": installation(),
        "zones": ZONES,
        "locales": LOCALES.items(),
    },
    SetupStep.PROGRAMS: lambda request: {"presets": setting_up.preset_choices()},
    SetupStep.QUESTIONS: lambda request: {
        "questions": setting_up.questions(request.principal),
        "clawbacks": [(mode.value, text) for mode, text in setting_up.CLAWBACKS.items()],
        "alone": setting_up.alone(),
    },
    SetupStep.RECORDINGS: _tell_recordings,
    SetupStep.CHECK: lambda request: {"samples": setting_up.samples(request.principal)},
}
