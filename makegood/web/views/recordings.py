"""Recordings on pages: the player, and what its links give."""

from __future__ import annotations

import re

from django.http import HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from makegood.billing.selectors import charges_visible_to
from makegood.evidence.errors.recordings import NotPlayable
from makegood.evidence.operations.listening import MOST_STRETCHES, note_heard, serve
from makegood.evidence.policy.ranges import UNSATISFIABLE, portion
from makegood.evidence.selectors.listening import tag_of
from makegood.evidence.selectors.recordings import peaks_of
from makegood.parties.errors import NotFound
from makegood.web import listening
from makegood.web.middleware import PageRequest
from makegood.web.pages import page, respond
from makegood.web.players import addresses, player_of

NO_CONTENT = 204
PRIVATE = "private, no-cache"
"""Kept by the person's own browser alone, and asked for again each time: a grant may have been taken."""
_STRETCH = re.compile(r"([0-9]{1,9})-([0-9]{1,9})", re.ASCII)


@require_safe
@page()
def player(request: PageRequest, charge_id: int) -> HttpResponse:
    """The player of a call: as a part for rows that load it when they open, as a page at its own address."""
    if not charges_visible_to(request.principal).filter(pk=charge_id).exists():
        raise NotFound()
    context = {"player": player_of(request, charge_id), "charge_id": charge_id}
    return respond(request, "web/recordings/page.html", context, part="web/recordings/part.html")


@require_safe
@page()
def audio(request: PageRequest, token: str) -> HttpResponseBase:
    """The sound, or the range of it that was asked for; who got what is kept."""
    link, view = listening.followed(request.principal, token)
    if not view.playable:
        raise NotPlayable(sentence=view.sentence)
    tag = tag_of(view)
    headers = {"ETag": tag, "Cache-Control": PRIVATE, "Content-Type": view.mime}
    known = get_conditional_response(request, etag=tag, response=HttpResponse(headers=headers))
    if known is not None and known.status_code != HttpResponse.status_code:
        return known
    asked = request.headers
    found = portion(
        view.bytes, tag, method=request.method or "", wanted=asked.get("Range", ""), only_if=asked.get("If-Range", "")
    )
    headers |= found.headers
    if found.status == UNSATISFIABLE or request.method == "HEAD":
        return HttpResponse(status=found.status, headers=headers)
    sound = serve(listening.listener(request.principal, link), view, found)
    return StreamingHttpResponse(sound, status=found.status, headers=headers)


@require_safe
@page()
def peaks(request: PageRequest, token: str) -> HttpResponseBase:
    """The waveform, as JSON of audiowaveform's version 2."""
    _, view = listening.followed(request.principal, token)
    tag = tag_of(view, "peaks")
    headers = {"ETag": tag, "Cache-Control": PRIVATE, "Content-Type": "application/json"}
    known = get_conditional_response(request, etag=tag, response=HttpResponse(headers=headers))
    if known is not None and known.status_code != HttpResponse.status_code:
        return known
    return HttpResponse(peaks_of(view), headers=headers)


@require_POST
@page()
def heard(request: PageRequest, token: str) -> HttpResponse:
    """What the player has played since it last said so: fields ``heard``, each ``from-to`` in milliseconds."""
    link, view = listening.followed(request.principal, token, late=True)
    told = request.POST.getlist("heard")[:MOST_STRETCHES]
    found = [(int(start), int(end)) for start, end in (m.groups() for m in map(_STRETCH.fullmatch, told) if m)]
    note_heard(listening.listener(request.principal, link), view, found)
    return HttpResponse(status=NO_CONTENT)


@require_POST
@page()
def renew(request: PageRequest, token: str) -> HttpResponse:
    """A link that goes on where this one ends, for as long as the person may hear the recording."""
    link, view = listening.followed(request.principal, token, late=True)
    return JsonResponse(addresses(listening.new_link(request.principal, view, link.id)))
