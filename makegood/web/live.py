"""Parts of a page that ask again by themselves: 304 where nothing changed, never kept by anybody between."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

NOT_MODIFIED = 304


def live(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The part, with a tag of what it says; 304 for whoever has just that already."""
    said = render_to_string(template, dict(context), request=request)
    tag = f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'
    same = request.headers.get("If-None-Match") == tag
    answer = HttpResponse(status=NOT_MODIFIED) if same else HttpResponse(said)
    answer["ETag"] = tag
    patch_vary_headers(answer, ["HX-Request"])
    return answer
