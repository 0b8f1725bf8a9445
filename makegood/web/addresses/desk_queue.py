"""Addresses of the queue and bulk plans."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import plans, queue, queue_views

urlpatterns: list[URLPattern] = [
    path("queue/", queue.queue, name="queue"),
    path("queue/news/", queue.news, name="queue_news"),
    path("queue/export.<slug:form>", queue.export, name="queue_export"),
    path("queue/columns/", queue.columns, name="queue_columns"),
    path("queue/views/", queue_views.save, name="queue_view_save"),
    path("queue/views/<int:view_id>/", queue_views.change, name="queue_view_change"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<slug:plan_id>/", plans.plan, name="plan"),
    path("plans/<slug:plan_id>/again/", plans.again, name="plan_again"),
    path("plans/<slug:plan_id>/commit/", plans.commit, name="plan_commit"),
    path("plans/<slug:plan_id>/undo/", plans.undo, name="plan_undo"),
    path("plans/<slug:plan_id>/stop/", plans.stop, name="plan_stop"),
    path("plans/<slug:plan_id>/recommend/", plans.recommend, name="plan_recommend"),
    path("plans/<slug:plan_id>/rows.csv", plans.rows_csv, name="plan_csv"),
]
