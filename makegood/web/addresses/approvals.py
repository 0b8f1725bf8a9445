"""Addresses of second signatures."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import approvals

urlpatterns: list[URLPattern] = [
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<str:public_id>/sign/", approvals.sign, name="approval_sign"),
    path("approvals/<str:public_id>/decline/", approvals.decline, name="approval_decline"),
    path("approvals/<str:public_id>/take-back/", approvals.take_back, name="approval_take_back"),
]
