"""What stands for a dispute in an address."""

from __future__ import annotations

from django.urls import register_converter

from makegood.web.numbers import DisputeNumber

register_converter(DisputeNumber, "dispute")
