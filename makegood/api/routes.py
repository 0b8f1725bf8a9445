"""Every address of the web service."""

from __future__ import annotations

from makegood.api import costguard
from makegood.api.odata import service as odata
from makegood.api.openapi import describing
from makegood.api.routing import Route
from makegood.api.v1 import routes as v1

# What the packages bring; one line each.
_SERVED: tuple[Route, ...] = (
    *costguard.ROUTES,
    *v1.ROUTES,
)
ROUTES: tuple[Route, ...] = (*_SERVED, *odata.ROUTES, *describing(_SERVED))
