"""Addresses of the first run and the tours."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import setup, tours

urlpatterns: list[URLPattern] = [
    path("setup/", setup.overview, name="setup"),
    path("setup/<slug:step>/", setup.step, name="setup_step"),
    path("setup/<slug:step>/skip/", setup.skip, name="setup_skip"),
    path("tour/", tours.turn, name="tour"),
]
