"""Several disputes under one number: one case for everybody concerned, with an outcome per line."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from makegood.disputes.selectors.guided import filed_under
from makegood.disputes.selectors.submissions import submission_detail
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import page, respond

COUNTED = (
    ("waiting", "waiting"),
    ("accepted", "accepted"),
    ("accepted_partial", "accepted in part"),
    ("rejected", "rejected"),
    ("closed", "closed"),
    ("withdrawn", "withdrawn"),
)


@require_safe
@page(Verb.DISPUTE_VIEW)
def submission(request: PageRequest, number: int) -> HttpResponse:
    """The case: what was asked for together, and what became of each line; those who decide may decide all of it."""
    detail = submission_detail(request.principal, str(number))
    context: dict[str, Any] = {
        "case": detail,
        "guided": filed_under(request.principal, detail.public_id),
        "counts": [(key, words, detail.counts[key]) for key, words in COUNTED if detail.counts.get(key)],
        "decides": request.principal.can(Verb.DISPUTE_DECIDE) and any(row.is_waiting for row in detail.lines),
    }
    return respond(request, "web/guided/submission.html", context)
