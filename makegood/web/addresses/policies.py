"""Addresses of policies and calendars."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import calendars, clock_targets, policies, policy_drafts, policy_publishing, policy_trials

DRAFT = "admin/policies/<str:key>/drafts/<int:number>/"
CALENDAR = "admin/calendars/<slug:key>/"

urlpatterns: list[URLPattern] = [
    path("admin/policies/", policies.policies, name="policies"),
    path("admin/policies/<str:key>/", policies.policy, name="policy"),
    path("admin/policies/<str:key>/history/", policies.history, name="policy_history"),
    path("admin/policies/<str:key>/versions/<int:number>/", policies.version, name="policy_version"),
    path("admin/policies/<str:key>/versions/<int:number>/begin/", policies.begin, name="policy_begin"),
    path("admin/policies/<str:key>/versions/<int:number>/withdraw/", policies.withdraw, name="policy_withdraw"),
    path(DRAFT, policy_drafts.draft, name="policy_draft"),
    path(f"{DRAFT}rule/", policy_drafts.rule, name="policy_rule"),
    path(f"{DRAFT}order/", policy_drafts.order, name="policy_order"),
    path(f"{DRAFT}discard/", policy_drafts.discard, name="policy_discard"),
    path(f"{DRAFT}try/", policy_trials.try_on, name="policy_try"),
    path(f"{DRAFT}impact/", policy_trials.impact, name="policy_impact"),
    path(f"{DRAFT}publish/", policy_publishing.publish, name="policy_publish"),
    path("admin/calendars/", calendars.calendars, name="calendars"),
    path("admin/calendars/new/", calendars.new, name="calendar_new"),
    path("admin/calendars/preview/", clock_targets.preview, name="calendar_preview"),
    path("admin/calendars/targets/<str:key>/", clock_targets.targets, name="clock_targets"),
    path(CALENDAR, calendars.calendar, name="calendar"),
    path(f"{CALENDAR}holidays/", calendars.holidays, name="calendar_holidays"),
    path(f"{CALENDAR}holidays/remove/", calendars.remove_holiday, name="holiday_remove"),
    path(f"{CALENDAR}remove/", calendars.remove, name="calendar_remove"),
]
