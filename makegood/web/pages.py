"""How views answer: a whole page, or the part of it that was asked for; refusals in one voice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb
from makegood.web import refusals
from makegood.web.middleware import PageRequest

P = ParamSpec("P")
View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def page(verb: Verb | None = None) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """A page of signed-in people: asks for sign-in, for the verb, and answers refusals as pages."""

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            asked = cast(PageRequest, request)
            try:
                if verb is not None:
                    demand(asked.principal, verb)
                return view(asked, *args, **kwargs)
            except Refusal as error:
                return refusals.refused(request, error)

        # What the walk over all pages compares with what people are answered.
        vars(guarded)["verb"] = verb
        return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", login_required(guarded))

    return decorate


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part (and not for a page it lost from its history)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def respond(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, part: str = "", status: int = 200
) -> HttpResponse:
    """The page, or for htmx the named part of it; caches keep the two apart."""
    chosen = part if part and is_part(request) else template
    response = render(request, chosen, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def back_to(request: HttpRequest, fallback: str) -> str:
    """The address in ``next`` if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if own and wanted.startswith("/") else fallback


def go(to: str) -> HttpResponseRedirect:
    """See the answer at another address, with GET."""
    response = HttpResponseRedirect(to)
    response.status_code = 303
    return response


def say(request: HttpRequest, sentence: str, role: str = "") -> None:
    """A sentence on top of the next page; role is-ok or is-error."""
    messages.info(request, sentence, extra_tags=role)


def say_refused(request: HttpRequest, answer: Answer) -> None:
    """Why the verb was refused, on top of the next page."""
    say(request, answer.message, "is-error")
