"""The questions that a program's preset has for its reasons: looked at, taken, put back."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from makegood.disputes.operations import put_questions_back, take_questions
from makegood.disputes.selectors.catalogs import catalog_of
from makegood.disputes.selectors.preset_questions import preset_questions
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say
from makegood.web.views.catalogs import frame

MOST = 200


@page(Verb.PROGRAM_EDIT)
def questions(request: PageRequest, key: str) -> HttpResponse:
    """What reasons would ask, before anything changes; sent, what is ticked is taken, or put back."""
    program = catalog_of(request.principal, key).program
    if request.method == "POST":
        codes = request.POST.getlist("code")[:MOST]
        back = request.POST.get("act") == "back"
        changed = (put_questions_back if back else take_questions)(request.principal, program_key=key, codes=codes)
        many = "1 reason" if len(changed) == 1 else f"{len(changed)} reasons"
        said = f"{many} ask what they asked before." if back else f"{many} ask the questions of the preset now."
        say(request, said if changed else "Nothing was changed.", "is-ok" if changed else "")
        return go(reverse("preset_questions", args=[key]))
    found = preset_questions(program)
    context = {
        **frame(request, program, "reasons"),
        "open": [one for one in found if not one.is_taken],
        "taken": [one for one in found if one.is_taken],
    }
    return respond(request, "web/catalogs/questions.html", context)
