"""Addresses of clocks and of the holidays that calendars take over."""

from __future__ import annotations

from django.urls import path

from makegood.web.views import clock_sums, public_days

urlpatterns = [
    path("disputes/D-<dispute:number>/clock/", clock_sums.clock, name="dispute_clock"),
    path("admin/calendars/<slug:key>/holidays/public/", public_days.offer, name="public_holidays"),
]
