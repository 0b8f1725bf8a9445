"""The pages for people who write clients: the reference, and a page for every problem code. Public, read-only."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.api.registry import explained, registry


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Every call, with a console that uses the caller's own token."""
    return render(request, "api/reference.html")


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Every code with its status."""
    return render(request, "api/problems.html", {"problems": registry().values()})


@require_safe
def problem(request: HttpRequest, slug: str) -> HttpResponse:
    """What one code means. Raises Http404."""
    found = explained(slug)
    if found is None:
        raise Http404(slug)
    return render(request, "api/problem.html", {"problem": found})
