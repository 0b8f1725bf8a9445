"""Addresses of proactive review."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import reviews

urlpatterns: list[URLPattern] = [
    path("reviews/", reviews.queue, name="proactive"),
    path("reviews/draw/", reviews.draw, name="review_draw"),
    path("reviews/next/", reviews.following, name="review_next"),
    path("reviews/undo/", reviews.undo, name="review_undo"),
    path("reviews/<int:review_id>/", reviews.bench, name="review"),
    path("reviews/<int:review_id>/verdict/", reviews.verdict, name="review_verdict"),
    path("reviews/<int:review_id>/lease/", reviews.lease, name="review_lease"),
    path("reviews/<int:review_id>/skip/", reviews.skip, name="review_skip"),
]
