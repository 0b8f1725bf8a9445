"""Addresses of the bill inquiry assistant."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import inquiries, own_bills

_BILL = "accounts/<int:customer_id>/inquiries/bill/"

urlpatterns: list[URLPattern] = [
    path("bills/", own_bills.bills, name="bills"),
    path(_BILL, inquiries.bill, name="inquiry_bill"),
    path(f"{_BILL}<slug:part>/", inquiries.bar, name="inquiry_bar"),
]
