"""The desk of re-reviews: a decided dispute found by call or caller, asked for again, and those under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from makegood.disputes import operations
from makegood.disputes.entries import ReReviewItem
from makegood.disputes.selectors.detail import visible_dispute
from makegood.disputes.selectors.re_review import Sought, sought, under_way
from makegood.kernel.answers import Answer
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest
from makegood.web.numbers import version_of
from makegood.web.pages import go, page, respond, say

LONGEST, LONGEST_SEARCH, LONGEST_NAME = 5_000, 100, 200
UNPROCESSABLE, CONFLICT = 422, 409
WANTING = frozenset({"CAUSE_REQUIRED"})


@dataclass(frozen=True)
class Typed:
    """What stands in the form of one dispute, and why it was refused."""

    number: str = ""
    asked_by: str = ""
    why: str = ""
    news: str = ""
    refused: Answer | None = None


@page(Verb.CUSTOMER_VIEW)
def re_reviews(request: PageRequest) -> HttpResponse:
    """What a call id, a caller id or a dispute number finds; sent, the re-review is asked for."""
    principal = request.principal
    demand(principal, Verb.DISPUTE_VIEW)
    if principal.customer_id is not None or principal.vendor_id is not None:
        raise NotFound()
    if request.method == "POST":
        return _ask(request)
    return _shown(request, request.GET.get("q", "").strip()[:LONGEST_SEARCH], Typed())


def _shown(request: PageRequest, text: str, typed: Typed, *, status: int = 200) -> HttpResponse:
    found = sought(request.principal, text)
    context: dict[str, Any] = {
        "found": found,
        "typed": typed,
        "sentence": _sentence(found),
        "under_way": under_way(request.principal),
        "asks": request.principal.can(Verb.DISPUTE_CREATE),
        "reopens": request.principal.can(Verb.DISPUTE_REOPEN),
    }
    return respond(request, "web/crediting/re_reviews.html", context, part="web/crediting/found.html", status=status)


def _sentence(found: Sought) -> str:
    """What was found, where there is nothing to look at again."""
    if not found.text or found.has_decided:
        return ""
    whose = "this caller in 90 days" if found.by_caller else f"“{found.text}”"
    without = len(found.without)
    calls = "no call found" if not without else f"{without} {'call' if without == 1 else 'calls'} found without dispute"
    if found.calls:
        return f"No decided dispute for {whose}; {len(found.calls)} with one that is not decided yet."
    return f"No decided dispute for {whose}; {calls}."


def _ask(request: PageRequest) -> HttpResponse:
    post = request.POST
    text = post.get("q", "").strip()[:LONGEST_SEARCH]
    typed = Typed(
        post.get("number", "")[:LONGEST_NAME],
        post.get("asked_by", "").strip()[:LONGEST_NAME],
        post.get("why", "").strip()[:LONGEST],
        post.get("news", "").strip()[:LONGEST],
    )
    dispute = visible_dispute(request.principal, typed.number)
    item = ReReviewItem(dispute.pk, typed.why, version_of(post.get("version", "")), typed.asked_by, typed.news)
    (answer,) = operations.request_re_review(request.principal, items=[item])
    if answer.ok:
        say(request, f"{dispute} is reviewed again, by somebody else than before.", "is-ok")
        return go(f"{reverse('re_reviews')}?{urlencode({'q': text})}#under-way")
    again = Typed(typed.number, typed.asked_by, typed.why, typed.news, answer)
    return _shown(request, text, again, status=UNPROCESSABLE if answer.code in WANTING else CONFLICT)
