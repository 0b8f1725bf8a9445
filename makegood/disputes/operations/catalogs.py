"""Changes the words of a program: its reasons, findings and resolutions. Nothing is deleted, for disputes name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import transaction

from makegood.billing.models import Category
from makegood.disputes import errors
from makegood.disputes.models import Finding, Reason, Resolution
from makegood.disputes.policy import catalog_fields
from makegood.disputes.policy.catalog_fields import Check
from makegood.disputes.selectors.catalogs import program_to_edit, words_of
from makegood.journal import operations as journal
from makegood.journal.selectors import latest
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program

Word = Reason | Finding | Resolution
W = TypeVar("W", Reason, Finding, Resolution)


@dataclass(frozen=True)
class _Kind(Generic[W]):
    """One kind of word: its rows, its fields, and how clean values get into a row."""

    noun: str
    rows: type[W]
    fields: Mapping[str, Check]
    put: Callable[[W, dict[str, Any]], None]


def add_reason(principal: Principal, *, program_key: str, code: str, changes: Mapping[str, Any]) -> Reason:
    """A new reason; fields as :data:`makegood.disputes.policy.catalog_fields.REASON`, days as ``2027-03-31``.

    Raises NotPermitted, NotFound. Errors: BAD_CATALOG_FIELD, CODE_TAKEN.
    """
    return _add(principal, _REASON, program_key, code, changes)


def change_reason(principal: Principal, *, program_key: str, code: str, changes: Mapping[str, Any]) -> Reason:
    """Change fields of a reason; those not named stay. Disputes that were filed under it keep it.

    Raises NotPermitted, NotFound. Errors: BAD_CATALOG_FIELD.
    """
    return _change(principal, _REASON, program_key, code, changes)


def add_finding(principal: Principal, *, program_key: str, code: str, changes: Mapping[str, Any]) -> Finding:
    """A new finding; fields as :data:`makegood.disputes.policy.catalog_fields.FINDING`.

    Raises NotPermitted, NotFound. Errors: BAD_CATALOG_FIELD, CODE_TAKEN.
    """
    return _add(principal, _FINDING, program_key, code, changes)


def change_finding(principal: Principal, *, program_key: str, code: str, changes: Mapping[str, Any]) -> Finding:
    """Change fields of a finding; those not named stay. Decisions that rest on it keep it.

    Raises NotPermitted, NotFound. Errors: BAD_CATALOG_FIELD.
    """
    return _change(principal, _FINDING, program_key, code, changes)


def add_resolution(principal: Principal, *, program_key: str, code: str, changes: Mapping[str, Any]) -> Resolution:
    """A new resolution; fields as :data:`makegood.disputes.policy.catalog_fields.RESOLUTION`.

    Raises NotPermitted, NotFound. Errors: BAD_CATALOG_FIELD, CODE_TAKEN.
    """
    return _add(principal, _RESOLUTION, program_key, code, changes)


def change_resolution(principal: Principal, *, program_key: str, code: str, changes: Mapping[str, Any]) -> Resolution:
    """Change fields of a resolution; those not named stay. Disputes that carry it keep it.

    Raises NotPermitted, NotFound. Errors: BAD_CATALOG_FIELD.
    """
    return _change(principal, _RESOLUTION, program_key, code, changes)


@transaction.atomic
def put_word_back(principal: Principal, *, program_key: str, kind: str, code: str) -> None:
    """Undo the latest change of a reason, finding or resolution: its fields are again what they were before it.

    Raises NotPermitted, NotFound. Errors: NOTHING_TO_PUT_BACK, BAD_CATALOG_FIELD.
    """
    found = _KINDS.get(kind)
    if found is None:
        raise NotFound()
    word = _word(program_to_edit(principal, program_key), found, code)
    last = latest(kind, word.pk, f"{kind}.changed")
    if last is None:
        raise errors.NothingToPutBack()
    _change(principal, found, program_key, code, last.changes["before"])


@transaction.atomic
def _add(principal: Principal, kind: _Kind[W], program_key: str, code: str, changes: Mapping[str, Any]) -> W:
    program = program_to_edit(principal, program_key)
    named = catalog_fields.code_of(code)
    if kind.rows.objects.filter(program=program, code=named).exists():
        raise errors.CodeTaken(code=named, kind=kind.noun)
    clean = catalog_fields.checked(kind.fields, {"label": "", **changes})
    # What is null in the row is read back as null, so the row is written once before its categories are.
    word = kind.rows(program=program, code=named)
    word.sort = clean.pop("sort", None) or kind.rows.objects.filter(program=program).count()
    kind.put(word, clean)
    journal.record(
        principal,
        verb="create",
        event=f"{kind.noun}.created",
        object_kind=kind.noun,
        object_id=word.pk,
        program_id=program.pk,
        changes={"code": named, "after": words_of(word)},
    )
    return word


@transaction.atomic
def _change(principal: Principal, kind: _Kind[W], program_key: str, code: str, changes: Mapping[str, Any]) -> W:
    program = program_to_edit(principal, program_key)
    word = _word(program, kind, code)
    before = words_of(word)
    kind.put(word, catalog_fields.checked(kind.fields, changes))
    after = words_of(word)
    differing = [name for name, value in after.items() if before[name] != value]
    if differing:
        journal.record(
            principal,
            verb="change",
            event=f"{kind.noun}.changed",
            object_kind=kind.noun,
            object_id=word.pk,
            program_id=program.pk,
            changes={
                "code": word.code,
                "before": {name: before[name] for name in differing},
                "after": {name: after[name] for name in differing},
            },
        )
    return word


def _word(program: Program, kind: _Kind[W], code: str) -> W:
    found = kind.rows.objects.filter(program=program, code=code).first()
    if found is None:
        raise NotFound()
    return found


def _put_reason(reason: Reason, clean: dict[str, Any]) -> None:
    categories = clean.pop("categories", None)
    if "default_finding" in clean:
        reason.default_finding = _finding_named(reason.program, clean.pop("default_finding"))
    for name in ("active_from", "active_to"):
        if name in clean:
            clean[name] = date.fromisoformat(clean[name]) if clean[name] else None
    for name, value in clean.items():
        setattr(reason, name, value)
    if reason.active_from and reason.active_to and reason.active_to < reason.active_from:
        raise errors.BadCatalogField(field="active_to", problem="the last day is before the first one")
    tied = _categories_named(categories) if categories is not None else None
    reason.save()
    if tied is not None:
        reason.categories.set(tied)


def _put_finding(finding: Finding, clean: dict[str, Any]) -> None:
    hotkey = clean.get("hotkey")
    if hotkey is not None:
        other = Finding.objects.filter(program=finding.program, hotkey=hotkey).exclude(pk=finding.pk).first()
        if other is not None:
            raise errors.BadCatalogField(field="hotkey", problem=f'{hotkey} marks "{other.label}" already')
    _put(finding, clean)


def _put(word: Word, clean: Mapping[str, Any]) -> None:
    for name, value in clean.items():
        setattr(word, name, value)
    word.save()


def _finding_named(program: Program, code: str) -> Finding | None:
    found = Finding.objects.filter(program=program, code=code).first() if code else None
    if code and found is None:
        raise errors.BadCatalogField(field="default_finding", problem=f"this program has no finding {code}")
    return found


def _categories_named(codes: list[str]) -> list[Category]:
    found = list(Category.objects.filter(code__in=codes))
    if missing := sorted(set(codes) - {one.code for one in found}):
        raise errors.BadCatalogField(field="categories", problem=f"there is no category {missing[0]}")
    return found


_REASON = _Kind("reason", Reason, catalog_fields.REASON, _put_reason)
_FINDING = _Kind("finding", Finding, catalog_fields.FINDING, _put_finding)
_RESOLUTION = _Kind("resolution", Resolution, catalog_fields.RESOLUTION, _put)
_KINDS: Mapping[str, _Kind[Any]] = {"reason": _REASON, "finding": _FINDING, "resolution": _RESOLUTION}
