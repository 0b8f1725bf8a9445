"""Disputes and billed items as addresses and bodies of web services name them: by number, in prepared statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from makegood.disputes.models import Dispute, Resolution
from makegood.disputes.selectors.records import HIDDEN, JOINS, Field, record
from makegood.disputes.selectors.visible import is_outside
from makegood.kernel import sql
from makegood.kernel.prepared import fetch
from makegood.parties.entries import Principal
from makegood.parties.selectors import programs_visible_to, scope_parameters
from makegood.parties.states import Verb


class Addressed(NamedTuple):
    """A dispute that a verb is for. Amounts in micros: what was asked, and what is left of the charge."""

    id: int
    number: str
    version: int
    stage: str
    currency: str
    amount_micros: int
    remaining_micros: int
    program_id: int


class Item(NamedTuple):
    """A billed item that a claim names; ``resolution`` is None where its program has no such label.

    ``reason`` is what the program takes for the reason of a web service that gives none (empty: none).
    """

    charge_id: int
    currency: str
    remaining_micros: int
    resolution: str | None
    reason: str


@dataclass(frozen=True)
class Record:
    """A dispute as it is shown: the values of ``records.record`` by name, its row, version and time zone."""

    id: int
    version: int
    zone: str
    values: Mapping[str, Any]


def dispute_on(principal: Principal, customer_id: int, number: str) -> Addressed | None:
    """The filed dispute of a customer with that number (``10003``, ``10003.2``); None for one that is not in scope."""
    rows = fetch(sql.load("disputes.dispute_on"), _named(principal, customer_id, number))
    return Addressed(*rows[0]) if rows else None


def item_on(
    principal: Principal,
    customer_id: int,
    *,
    invoice: int,
    feature: int | None = None,
    usage: int | None = None,
    resolution_id: int | None = None,
) -> Item | None:
    """What stands on an invoice of a customer under the number of a feature or of a usage record.

    Where it was corrected, the charge that stands in its place. None for what is not there or not in scope.
    """
    rows = fetch(
        sql.load("disputes.item_on"),
        {
            "customer_id": customer_id,
            "invoice_number": invoice,
            "feature_id": feature,
            "usage_id": usage,
            "resolution_id": resolution_id,
            **scope_parameters(principal.scope),
        },
    )
    return Item(*rows[0]) if rows else None


def record_on(principal: Principal, customer_id: int, number: str) -> Record | None:
    """The record of a filed dispute of a customer; None for one that is not in scope."""
    decides = principal.can(Verb.DISPUTE_DECIDE)
    rows = fetch(_text(decides, sql.load("disputes.dispute_named")), _named(principal, customer_id, number))
    return _record(rows[0], decides=decides) if rows else None


def record_of(principal: Principal, dispute_id: int) -> Record:
    """The record of a dispute, by its row; the caller has scoped it."""
    decides = principal.can(Verb.DISPUTE_DECIDE)
    (row,) = fetch(_text(decides, "d.id = %(id)s::bigint"), {"id": dispute_id})
    return _record(row, decides=decides)


def words_of(dispute_id: int) -> tuple[str, str]:
    """What a dispute is about and its reason, as codes (empty: none); the caller has scoped it."""
    kind, reason = Dispute.objects.values_list("type", "reason__code").get(pk=dispute_id)
    return kind, reason or ""


def resolution_code(program_id: int, resolution_id: int) -> str | None:
    """The code of an active resolution of a program; None where it has none of that number."""
    found = Resolution.objects.filter(pk=resolution_id, program_id=program_id, is_active=True)
    return found.values_list("code", flat=True).first()


def resolutions(principal: Principal) -> list[Resolution]:
    """The resolutions of the programs in scope, those that were taken off as well."""
    found = Resolution.objects.filter(program__in=programs_visible_to(principal))
    return list(found.order_by("program_id", "sort", "id"))


def _named(principal: Principal, customer_id: int, number: str) -> dict[str, Any]:
    asked = {"customer_id": customer_id, "label": f"D-{number}", "outside": is_outside(principal)}
    return {**asked, **scope_parameters(principal.scope)}


@cache
def _fields(decides: bool) -> tuple[Field, ...]:  # noqa: FBT001 - what the text depends on
    return record(decides=decides)


@cache
def _text(decides: bool, which: str) -> str:  # noqa: FBT001
    """One record with all its joins. Those of customer and charge are there for the scope."""
    fields = _fields(decides)
    needed = {"c", "customer_zone", *(alias for field in fields for alias in field.needs)}
    needed.update(alias for _, aliases in HIDDEN.values() for alias in aliases)
    for alias in reversed(list(JOINS)):
        if alias in needed:
            needed.update(JOINS[alias][1])
    columns = ", ".join([text for text, _ in HIDDEN.values()] + [field.sql for field in fields])
    joins = " ".join(text for alias, (text, _) in JOINS.items() if alias in needed)
    return sql.spliced("disputes.record", {"columns": columns, "joins": joins, "which": which})


def _record(row: tuple[Any, ...], *, decides: bool) -> Record:
    hidden = dict(zip(HIDDEN, row, strict=False))
    names = (field.name for field in _fields(decides))
    values = dict(zip(names, row[len(hidden) :], strict=True))
    return Record(hidden["_id"], hidden["_version"], hidden["_zone"], values)
