"""Undoing the latest change of what is edited on a page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from makegood.kernel.errors import Refusal
from makegood.parties.errors import NotFound, NotPermitted
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, say


def put_back(request: PageRequest, run: Callable[[], object], said: str, to: str) -> HttpResponse:
    """Run it and say so; where nothing can be put back, say why. Raises NotFound, NotPermitted."""
    try:
        run()
        say(request, said, "is-ok")
    except (NotFound, NotPermitted):
        raise
    except Refusal as refused:
        say(request, refused.message, "is-error")
    return go(to)
