"""Addresses of quality over time and exposure."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import exposure, quality

urlpatterns: list[URLPattern] = [
    path("quality/", quality.show, name="quality"),
    path("quality/disputes/", quality.listed, name="quality_list"),
    path("quality/export/<slug:name>/", quality.export, name="quality_csv"),
    path("exposure/", exposure.show, name="exposure"),
    path("exposure/disputes/", exposure.listed, name="exposure_list"),
    path("exposure/export/<slug:name>/", exposure.export, name="exposure_csv"),
]
