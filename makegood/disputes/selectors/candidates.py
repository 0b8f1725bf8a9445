"""The disputes that a bulk plan is made for: those that were named, or those that a filter of the queue finds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from makegood.disputes.models import Finding
from makegood.disputes.selectors.queue import QueueQuery, narrowed_to
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.kernel.money import format_money
from makegood.kernel.phones import mask
from makegood.parties.entries import Principal

PREFIX = "dsp_"
LABEL = "D-"
VARIABLES = ("amount", "buyer", "caller", "finding", "number", "reason")
VARIABLE = re.compile(r"\{([a-z_]*)\}")
"""What a text for many may name, in braces."""


@dataclass(frozen=True)
class Candidate:
    """A dispute in sight, as it stands now. Amounts in micros of ``currency``."""

    id: int
    public_id: str
    number: str
    version: int
    asked_micros: int
    currency: str
    buyer: str
    vendor: str
    reason: str
    program: int
    payout_micros: int
    caller_e164: str
    policy_version: int | None
    fail_mask: int

    def words(self, findings: Mapping[int, str]) -> dict[str, str]:
        """What a text for many may name of each; ``findings`` are those of the decision in words, by program.

        Buyers read it, so that the caller is masked.
        """
        return {
            "number": self.number,
            "buyer": self.buyer,
            "reason": self.reason,
            "amount": format_money(self.asked_micros, self.currency),
            "caller": mask(self.caller_e164) or "a withheld number",
            "finding": findings.get(self.program, ""),
        }


_FIELDS = (
    "pk",
    "public_id",
    "label",
    "lock_version",
    "amount_micros",
    "currency",
    "customer__name",
    "charge__vendor__name",
    "reason__label",
    "program",
    "charge__payout_micros",
    "charge__caller_e164",
    "policy_version",
    "mask",
)
_MASK = Cast(KeyTextTransform("fail_mask", "verdict"), BigIntegerField())
_NUMBERS = frozenset({"charge__payout_micros", "mask"})
_ROWS = frozenset({"policy_version"})


def candidates_of(principal: Principal, selection: Sequence[str] | QueueQuery, limit: int) -> list[Candidate]:
    """At most ``limit`` disputes in scope, the oldest first.

    A dispute is named by its public id, its number or our own id; a name that finds nothing is left out.
    """
    visible = disputes_visible_to(principal)
    if isinstance(selection, QueueQuery):
        rows = narrowed_to(principal, selection)
    else:
        own = [int(name) for name in selection if name.isascii() and name.isdigit() and len(name) < 19]
        rows = visible.filter(
            Q(public_id__in=[name for name in selection if name.startswith(PREFIX)])
            | Q(label__in=[name for name in selection if name.startswith(LABEL)])
            | Q(pk__in=own)
        )
    rows = rows.order_by("submitted_at", "pk")
    return [_candidate(row) for row in rows.values_list(*_FIELDS[:-1], _MASK)[:limit]]


def candidates_among(principal: Principal, ids: Sequence[int]) -> dict[int, Candidate]:
    """Those of some disputes that are in scope, by id."""
    found = disputes_visible_to(principal).filter(pk__in=ids).values_list(*_FIELDS[:-1], _MASK)
    return {one.id: one for one in map(_candidate, found)}


def _candidate(row: Any) -> Candidate:
    facts: Any = [
        value if value is not None or name in _ROWS else 0 if name in _NUMBERS else ""
        for name, value in zip(_FIELDS, row, strict=True)
    ]
    return Candidate(*facts)


def worded(note: str, candidate: Candidate | None, findings: Mapping[int, str]) -> str:
    """The text for one dispute, with what it names of each filled in; ``findings`` are in words, by program."""
    if candidate is None or "{" not in note:
        return note
    words = candidate.words(findings)
    return VARIABLE.sub(lambda found: words[found[1]], note)


def finding_words(codes: Sequence[str]) -> dict[int, str]:
    """The labels of some findings as one phrase, by program, in the order of the codes."""
    found: dict[int, list[str]] = {}
    labels = {
        (program, code): label
        for program, code, label in Finding.objects.filter(code__in=codes).values_list("program_id", "code", "label")
    }
    for code in codes:
        for (program, known), label in labels.items():
            if known == code:
                found.setdefault(program, []).append(label[:1].lower() + label[1:])
    return {program: ", ".join(said) for program, said in found.items()}
