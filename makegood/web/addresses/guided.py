"""Addresses of the guided dispute, and of what was filed together."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import guided, submissions

_ONE = "accounts/<int:customer_id>/dispute/<slug:draft>/"

urlpatterns: list[URLPattern] = [
    path("accounts/<int:customer_id>/dispute/new/", guided.new, name="guided_new"),
    path(_ONE + "step/<int:number>/", guided.step, name="guided_step"),
    path(_ONE + "done/", guided.done, name="guided_done"),
    path(_ONE + "drop/", guided.drop, name="guided_drop"),
    path(_ONE + "hand-over/", guided.hand_over, name="guided_hand_over"),
    path("submissions/D-<int:number>/", submissions.submission, name="submission"),
]
