"""Reads of imports: what is known before row one."""

from __future__ import annotations

from makegood.imports.models import ImportBatch
from makegood.parties.models import Customer, Program


def programs() -> dict[str, Program]:
    """Every program by key."""
    return {program.key: program for program in Program.objects.select_related("zone").order_by("key")}


def customer_numbered(number: str) -> Customer | None:
    """The customer with that number."""
    return Customer.objects.filter(number=number).first()


def earlier_batch(sha256: str) -> ImportBatch | None:
    """The last finished import of exactly this file."""
    finished = ImportBatch.objects.filter(sha256=sha256, finished_at__isnull=False)
    return finished.order_by("-started_at").first()
