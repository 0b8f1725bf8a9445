"""The lead manager: its list, the record of one lead in place, the popup that submits it for review, and the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from makegood.billing.selectors.charge_log import COUNT_LIMIT
from makegood.disputes.selectors.call_log import count_logs, history_of
from makegood.disputes.selectors.lead_guidelines import lead_guidelines
from makegood.disputes.selectors.lead_record import bill_effects, eligibility_of, promised
from makegood.disputes.selectors.leads import Lead, form_answers, lead_log, lead_of
from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound
from makegood.parties.states import Verb
from makegood.web import lead_filter, log_page, own_views, programs
from makegood.web.filing import filing_page, may_file
from makegood.web.lead_export import leads_file
from makegood.web.log_export import TYPES
from makegood.web.log_fields import KEYS, LEAD_KEYS
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, is_part, page, respond, say
from makegood.web.players import player_of
from makegood.web.views.claims import Face, filed, keeping
from makegood.web.views.log_views import Place, changing, saving

PAGE = "leads"
"""The name of this page among saved views, and of its address."""


@dataclass(frozen=True)
class StatusTab:
    """A review status as a tab: its words, where it leads, how many there are (None: more than are counted)."""

    label: str
    address: str
    count: int | None
    is_least: bool
    current: bool


def _status_tabs(request: PageRequest, asked: lead_filter.LeadsAsked) -> list[StatusTab]:
    """The statuses with the number of leads that each address shows."""
    counts = count_logs(request.principal, [lead_filter.under_status(asked, option) for option in asked.statuses])
    return [
        StatusTab(
            option.label,
            asked.with_status(option.key),
            count if count <= COUNT_LIMIT else None,
            more,
            asked.wanted.status is not None and asked.wanted.status.label == option.label,
        )
        for option, (count, more) in zip(asked.statuses, counts, strict=True)
    ]


@require_safe
@page(Verb.CHARGE_VIEW)
def leads(request: PageRequest) -> HttpResponse:
    """The list; the address carries its filter and place. Without any it opens with the person's own view, if any."""
    return own_views.opened_first(request, PAGE) or shown(request)


def shown(request: PageRequest, refused: Refusal | None = None, typed_name: str = "") -> HttpResponse:
    """The page of the list; ``refused`` says why a view named ``typed_name`` was not saved."""
    is_open = log_page.is_open(request)
    asked = lead_filter.read(request, with_choices=is_open)
    listed = lead_log(request.principal, asked.wanted)
    reviewing = programs.reviewing_leads(request)
    context = {
        **log_page.standing(request, PAGE, asked, listed.found, refused, typed_name),
        "leads": listed.leads,
        "status_tabs": _status_tabs(request, asked),
        "is_open": is_open or bool(set(asked.errors) - {"range", "from", "to", "status", "mark"}),
        "channels": lead_filter.CHANNELS.items(),
        "programs": reviewing if len(reviewing) > 1 else (),
        "reviews": bool(reviewing),
        **_ways(request),
    }
    return log_page.answered(request, PAGE, asked, context, "web/leads/leads.html", "web/leads/body.html")


def _ways(request: PageRequest) -> dict[str, Any]:
    """Whether the person submits leads for review, and sees those of several customers."""
    files = may_file(request)
    return {
        "files": files,
        "switched_off": request.principal.can(Verb.DISPUTE_CREATE) and not files,
        "staff": request.principal.customer_id is None,
    }


def _record(request: PageRequest, lead: Lead, *, is_page: bool) -> dict[str, Any]:
    """Everything about a lead."""
    charge = lead.row.charge
    history = history_of(request.principal, charge.id)
    return {
        "lead": lead,
        "row": lead.row,
        "history": history,
        "eligibility": eligibility_of(request.principal, lead),
        "effects": bill_effects(request.principal, lead, [one.id for one in history.disputes]),
        "answers": form_answers(request.principal, charge.id),
        "player": player_of(request, charge.id) if is_page else None,
        "is_page": is_page,
        **_ways(request),
    }


@require_safe
@page(Verb.CHARGE_VIEW)
def lead(request: PageRequest, charge_id: int) -> HttpResponse:
    """One lead with its whole record; inside the list, its row opened or closed in place."""
    part = is_part(request)
    found = lead_of(request.principal, charge_id)
    is_open = request.GET.get("open") != "0"
    context = _record(request, found, is_page=not part) if is_open or not part else {"lead": found, "row": found.row}
    context |= {"is_open": is_open, **_ways(request)}
    return respond(request, "web/leads/lead.html", context, part="web/leads/row.html")


def _sent(request: PageRequest, charge_id: int, number: str) -> HttpResponse:
    """Submitted: in the popup the number and the row as it is now, else the record of the lead."""
    found = lead_of(request.principal, charge_id)
    opened = request.POST.get("open") == "1"
    context = {"promise": promised(found), "number": number}
    if is_part(request):
        context |= {**_record(request, found, is_page=False), "is_open": opened}
        return respond(request, "web/leads/sent.html", context, part="web/leads/sent.html")
    say(request, f"D-{number} is submitted for review.", "is-ok")
    return go(reverse("lead", args=[charge_id]))


FACE = Face("web/leads/submit.html", _sent, "web/leads/submit_form.html")


@keeping
@filing_page
def submit(request: PageRequest, charge_id: int) -> HttpResponse:
    """The popup that submits a lead for review; without script a page. Sent, it is in review, or comes back and says
    why not."""
    lead_of(request.principal, charge_id)
    return filed(request, charge_id, FACE)


@require_safe
@page(Verb.CHARGE_VIEW)
def export(request: PageRequest, form: str) -> HttpResponseBase:
    """Exactly what the address narrows the list to, as a file; a filter that cannot be read leads to the page."""
    if form not in TYPES:
        raise NotFound()
    asked = lead_filter.read(request, with_choices=False)
    if asked.errors:
        return go(f"{reverse(PAGE)}?{request.GET.urlencode()}")
    return leads_file(request, asked, form, files=may_file(request))


@require_safe
@page(Verb.CHARGE_VIEW)
def billable(request: PageRequest) -> HttpResponse:
    """What is billable and what is not, as the operator's own catalogs say it."""
    context = {"programs": lead_guidelines(request.principal), "edits": request.principal.can(Verb.PROGRAM_EDIT)}
    return respond(request, "web/leads/billable.html", context)


VIEWS = Place(PAGE, (*KEYS, *LEAD_KEYS), shown)
save_view, change_view = saving(VIEWS), changing(VIEWS)
