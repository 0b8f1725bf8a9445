"""Refusals as pages: 403, 404, 409, 422, 500 in one style."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from makegood.kernel import ids
from makegood.kernel.errors import Refusal

NOT_FOUND = 404


@dataclass(frozen=True)
class Trouble:
    """What a refusal page says."""

    status: int
    title: str
    sentence: str
    hint: str = ""
    code: str = ""


MISSING = Trouble(
    404,
    "Not found, or not yours.",
    "Nothing at this address can be shown to you.",
    "Check the address or search by number.",
)
TITLES = {
    403: "This needs a permission you do not have.",
    409: "Something changed meanwhile.",
    410: "This has expired.",
    413: "This is too large.",
    422: "This cannot be done as asked.",
}


def _answer(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    part = request.headers.get("HX-Request") == "true"
    template = "web/errors/part.html" if part else "web/errors/page.html"
    return render(request, template, {"trouble": trouble}, status=trouble.status)


def refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    """The page of a refusal; whatever is out of scope reads exactly like whatever does not exist."""
    if error.status == NOT_FOUND:
        return _answer(request, MISSING)
    title = TITLES.get(error.status, TITLES[422])
    return _answer(request, Trouble(error.status, title, error.message, "Nothing was changed.", error.code))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An address that leads nowhere, or not to you."""
    return _answer(request, MISSING)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Inside one's scope, but without the permission."""
    return _answer(request, Trouble(403, TITLES[403], "An administrator can grant it.", "Nothing was changed."))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without its token: an old page, or cookies switched off."""
    sentence = "This form is too old, or cookies are switched off. Go back, reload the page and send it again."
    return _answer(request, Trouble(403, "The form could not be accepted.", sentence, "Nothing was changed."))


def not_text(request: HttpRequest) -> HttpResponse:
    """The address or the form holds what no text has."""
    sentence = "What was sent holds a NUL character, which no text has."
    return _answer(request, Trouble(422, TITLES[422], sentence, "Nothing was changed."))


def too_large(request: HttpRequest) -> HttpResponse:
    """What was sent is more than a page takes."""
    sentence = "What was sent is more than 64 MB. Send the files one by one, or smaller ones."
    return _answer(request, Trouble(413, TITLES[413], sentence, "Nothing was changed."))


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """More attempts than anybody needs who knows the password."""
    sentence = "There were too many attempts. Wait a minute, then try again."
    response = _answer(request, Trouble(429, "Too many attempts.", sentence, "Nothing was changed."))
    response["Retry-After"] = "60"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """Our fault. Plain on purpose: it must not need the database."""
    context = {"incident": ids.ulid("inc")}
    return render(None, "web/errors/broken.html", context, status=500)
