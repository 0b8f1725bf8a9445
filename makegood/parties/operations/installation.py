"""What holds for the whole installation: who runs it, and how far its first steps have come."""

from __future__ import annotations

from django.db import transaction

from makegood.journal import operations as journal
from makegood.kernel.money import exponent
from makegood.parties.entries import Principal
from makegood.parties.errors import BadPreference
from makegood.parties.models import Installation, Program
from makegood.parties.operations.directory import zone_named
from makegood.parties.selectors import demand, demand_for_all
from makegood.parties.states import LOCALES, SetupState, SetupStep, Verb

LONGEST_NAME = 200


@transaction.atomic
def describe_installation(principal: Principal, *, name: str, zone: str, currency: str, locale: str) -> Installation:
    """Say who runs the installation, and in which zone, currency and language its programs start.

    Programs that have no zone or currency yet get these. Errors: BAD_PREFERENCE, UNKNOWN_ZONE, UNKNOWN_CURRENCY,
    BEYOND_YOUR_LIMITS. Raises NotPermitted.
    """
    demand_for_all(principal, Verb.PROGRAM_EDIT, "what holds for every program")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise BadPreference(value=name[:40], choices=f"a name of at most {LONGEST_NAME} characters")
    if locale not in LOCALES:
        raise BadPreference(value=locale, choices=", ".join(LOCALES))
    exponent(currency)
    row = _locked()
    row.name, row.zone, row.currency, row.locale = name.strip(), zone_named(zone), currency, locale
    row.save()
    Program.objects.filter(currency="").update(currency=currency)
    Program.objects.filter(zone__isnull=True).update(zone=row.zone)
    facts = {"name": row.name, "zone": zone, "currency": currency, "locale": locale}
    _journaled(principal, "describe", "installation.described", facts)
    return row


@transaction.atomic
def mark_step(principal: Principal, *, step: SetupStep, state: SetupState) -> Installation:
    """Say that a first step is done, or that nobody wants it; either can be said again. Raises NotPermitted."""
    demand(principal, Verb.PROGRAM_EDIT)
    row = _locked()
    if row.steps.get(step) != state:
        row.steps = {**row.steps, step.value: state.value}
        row.save(update_fields=["steps"])
        _journaled(principal, "mark", "installation.step", {"step": step.value, "state": state.value})
    return row


def _locked() -> Installation:
    Installation.objects.get_or_create(singleton=True)
    return Installation.objects.select_for_update(of=("self",)).get()


def _journaled(principal: Principal, verb: str, event: str, changes: dict[str, str]) -> None:
    journal.record(principal, verb=verb, event=event, object_kind="installation", object_id=0, changes=changes)
