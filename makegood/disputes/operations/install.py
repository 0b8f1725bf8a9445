"""Sets a program up from a preset: its settings, its words, and the first version of its policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from makegood.billing.operations import create_category
from makegood.disputes import errors
from makegood.disputes.models import Finding, Policy, Reason, ReasonFinding, Resolution
from makegood.disputes.operations.publish_policy import publish_policy
from makegood.disputes.policy.matrix import usual_cells
from makegood.disputes.policy.presets import BEGINNING, Preset, preset
from makegood.ledger.states import ClawbackMode
from makegood.parties.entries import Principal
from makegood.parties.errors import NumberTaken
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
    resolution_numbers: Mapping[str, int] | None = None,
) -> Program:
    """A program with the preset's settings, reasons, findings, usual cells of the grid, resolutions and first policy.

    Categories of the preset's catalog are made where they are missing. ``resolution_numbers`` are the ids that the
    operator's other systems know resolutions by, by code; the rest get the next that are free. Errors: NUMBER_TAKEN,
    UNKNOWN_CLAWBACK.
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
    _add_words(principal, program, found, resolution_numbers or {})
    Policy.objects.create(program=program, name=program.name)
    publish_policy(
        principal,
        program=program,
        rules=found.rules,
        note=f"The preset {found.key}.",
        effective_from=effective_from or BEGINNING,
    )
    return program


def _add_words(principal: Principal, program: Program, found: Preset, resolution_numbers: Mapping[str, int]) -> None:
    _add_resolutions(program, found, resolution_numbers)
    findings = Finding.objects.bulk_create(
        [
            Finding(
                program=program,
                code=finding["code"],
                label=finding["label"],
                billable=finding.get("billable", False),
                guideline=finding.get("guideline", ""),
                hotkey=finding.get("hotkey"),
                sort=place,
            )
            for place, finding in enumerate(found.findings)
        ]
    )
    named = {finding.code: finding for finding in findings}
    reasons = _add_reasons(principal, program, found, named)
    add_usual_cells(program, {reason.code: reason for reason in reasons}, named)


def add_usual_cells(program: Program, reasons: Mapping[str, Reason], findings: Mapping[str, Finding]) -> None:
    """The cells that are usual where these reasons, by code, meet these findings; there are none of them yet."""
    cells = usual_cells(
        {code: reason.label for code, reason in reasons.items()},
        {code: finding.label for code, finding in findings.items()},
        str(program.settings.get("clawback", ClawbackMode.NONE)),
    )
    ReasonFinding.objects.bulk_create(
        ReasonFinding(
            program=program,
            reason=reasons[reason],
            finding=findings[finding],
            advice=cell.advice,
            percent=cell.percent,
            clawback_mode=cell.clawback or None,
            letter=cell.letter,
            is_default=True,
        )
        for (reason, finding), cell in cells.items()
    )


def _add_reasons(
    principal: Principal, program: Program, found: Preset, findings: Mapping[str, Finding]
) -> Sequence[Reason]:
    categories = {
        one["code"]: create_category(principal, code=one["code"], name=one["name"]).pk for one in found.categories
    }
    reasons = Reason.objects.bulk_create(
        [
            Reason(
                program=program,
                code=reason["code"],
                label=reason["label"],
                help=reason.get("help", ""),
                questions=reason.get("questions", []),
                type=reason["type"],
                is_active=reason.get("active", True),
                clawback_mode=reason.get("clawback"),
                default_finding=findings.get(reason.get("fails_by", "")),
                sort=place,
            )
            for place, reason in enumerate(found.reasons)
        ]
    )
    tied = [
        Reason.categories.through(reason_id=reason.pk, category_id=categories[code])
        for reason, data in zip(reasons, found.reasons, strict=True)
        for code in data.get("categories", ())
    ]
    Reason.categories.through.objects.bulk_create(tied)
    return reasons


def _add_resolutions(program: Program, found: Preset, numbers: Mapping[str, int]) -> None:
    """Raises NumberTaken."""
    taken = Resolution.objects.filter(pk__in=numbers.values()).values_list("pk", flat=True).first()
    if taken is not None:
        raise NumberTaken(number=taken, kind="resolution")
    if numbers:
        _skip(max(numbers.values()))
    Resolution.objects.bulk_create(
        [
            Resolution(
                pk=numbers.get(resolution["code"]),
                program=program,
                code=resolution["code"],
                label=resolution["label"],
                maps_to=resolution.get("maps_to"),
                sort=place,
            )
            for place, resolution in enumerate(found.resolutions)
        ]
    )


def _skip(number: int) -> None:
    """Let ids that the database gives begin after this one, unless they are there already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval('disputes_resolution_id_seq', greatest(last_value, %s)) FROM disputes_resolution_id_seq",
            [number],
        )
