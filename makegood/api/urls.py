"""Addresses of the pages for people who write clients."""

from django.urls import path

from makegood.api import pages

urlpatterns = [
    path("developers/", pages.reference, name="reference"),
    path("problems/", pages.problems, name="problems"),
    path("problems/<slug:slug>", pages.problem, name="problem"),
]
