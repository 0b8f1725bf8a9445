"""A bulk decision as a plan: what was previewed is what is committed, or it is previewed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from django.core import signing

from makegood.disputes.entries import DecisionItem
from makegood.disputes.states import DecisionKind

SALT = "makegood.web.bulk"
VALID_SECONDS = 600
LARGEST_PLAN = 5_000


@dataclass(frozen=True)
class Plan:
    """The decisions of a plan with the versions that were looked at; ``key`` makes committing it twice harmless."""

    kind: DecisionKind
    amount: str
    note: str
    findings: tuple[str, ...]
    items: tuple[tuple[int, int | None, int | None], ...]
    key: str

    def decisions(self) -> list[DecisionItem]:
        """The items to decide."""
        return [
            DecisionItem(pk, self.kind, micros, self.note, self.findings, version) for pk, version, micros in self.items
        ]


def sealed(kind: DecisionKind, amount: str, items: Sequence[DecisionItem]) -> str:
    """A token that holds the plan; it expires after ten minutes."""
    first = items[0] if items else None
    plan: dict[str, Any] = {
        "kind": kind.value,
        "amount": amount,
        "note": first.note if first else "",
        "findings": list(first.findings) if first else [],
        "items": [[item.dispute_id, item.version, item.micros] for item in items],
    }
    return signing.dumps(plan, salt=SALT, compress=True)


def opened(token: str, *, expired_too: bool = False) -> Plan | None:
    """The plan of a token; None when it expired (unless asked for) or is not ours."""
    try:
        plan = signing.loads(token, salt=SALT, max_age=None if expired_too else VALID_SECONDS)
    except signing.BadSignature:
        return None
    return Plan(
        DecisionKind(plan["kind"]),
        plan["amount"],
        plan["note"],
        tuple(plan["findings"]),
        tuple((pk, version, micros) for pk, version, micros in plan["items"]),
        "bulk:" + sha256(token.encode()).hexdigest()[:40],
    )


def worded(item: DecisionItem, note: str, findings: tuple[str, ...]) -> DecisionItem:
    """The same decision with the words of the preview's form: they do not change the money."""
    return replace(item, note=note, findings=findings)
