"""Addresses of the page of a customer for representatives."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import account_inquiries, account_pages

urlpatterns: list[URLPattern] = [
    path("accounts/", account_pages.accounts, name="accounts"),
    path("accounts/<int:customer_id>/", account_pages.account, name="account"),
    path("accounts/<int:customer_id>/bills/<int:number>/", account_pages.bill, name="account_bill"),
    path("accounts/<int:customer_id>/inquiries/data/", account_inquiries.data, name="inquiry_data"),
    path("accounts/<int:customer_id>/inquiries/calls/", account_inquiries.calls, name="inquiry_calls"),
    path("accounts/<int:customer_id>/inquiries/payments/", account_inquiries.payments, name="inquiry_payments"),
    path("accounts/<int:customer_id>/inquiries/<slug:subject>/export/", account_inquiries.export, name="inquiry_csv"),
]
