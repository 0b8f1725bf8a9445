"""Reviews that nobody asked for: the queue of what was drawn, and the bench on which one is listened to."""

from __future__ import annotations

import json
from datetime import datetime

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from makegood.disputes import errors, operations
from makegood.disputes.policy.review_plan import ReviewPlan
from makegood.disputes.selectors.review_bench import Marked
from makegood.disputes.selectors.review_queue import (
    ReviewQuery,
    next_review,
    progress_of,
    review_page,
    vendors_waiting,
    waiting_count,
)
from makegood.disputes.states import ReviewVerdict
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.kernel.money import format_money
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import programs, reviewing, undoing
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, is_part, page, respond, say, say_refused
from makegood.web.reauth import asks_again
from makegood.web.reviewing import Bench

UNPROCESSABLE, CONFLICT = 422, 409
FIELDS = {
    "BAD_TAG": "tags",
    "REVIEW_REASON_REQUIRED": "reason",
    "REASON_REQUIRED": "reason",
    "TIME_UNREADABLE": "heard",
    "HEARD_BEYOND_RECORDING": "heard",
    "FINDING_UNKNOWN": "heard",
}
FIGURES = "found"


@require_safe
@page(Verb.REVIEW_PROACTIVE)
def queue(request: PageRequest) -> HttpResponse:
    """What waits and why, what was finished, or what was found."""
    query, asked = reviewing.query_of(request), request.GET
    tab = asked.get("tab", "")
    context = {
        "tab": tab if tab in {"done", FIGURES} else "",
        "query": query,
        "progress": progress_of(request.principal, query.program),
        "waiting": waiting_count(request.principal, ReviewQuery(query.program)),
        "choices": reviewing.CHOICES,
        "verdicts": reviewing.VERDICTS,
        "words": reviewing.WORDS,
        "carried": reviewing.carried(request),
        "days": reviewing.PERIOD_DAYS,
    }
    if tab == FIGURES:
        context |= {
            "estimate": reviewing.estimate_of(request, query),
            "vendors": reviewing.vendors_of(request, query),
            "tags": reviewing.tags_of(request, query),
        }
    else:
        context |= {
            "found": review_page(
                request.principal, query, after=asked.get("after", ""), before=asked.get("before", "")
            ),
            "vendors": vendors_waiting(request.principal, query),
            "following": next_review(request.principal, query),
        }
    return respond(request, "web/reviews/queue.html", context, part="web/reviews/body.html")


@require_POST
@page(Verb.REVIEW_PROACTIVE)
def draw(request: PageRequest) -> HttpResponse:
    """Draw the days that are over and were not drawn yet, of the programs in sight."""
    one = programs.chosen(request)
    met = [program for program in programs.met(request) if one is None or program.pk == one.pk]
    keys = [program.key for program in met if ReviewPlan.of(program.settings) is not None]
    answers = operations.queue_reviews(request.principal, programs=keys)
    sums = {name: sum(a.data[name] for a in answers if a.ok) for name in ("days", "size", "picked", "population")}
    if not keys:
        say(request, "No program in sight reviews anything unasked. Switch it on where a program is changed.")
    elif not sums["days"]:
        say(request, "Every day that is over was drawn already; the next sample comes after midnight.")
    else:
        drawn = f"{sums['size']:,} of {sums['population']:,} calls and leads drawn at random"
        say(request, f"{drawn}, {sums['picked']:,} more by rule.", "is-ok")
    return go(reverse("proactive"))


@require_safe
@page(Verb.REVIEW_PROACTIVE)
def following(request: PageRequest) -> HttpResponse:
    """The next review that is free; the queue says so when there is none."""
    return _next(request, 0)


def _next(request: PageRequest, after: int) -> HttpResponse:
    found = next_review(request.principal, reviewing.query_of(request), after=after)
    return go(reviewing.address(request, found) if found else reverse("proactive") + reviewing.carried(request))


@require_safe
@page(Verb.REVIEW_PROACTIVE)
def bench(request: PageRequest, review_id: int) -> HttpResponse:
    """One review: the sound, what can be marked, and the three verdicts."""
    return _shown(request, reviewing.bench_of(request, review_id))


def _shown(request: PageRequest, found: Bench, *, status: int = 200) -> HttpResponse:
    return respond(request, "web/reviews/bench.html", _context(found), part="web/reviews/case.html", status=status)


def _context(found: Bench) -> dict[str, object]:
    return {"bench": found, "row": found.case.row, "player": found.player, "carried": found.carried}


@require_POST
@page(Verb.REVIEW_PROACTIVE)
def lease(request: PageRequest, review_id: int) -> HttpResponse:
    """Take a review into one's hands when it comes on screen, and keep it there while it stays."""
    (answer,) = operations.claim_review(request.principal, items=[review_id])
    if answer.ok:
        return HttpResponse(status=204)
    if answer.code == NotFound.code:
        raise NotFound()
    return _bar(request, reviewing.bench_of(request, review_id), answer, status=CONFLICT)


@require_POST
@page(Verb.REVIEW_PROACTIVE)
def skip(request: PageRequest, review_id: int) -> HttpResponse:
    """Give a review back to the queue and go on with the next one behind it."""
    (answer,) = operations.release_review(request.principal, items=[review_id], skipped=True)
    if not answer.ok:
        raise NotFound()
    if not is_part(request):
        return _next(request, review_id)
    return _advance(request, review_id, "Skipped; it waits in the queue")


