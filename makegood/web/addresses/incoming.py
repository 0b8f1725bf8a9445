"""Addresses of imports."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import incoming

urlpatterns: list[URLPattern] = [
    path("admin/imports/", incoming.incoming, name="incoming"),
    path("admin/imports/batches/<int:batch_id>/rejects.csv", incoming.batch_rejects, name="batch_rejects"),
    path("admin/imports/samples/<slug:name>.csv", incoming.sample, name="incoming_sample"),
    path("admin/imports/<slug:upload_id>/", incoming.upload, name="upload"),
    path("admin/imports/<slug:upload_id>/progress/", incoming.progress, name="upload_progress"),
    path("admin/imports/<slug:upload_id>/import/", incoming.bring_in, name="upload_import"),
    path("admin/imports/<slug:upload_id>/discard/", incoming.discard, name="upload_discard"),
    path("admin/imports/<slug:upload_id>/rejects.csv", incoming.rejects, name="upload_rejects"),
]
