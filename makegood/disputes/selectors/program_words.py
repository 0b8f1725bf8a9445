"""What programs call things: the codes that claims, decisions and closings name, as far as the caller uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from makegood.disputes.models import Finding, Reason, Resolution
from makegood.disputes.selectors.reasons import reasons_on_offer
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.selectors import programs_visible_to
from makegood.parties.states import Verb

Word = TypeVar("Word", Reason, Finding, Resolution)


@dataclass(frozen=True)
class ProgramWords:
    """A program with the reasons on offer, its resolutions and its findings; None where the caller uses none.

    ``categories`` are those that a reason is for, by the reason's row; one that is not named is for all.
    """

    program: Program
    reasons: tuple[Reason, ...] | None
    resolutions: tuple[Resolution, ...] | None
    findings: tuple[Finding, ...] | None
    categories: Mapping[int, Sequence[str]]


def program_words(principal: Principal) -> list[ProgramWords]:
    """The programs in scope, by key; reasons and resolutions for who sees disputes, findings for who decides them."""
    programs = list(programs_visible_to(principal).select_related("zone").order_by("key"))
    sees, decides = principal.can(Verb.DISPUTE_VIEW), principal.can(Verb.DISPUTE_DECIDE)
    terms: dict[str, Any] = {"program__in": programs}
    reasons = _by_program(reasons_on_offer(clock.now(), **terms) if sees else ())
    labels = Resolution.objects.filter(**terms, is_active=True).order_by("sort", "pk")
    resolutions = _by_program(labels if sees else ())
    findings = _by_program(Finding.objects.filter(**terms, is_active=True).order_by("sort", "pk") if decides else ())
    tied = _categories(terms) if sees else {}
    return [
        ProgramWords(
            program,
            tuple(reasons.get(program.pk, ())) if sees else None,
            tuple(resolutions.get(program.pk, ())) if sees else None,
            tuple(findings.get(program.pk, ())) if decides else None,
            tied,
        )
        for program in programs
    ]


def _categories(terms: Mapping[str, Any]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = Reason.objects.filter(**terms, categories__isnull=False).order_by("categories__code")
    for pk, code in rows.values_list("pk", "categories__code"):
        found.setdefault(pk, []).append(code)
    return found


def _by_program(words: Iterable[Word]) -> dict[int, list[Word]]:
    found: dict[int, list[Word]] = {}
    for word in words:
        found.setdefault(word.program_id, []).append(word)
    return found
