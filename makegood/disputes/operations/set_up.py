"""First steps of an installation: programs by what is billed, and the questions that no preset can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.operations.install import install_preset
from makegood.disputes.operations.publish_policy import publish_policy
from makegood.disputes.policy import presets
from makegood.disputes.selectors.policies import versions_of
from makegood.kernel import clock
from makegood.ledger.states import ClawbackMode
from makegood.parties.entries import Principal
from makegood.parties.errors import BeyondYourLimits, NotFound
from makegood.parties.models import Program, Role
from makegood.parties.operations import change_settings, grant_verbs
from makegood.parties.operations.people import checked_limits
from makegood.parties.selectors import demand, programs_visible_to
from makegood.parties.selectors.installation import installation, presets_in_use
from makegood.parties.states import RoleKey, Verb

KEYS = {"call_marketplace": "calls", "lead_credit": "leads", "lead_review": "lead-review", "telecom_billing": "bills"}
"""Under which key the program of a preset is made."""
LONGEST_WINDOW_H = 24 * 3_660


@dataclass(frozen=True)
class Answers:
    """What a program cannot know by itself: hours to dispute (None: no limit), claw-back mode, and what a manager may
    decide alone, in micros by currency (empty: nothing; ``without_limit()``: everything; None: as it stands).
    """

    window_hours: int | None
    clawback: str
    alone_micros: Mapping[str, int] | None


@transaction.atomic
def add_programs(principal: Principal, *, preset_keys: Sequence[str]) -> list[Program]:
    """Make the programs of some presets where they are missing; those that are there stay as they are.

    Errors: UNKNOWN_PRESET. Raises NotPermitted.
    """
    demand(principal, Verb.PROGRAM_EDIT)
    unknown = [key for key in preset_keys if key not in KEYS]
    if unknown:
        raise errors.UnknownPreset(preset=unknown[0], presets=", ".join(KEYS))
    known = presets_in_use()
    here = installation()
    return [
        install_preset(
            principal,
            preset_key=key,
            key=KEYS[key],
            name=presets.preset(key).name,
            currency=here.currency,
            zone=here.zone.name if here.zone else None,
        )
        for key in preset_keys
        if key not in known
    ]


@transaction.atomic
def answer_questions(principal: Principal, *, program_key: str, answers: Answers) -> Program:
    """Set the length of the window, the claw-back and what managers decide alone; a changed window is a new version.

    What managers decide alone holds for everybody, so only those who see everything change it.

    Errors: WINDOW_OUT_OF_RANGE, UNKNOWN_CLAWBACK, UNKNOWN_CURRENCY, BAD_DECISION_LIMIT, BEYOND_YOUR_LIMITS, and what
    publishing refuses. Raises NotPermitted, NotFound.
    """
    for verb in (Verb.PROGRAM_EDIT, Verb.POLICY_EDIT, Verb.USER_EDIT):
        demand(principal, verb)
    program = programs_visible_to(principal).filter(key=program_key).first()
    if program is None:
        raise NotFound()
    if answers.window_hours is not None and not 0 < answers.window_hours <= LONGEST_WINDOW_H:
        raise errors.WindowOutOfRange(hours=answers.window_hours, most=LONGEST_WINDOW_H)
    if answers.clawback not in set(ClawbackMode):
        raise errors.UnknownClawback(mode=answers.clawback)
    role = Role.objects.select_for_update().get(key=RoleKey.MANAGER)
    alone = checked_limits(role.max_decision_micros if answers.alone_micros is None else answers.alone_micros)
    if program.settings.get("clawback") != answers.clawback:
        change_settings(principal, program=program, settings={"clawback": answers.clawback})
    _set_window(principal, program, answers.window_hours)
    if role.max_decision_micros != alone:
        if not principal.scope.everything:
            raise BeyondYourLimits(value="a role of everybody")
        grant_verbs(
            principal,
            role=role,
            verbs=frozenset(Verb(verb) for verb in role.verbs),
            max_decision_micros=alone,
        )
    return program


def _set_window(principal: Principal, program: Program, hours: int | None) -> None:
    """A new version with that window, unless the version in force has it."""
    rules = _rules_in_force(program.pk)
    window = next((rule for rule in rules if rule["type"] == "window"), None)
    if hours_of(window) == hours:
        return
    if window is None:
        window = {"type": "window", "severity": "block", "anchor": "received"}
        rules.append(window)
    window |= {"amount": hours, "unit": "hours"}
    publish_policy(principal, program=program, rules=rules, note="The length of the window, as first set up.")


def _rules_in_force(program_id: int) -> list[dict[str, Any]]:
    now = clock.now()
    found = [one for one in versions_of(program_id) if one.published_at is not None and now in one.effective]
    return [dict(rule) for rule in found[0].rules] if found else []


def hours_of(window: Mapping[str, Any] | None) -> int | None:
    """How many hours a window rule allows; None for no rule, no limit, and one that counts business days."""
    if window is None or window.get("amount") is None or window.get("unit") == "business_days":
        return None
    return int(window["amount"]) * (24 if window.get("unit") == "days" else 1)


def window_hours(program_id: int) -> int | None:
    """How many hours a program's policy in force allows to dispute; None for no limit."""
    return hours_of(next((rule for rule in _rules_in_force(program_id) if rule["type"] == "window"), None))
