"""What the billing system is told not to bill: the batches, what is new, and what was billed nevertheless."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from makegood.disputes import operations
from makegood.disputes.policy.settings import keeps_off_the_bill
from makegood.disputes.selectors.billed_nevertheless import billed_nevertheless, sums_billed_nevertheless
from makegood.disputes.selectors.do_not_bill import (
    DoNotBill,
    batches_told,
    program_of_batch,
    told_in,
    waiting_to_tell,
)
from makegood.parties.models import Program
from makegood.parties.states import Verb
from makegood.web import exports, programs
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say

COLUMNS = ("batch", "instruction", "external_source", "external_id", "usage_id", "customer", "dispute", "currency",
           "change", "left_to_bill", "decided_at")  # fmt: skip
NUMBERS = frozenset({"usage_id", "change", "left_to_bill"})


def _known(request: PageRequest) -> tuple[Program, ...]:
    """The programs that keep credited items off the bill."""
    return tuple(one for one in programs.met(request) if keeps_off_the_bill(one.settings))


def _shown(request: PageRequest, known: tuple[Program, ...]) -> Program | None:
    named = request.GET.get(programs.KEY, "")
    found = next((one for one in known if str(one.pk) == named), None)
    chosen = programs.chosen(request)
    return found or (chosen if chosen in known else None) or (known[0] if known else None)


@require_safe
@page(Verb.LEDGER_VIEW)
def batches(request: PageRequest) -> HttpResponse:
    """The batches of a program, what would be told now, and what was billed although a batch told not to."""
    known = _known(request)
    program = _shown(request, known)
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    context: dict[str, Any] = {"programs": known if len(known) > 1 else (), "program": program}
    if program is not None:
        context |= {
            "waiting": waiting_to_tell(request.principal, program=program.key),
            "batches": batches_told(request.principal, program=program.key),
            "late": billed_nevertheless(request.principal, program=program.key, **place),
            "late_sums": sums_billed_nevertheless(request.principal, program=program.key),
            "may_tell": request.principal.can(Verb.STATEMENT_CLOSE),
        }
    return respond(request, "web/leads/do_not_bill.html", context)


@require_POST
@page(Verb.STATEMENT_CLOSE)
def tell(request: PageRequest) -> HttpResponse:
    """Put what is new into a batch; nothing is told twice."""
    key = request.POST.get("program", "")
    number = operations.tell_not_to_bill(request.principal, program=key)
    if number is None:
        say(request, "There is nothing new to tell. Nothing was changed.")
    else:
        say(request, f"X-{number} says what not to bill. Hand its file to the billing system.", "is-ok")
    program = next((one for one in programs.met(request) if one.key == key), None)
    return go(reverse("do_not_bill") + (f"?{programs.KEY}={program.pk}" if program else ""))


@require_safe
@page(Verb.LEDGER_VIEW)
def batch_file(request: PageRequest, number: int) -> StreamingHttpResponse:
    """A batch as CSV, as it was told, however often it is read."""
    program = program_of_batch(request.principal, batch=number)
    rows = told_in(request.principal, program=program, batch=number)
    return exports.csv_of(request, f"do-not-bill-X-{number}", COLUMNS, _cells(rows))


def _cells(rows: Iterable[DoNotBill]) -> Iterator[list[exports.Cell]]:
    for row in rows:
        said = row.as_json()
        yield [
            said[name] if name in NUMBERS or said[name] is None else exports.text(str(said[name])) for name in COLUMNS
        ]
