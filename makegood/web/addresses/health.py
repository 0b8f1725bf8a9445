"""Addresses of the health of the installation."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import health

urlpatterns: list[URLPattern] = [
    path("admin/health/", health.health, name="health"),
    path("admin/health/ledger/", health.ledger, name="health_ledger"),
    path("admin/health/prove/", health.prove, name="health_prove"),
]
