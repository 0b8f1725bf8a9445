"""Addresses of working a case: the tabs and steps of a dispute's page, and the pages of buyers and vendors."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import case_steps, case_work, cases, party_pages

urlpatterns: list[URLPattern] = [
    path("disputes/D-<dispute:number>/steps/<slug:slug>/", case_steps.step, name="case_step"),
    path("disputes/D-<dispute:number>/handling/<slug:slug>/", case_work.work, name="case_work"),
    path("disputes/D-<dispute:number>/audit/", cases.audit_csv, name="case_audit"),
    path("buyers/<int:customer_id>/", party_pages.buyer, name="buyer"),
    path("vendors/<int:vendor_id>/", party_pages.vendor, name="vendor"),
]