@require_POST
@page(Verb.REVIEW_PROACTIVE)
def verdict(request: PageRequest, review_id: int) -> HttpResponse:
    """Keep what was found, offer to take it back, and go on; refused, what was marked stays and nothing is written."""
    marked, chosen = reviewing.read(request), request.POST.get("verdict", "")
    found = reviewing.bench_of(request, review_id, marked)
    if chosen not in set(ReviewVerdict):
        return _bar(request, found, Answer.refused(0, errors.VerdictRequired()), status=UNPROCESSABLE)
    said = ReviewVerdict(chosen)
    if reviewing.waits_for_ears(request, found, said):
        return _bar(request, reviewing.told(found, asks=said.value), None, status=UNPROCESSABLE)
    asked = _confirm(request, found, said)
    if asked is not None:
        return asked
    answer = _kept(request, review_id, said, marked)
    if not answer.ok:
        again = reviewing.bench_of(request, review_id, marked)
        status = UNPROCESSABLE if answer.code in FIELDS else CONFLICT
        return _bar(request, again, answer, status=status)
    sentence = _sentence(answer, said)
    _offer(request, review_id, answer, sentence)
    if not is_part(request):
        if undoing.pending(request) is None:
            say(request, f"{sentence}.", "is-ok")
        return _next(request, review_id)
    return _advance(request, review_id, sentence)


def _confirm(request: PageRequest, found: Bench, said: ReviewVerdict) -> HttpResponse | None:
    """Above a program's amount the reviewer confirms who they are, as for any other credit."""
    charged = found.case.row.charge.charged
    if said is not ReviewVerdict.NON_BILLABLE or charged is None:
        return None
    moved = [(charged.currency, charged.micros)]
    return asks_again(request, moved, program_ids=[found.case.row.charge.program_id])


def _kept(request: PageRequest, review_id: int, said: ReviewVerdict, marked: Marked) -> Answer:
    try:
        item = reviewing.item_of(request, review_id, said, marked)
    except Refusal as refusal:
        return Answer.refused(0, refusal, id=review_id)
    return operations.keep_review(request.principal, items=[item])[0]


def _sentence(answer: Answer, said: ReviewVerdict) -> str:
    if "number" not in answer.data:
        return reviewing.WORDS[said]
    amount = format_money(answer.data["micros"], answer.data["currency"])
    if answer.data["state"] == "recommended":
        return f"Non-billable: {answer.data['number']} for {amount} waits for a second signature"
    return f"Non-billable: {answer.data['number']} credits {amount}"


def _offer(request: PageRequest, review_id: int, answer: Answer, sentence: str) -> None:
    until = answer.data["undo_until"]
    undoing.remember(
        request,
        dispute_ids=[review_id],
        until=until if isinstance(until, datetime) else datetime.fromisoformat(str(until)),
        sentence=sentence,
        back=reviewing.address(request, review_id),
        action=reverse("review_undo"),
    )


def _advance(request: PageRequest, last: int, said: str) -> HttpResponse:
    """The next review on the screen, and beside it what became of the last one."""
    undo = undoing.pending(request)
    context: dict[str, object] = {"said": said, "undo": undo if undo and undo.sentence == said else None}
    found = next_review(request.principal, reviewing.query_of(request), after=last)
    if found is None:
        query = reviewing.query_of(request)
        context |= {"progress": progress_of(request.principal, query.program), "query": query}
        return _part(request, context, f"{said}. Nothing else waits.", reverse("proactive"))
    shown = reviewing.bench_of(request, found)
    context |= _context(shown)
    row = shown.case.row
    return _part(request, context, f"{said}. Next: {row.why}, {row.charge.noun}.", reviewing.address(request, found))


def _part(request: PageRequest, context: dict[str, object], sentence: str, at: str) -> HttpResponse:
    response = respond(request, "web/reviews/advance.html", context)
    response.headers["HX-Push-Url"] = at
    response.headers["HX-Trigger"] = json.dumps({"mg:say": sentence})
    return response


def _bar(request: PageRequest, found: Bench, refused: Answer | None, *, status: int) -> HttpResponse:
    """The bench with why it was not kept; for htmx the bar alone, so that sound and marks stay as they are."""
    field = FIELDS.get(refused.code, "") if refused else ""
    shown = reviewing.told(found, refused=refused, field=field)
    if not is_part(request):
        return _shown(request, shown, status=status)
    response = respond(request, "web/reviews/bar.html", _context(shown), status=status)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#lane-bar", "outerHTML"
    response.headers["HX-Push-Url"] = "false"
    return response


@require_POST
@page(Verb.REVIEW_PROACTIVE)
def undo(request: PageRequest) -> HttpResponse:
    """Take the last verdict back: the review returns to the screen with all that was marked."""
    ids = undoing.dispute_ids(request.POST.get("token", ""))
    answers = operations.take_back_review(request.principal, items=ids)
    undoing.forget(request)
    for answer in answers:
        if not answer.ok:
            say_refused(request, answer)
    if not answers or not answers[0].ok or answers[0].id is None:
        return go(reverse("proactive")) if not is_part(request) else HttpResponse(
            status=204, headers={"HX-Redirect": reverse("proactive")}
        )  # fmt: skip
    said = "Taken back. Nothing was posted and nobody was told."
    if not is_part(request):
        say(request, said, "is-ok")
        return go(reviewing.address(request, answers[0].id))
    shown = reviewing.bench_of(request, answers[0].id)
    context = _context(shown) | {"said": "", "undo": None}
    return _part(request, context, said, reviewing.address(request, answers[0].id))
