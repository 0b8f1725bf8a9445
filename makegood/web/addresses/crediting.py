"""Addresses of re-reviews, guidelines, and of who answers further questions."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import contacts, further, guidelines, re_reviews

urlpatterns: list[URLPattern] = [
    path("guidelines/", guidelines.guidelines, name="guidelines"),
    path("guidelines/<slug:key>/<str:code>/", guidelines.guideline, name="guideline"),
    path("disputes/D-<dispute:number>/further/", further.further, name="further"),
    path("re-reviews/", re_reviews.re_reviews, name="re_reviews"),
    path("admin/programs/<slug:key>/contact/", contacts.of_program, name="program_contact"),
    path("admin/customers/<int:customer_id>/contact/", contacts.of_customer, name="customer_contact"),
]
