"""The words of programs as those who look after them read them: what is offered, what was, and what changed last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from makegood.billing.models import Category
from makegood.disputes.models import Finding, Reason, Resolution
from makegood.disputes.policy.offering import day_in, is_offered
from makegood.journal.selectors import latest
from makegood.kernel import clock
from makegood.kernel.days import day_said
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.selectors import demand, programs_visible_to
from makegood.parties.states import Verb

KINDS: Mapping[str, type[Reason] | type[Finding] | type[Resolution]] = {
    "reason": Reason,
    "finding": Finding,
    "resolution": Resolution,
}
_FIELDS = {
    Reason: (
        "label",
        "help",
        "type",
        "questions",
        "requires_evidence",
        "min_explanation_chars",
        "implies_non_billable",
        "clawback_mode",
        "is_active",
        "active_from",
        "active_to",
        "sort",
    ),
    Finding: ("label", "billable", "guideline", "hotkey", "is_active", "sort"),
    Resolution: ("label", "maps_to", "is_active", "sort"),
}


@dataclass(frozen=True)
class LastChange:
    """What somebody changed last, field by field: name, before, after."""

    at: datetime
    by: str
    fields: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True)
class ReasonLine:
    """A reason of the list; ``is_on`` says whether it is offered today, ``when`` on which days in words."""

    reason: Reason
    is_on: bool
    when: str
    categories: tuple[str, ...]


@dataclass(frozen=True)
class Catalog:
    """The words of one program, in their order."""

    program: Program
    reasons: tuple[ReasonLine, ...]
    findings: tuple[Finding, ...]
    resolutions: tuple[Resolution, ...]


def program_seen(principal: Principal, key: str) -> Program:
    """A program in scope, for who may look at it. Raises NotPermitted, NotFound."""
    demand(principal, Verb.PROGRAM_VIEW)
    found = programs_visible_to(principal).select_related("zone").filter(key=key).first()
    if found is None:
        raise NotFound()
    return found


def program_to_edit(principal: Principal, key: str) -> Program:
    """The same, locked for a change by who may edit it. Raises NotPermitted, NotFound."""
    demand(principal, Verb.PROGRAM_EDIT)
    found = programs_visible_to(principal).select_for_update(of=("self",)).filter(key=key).first()
    if found is None:
        raise NotFound()
    return found


def catalog_of(principal: Principal, key: str) -> Catalog:
    """The words of a program. Raises NotPermitted, NotFound."""
    program = program_seen(principal, key)
    today = day_in(program.zone.name if program.zone else None, clock.now())
    reasons = Reason.objects.filter(program=program).order_by("sort", "pk").select_related("default_finding")
    return Catalog(
        program,
        tuple(
            ReasonLine(
                one,
                is_offered(one, today),
                days_said(one.active_from, one.active_to),
                tuple(category.name for category in one.categories.all()),
            )
            for one in reasons.prefetch_related("categories")
        ),
        tuple(Finding.objects.filter(program=program).order_by("sort", "pk")),
        tuple(Resolution.objects.filter(program=program).order_by("sort", "pk")),
    )


def days_said(first: date | None, last: date | None) -> str:
    """The days a reason is offered on, in words; empty for always."""
    if first and last:
        return f"from {day_said(first)} to {day_said(last)}"
    if first:
        return f"from {day_said(first)} on"
    return f"until {day_said(last)}" if last else ""


def word_named(program: Program, kind: str, code: str) -> Reason | Finding | Resolution:
    """A reason, finding or resolution of a program by its code. Raises NotFound."""
    found = KINDS[kind].objects.filter(program=program, code=code).first() if kind in KINDS else None
    if found is None:
        raise NotFound()
    return found


def words_of(word: Reason | Finding | Resolution) -> dict[str, Any]:
    """The fields of a word as changes name them: days as ``2027-03-31``, other rows by their codes."""
    found = {name: getattr(word, name) for name in _FIELDS[type(word)]}
    if isinstance(word, Reason):
        for name in ("active_from", "active_to"):
            found[name] = found[name].isoformat() if found[name] else None
        found["default_finding"] = word.default_finding.code if word.default_finding else ""
        found["categories"] = sorted(word.categories.values_list("code", flat=True))
    return found


def last_change(kind: str, object_id: int, event: str = "") -> LastChange | None:
    """The latest change of a row whose owner the caller has scoped; None when it never changed."""
    found = latest(kind, object_id, event or f"{kind}.changed")
    if found is None:
        return None
    before, after = found.changes.get("before") or {}, found.changes.get("after") or {}
    fields = tuple((name, before.get(name), after.get(name)) for name in after)
    return LastChange(found.at, found.principal_label, fields)


def categories_known() -> Iterable[Category]:
    """Every category; they belong to no program."""
    return Category.objects.order_by("name", "pk")
