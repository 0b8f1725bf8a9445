"""Sets a program up from a preset, and publishes versions of its policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from psycopg.types.range import TimestamptzRange

from makegood.disputes import errors
from makegood.disputes.models import Finding, Policy, PolicyVersion, Reason
from makegood.disputes.policy import RuleError, compile_policy, parse_rules
from makegood.disputes.policy.base import Moment
from makegood.disputes.policy.presets import Preset, preset
from makegood.journal.operations import record
from makegood.kernel import clock
from makegood.ledger.states import ClawbackMode
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.operations import create_program, zone_named


@transaction.atomic
def install_preset(
    principal: Principal,
    *,
    preset_key: str,
    key: str,
    name: str = "",
    currency: str = "",
    zone: str | None = None,
    effective_from: datetime | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Program:
    """A program with the preset's settings, reasons, findings and first policy.

    Errors: NUMBER_TAKEN, UNKNOWN_CLAWBACK.
    """
    found = preset(preset_key)
    settings = {**found.settings, **(overrides or {})}
    if settings["clawback"] not in set(ClawbackMode):
        raise errors.UnknownClawback(mode=settings["clawback"])
    program = create_program(
        principal,
        key=key,
        name=name or found.name,
        preset=found.key,
        settings=settings,
        unit_kind=list(found.unit),
        intake=list(found.intake),
        currency=currency,
        zone=zone_named(zone) if zone else None,
    )
    _add_words(program, found)
    Policy.objects.create(program=program, name=program.name)
    publish_policy(
        principal,
        program=program,
        rules=found.rules,
        note=f"The preset {found.key}.",
        effective_from=effective_from or datetime(2000, 1, 1, tzinfo=UTC),
    )
    return program


def _add_words(program: Program, found: Preset) -> None:
    Reason.objects.bulk_create(
        [
            Reason(
                program=program,
                code=reason["code"],
                label=reason["label"],
                help=reason.get("help", ""),
                type=reason["type"],
                is_active=reason.get("active", True),
                clawback_mode=reason.get("clawback"),
                sort=place,
            )
            for place, reason in enumerate(found.reasons)
        ]
    )
    Finding.objects.bulk_create(
        [
            Finding(
                program=program,
                code=finding["code"],
                label=finding["label"],
                billable=finding.get("billable", False),
                guideline=finding.get("guideline", ""),
                hotkey=finding.get("hotkey"),
            )
            for finding in found.findings
        ]
    )


@transaction.atomic
def publish_policy(
    principal: Principal,
    *,
    program: Program,
    rules: Sequence[Mapping[str, Any]],
    note: str = "",
    effective_from: datetime | None = None,
) -> PolicyVersion:
    """Publish a new version from ``effective_from`` (default: now); the one before ends there.

    Errors: POLICY_NOT_READABLE when a rule cannot be read, or when the version would start before the last one.
    """
    start = effective_from or clock.now()
    try:
        parsed = parse_rules(rules)
        compiled = compile_policy(parsed, Moment(start, {}))
    except RuleError as error:
        raise errors.PolicyNotReadable(cause=error) from error
    policy = Policy.objects.select_for_update().get(program=program)
    last = policy.versions.filter(published_at__isnull=False).order_by("-number").first()
    if last is not None and last.effective is not None:
        if last.effective.lower is not None and last.effective.lower >= start:
            raise errors.PolicyNotReadable(cause="it would start before the version in force")
        last.effective = TimestamptzRange(last.effective.lower, start)
        last.save(update_fields=["effective"])
    version = PolicyVersion.objects.create(
        policy=policy,
        number=(last.number if last else 0) + 1,
        effective=TimestamptzRange(start, None),
        rules=[dict(rule) for rule in rules],
        compiled_hash=compiled.hash,
        published_at=clock.now(),
        author_id=principal.id,
        note=note,
    )
    record(
        principal,
        verb="publish",
        event="policy.published",
        object_kind="policy_version",
        object_id=version.pk,
        program_id=program.pk,
        changes={"number": version.number, "note": note},
    )
    return version
