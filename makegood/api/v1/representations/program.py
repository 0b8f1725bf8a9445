"""A program and the codes that calls name."""

from __future__ import annotations

from msgspec import Struct

from makegood.api.v1.representations.policy import PolicyId, policy_id
from makegood.api.v1.representations.shapes import Page
from makegood.disputes.selectors.program_words import ProgramWords


class ReasonOffered(Struct, frozen=True):
    """Why a charge can be contested; for charges of ``categories``, of all where none is named."""

    code: str
    label: str
    help: str
    type: str
    categories: list[str]
    requires_evidence: bool
    min_explanation_chars: int


class ResolutionOffered(Struct, frozen=True):
    """A label that a closed dispute can carry; ``outcome`` is what it stands for."""

    code: str
    label: str
    outcome: str | None


class FindingOffered(Struct, frozen=True):
    """What a reviewer found; ``guideline`` is the sentence that explains a refusal."""

    code: str
    label: str
    billable: bool
    guideline: str


class ProgramListed(Struct, kw_only=True):
    """A set of rules under which charges are disputed.

    Reasons and resolutions are told to who sees disputes, findings to who decides them; null otherwise.
    """

    key: str
    name: str
    policy: PolicyId
    currency: str | None
    zone: str | None
    kinds: list[str]
    reasons: list[ReasonOffered] | None
    resolutions: list[ResolutionOffered] | None
    findings: list[FindingOffered] | None


class ProgramPage(Page):
    """Programs by key."""

    items: list[ProgramListed]


def program(words: ProgramWords) -> ProgramListed:
    """A program as the service writes it."""
    row = words.program
    return ProgramListed(
        key=row.key,
        name=row.name,
        policy=policy_id(row.key),
        currency=row.currency or None,
        zone=row.zone.name if row.zone else None,
        kinds=list(row.unit_kind),
        reasons=_reasons(words),
        resolutions=None
        if words.resolutions is None
        else [ResolutionOffered(one.code, one.label, one.maps_to or None) for one in words.resolutions],
        findings=None
        if words.findings is None
        else [FindingOffered(one.code, one.label, one.billable, one.guideline) for one in words.findings],
    )


def _reasons(words: ProgramWords) -> list[ReasonOffered] | None:
    if words.reasons is None:
        return None
    return [
        ReasonOffered(
            code=one.code,
            label=one.label,
            help=one.help,
            type=str(one.type),
            categories=list(words.categories.get(one.pk, ())),
            requires_evidence=one.requires_evidence,
            min_explanation_chars=one.min_explanation_chars,
        )
        for one in words.reasons
    ]
