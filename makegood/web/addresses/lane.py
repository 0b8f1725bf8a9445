"""Addresses of the fast lane."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import lane, lane_steps

urlpatterns: list[URLPattern] = [
    path("lane/", lane.lane, name="lane"),
    path("lane/undo/", lane_steps.undo, name="lane_undo"),
    path("lane/D-<dispute:number>/", lane.case, name="lane_dispute"),
    path("lane/D-<dispute:number>/decide/", lane.decide, name="lane_decide"),
    path("lane/D-<dispute:number>/effects/", lane.effects, name="lane_effects"),
    path("lane/D-<dispute:number>/lease/", lane.lease, name="lane_lease"),
    path("lane/D-<dispute:number>/take/", lane.take, name="lane_take"),
    path("lane/D-<dispute:number>/later/", lane_steps.later, name="lane_later"),
    path("lane/D-<dispute:number>/ask/", lane_steps.ask, name="lane_ask"),
    path("lane/D-<dispute:number>/duplicate/", lane_steps.duplicate, name="lane_duplicate"),
]
