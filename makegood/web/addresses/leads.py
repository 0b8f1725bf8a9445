"""Addresses of the lead manager, and of what the billing system is told not to bill."""

from __future__ import annotations

from django.urls import URLPattern, path

from makegood.web.views import do_not_bill, lead_figures, leads

urlpatterns: list[URLPattern] = [
    path("leads/", leads.leads, name="leads"),
    path("leads/export.<slug:form>", leads.export, name="leads_export"),
    path("leads/views/", leads.save_view, name="lead_view_save"),
    path("leads/views/<int:view_id>/", leads.change_view, name="lead_view_change"),
    path("leads/billable/", leads.billable, name="lead_guidelines"),
    path("leads/metrics/", lead_figures.metrics, name="lead_metrics"),
    path("leads/<int:charge_id>/", leads.lead, name="lead"),
    path("leads/<int:charge_id>/submit/", leads.submit, name="lead_submit"),
    path("do-not-bill/", do_not_bill.batches, name="do_not_bill"),
    path("do-not-bill/tell/", do_not_bill.tell, name="do_not_bill_tell"),
    path("do-not-bill/X-<int:number>.csv", do_not_bill.batch_file, name="do_not_bill_csv"),
]
