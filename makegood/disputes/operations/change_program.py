"""Changes a program: what it is called, what it covers, and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.policy.program_settings import checked, conflicts
from makegood.disputes.selectors.catalogs import program_to_edit
from makegood.journal import operations as journal
from makegood.journal.selectors import latest
from makegood.kernel.money import exponent
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.operations import zone_named

EVENT = "program.changed"
UNITS = ("call", "lead", "usage", "invoice_feature")
INTAKES = ("inline", "wizard", "api")
_OWN = ("name", "zone", "currency", "unit_kind", "intake")
LONGEST_NAME = 200


@transaction.atomic
def change_program(principal: Principal, *, program_key: str, changes: Mapping[str, Any]) -> Program:
    """Change ``name``, ``zone`` (IANA; empty: UTC), ``currency``, ``unit_kind``, ``intake``, or settings by their keys.

    What is not named stays. Within ``undo_seconds``, ``queue``, ``re_review``, ``decision_note`` and
    ``evidence_files`` too, and None takes one of their values away. Raises NotPermitted, NotFound.
    Errors: BAD_SETTING, SETTINGS_CONFLICT, UNKNOWN_ZONE, UNKNOWN_CURRENCY.
    """
    program = program_to_edit(principal, program_key)
    own = {name: value for name, value in changes.items() if name in _OWN}
    said = {name: value for name, value in changes.items() if name not in _OWN}
    merged = {key: _merged(program, key, value) for key, value in said.items()}
    after = {**program.settings, **checked(merged)}
    known = {one.sentence for one in conflicts(program.settings)}
    fresh = [one for one in conflicts(after) if one.sentence not in known]
    if fresh:
        raise errors.SettingsConflict(problem="; ".join(one.sentence for one in fresh), field=fresh[0].keys[0])
    before = fields_of(program, changes)
    _put(program, own)
    program.settings = after
    program.save()
    now = fields_of(program, changes)
    told = [name for name in now if now[name] != before[name]]
    if told:
        journal.record(
            principal,
            verb="change",
            event=EVENT,
            object_kind="program",
            object_id=program.pk,
            program_id=program.pk,
            changes={
                "before": {name: before[name] for name in told},
                "after": {name: now[name] for name in told},
            },
        )
    return program


@transaction.atomic
def put_program_back(principal: Principal, *, program_key: str) -> Program:
    """Undo the latest change of a program. Raises NotPermitted, NotFound. Errors: NOTHING_TO_PUT_BACK."""
    program = program_to_edit(principal, program_key)
    last = latest("program", program.pk, EVENT)
    if last is None:
        raise errors.NothingToPutBack()
    before = last.changes["before"]
    program_before = fields_of(program, before)
    _put(program, {name: value for name, value in before.items() if name in _OWN})
    settings = dict(program.settings)
    for name, value in before.items():
        if name in _OWN:
            continue
        if value is None:
            settings.pop(name, None)
        else:
            settings[name] = value
    program.settings = settings
    program.save()
    journal.record(
        principal,
        verb="change",
        event=EVENT,
        object_kind="program",
        object_id=program.pk,
        program_id=program.pk,
        changes={"before": program_before, "after": dict(before)},
    )
    return program


def fields_of(program: Program, names: Mapping[str, Any]) -> dict[str, Any]:
    """What of a program changes name: its own fields, and its settings (None: not set)."""
    own = {
        "name": program.name,
        "zone": program.zone.name if program.zone else "",
        "currency": program.currency,
        "unit_kind": list(program.unit_kind),
        "intake": list(program.intake),
    }
    return {name: own[name] if name in own else program.settings.get(name) for name in names}


_PARTLY = frozenset({"undo_seconds", "queue", "re_review", "decision_note", "evidence_files"})


def _merged(program: Program, key: str, said: Any) -> Any:
    """Of these settings only some values may be named; the others stay, and None takes one away."""
    if key not in _PARTLY or not isinstance(said, Mapping):
        return said
    whole = {**(program.settings.get(key) or {}), **said}
    return {name: value for name, value in whole.items() if value is not None}


def _put(program: Program, own: Mapping[str, Any]) -> None:
    if "name" in own:
        name = " ".join(str(own["name"]).split())
        if not 1 <= len(name) <= LONGEST_NAME:
            raise errors.BadSetting(field="name", problem=f"a name has 1 to {LONGEST_NAME} characters")
        program.name = name
    if "zone" in own:
        program.zone = zone_named(own["zone"]) if own["zone"] else None
    if "currency" in own:
        if own["currency"]:
            exponent(own["currency"])
        program.currency = own["currency"]
    for name, known in (("unit_kind", UNITS), ("intake", INTAKES)):
        if name in own:
            chosen = [word for word in known if word in set(own[name])]
            if not chosen or set(own[name]) - set(known):
                raise errors.BadSetting(field=name, problem=f"choose at least one of {', '.join(known)}")
            setattr(program, name, chosen)
