"""Which charges and claims a rule is for: reasons, categories, origins and channels, the same for every rule type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHANNEL = "CASE WHEN c.lead_channel <> '' THEN c.lead_channel WHEN c.subkind = 'call' THEN 'phone' ELSE c.subkind END"
"""How the item came in: a lead's channel (phone, form, chat), ``phone`` for a call, else the charge's subkind."""

_PARTS = {
    "reasons": "coalesce(i.reason_code = ANY(%({name})s::text[]), false)",
    "categories": (
        "coalesce(c.category_id = ANY(ARRAY(SELECT g.id FROM billing_category g"
        " WHERE g.code = ANY(%({name})s::text[]))), false)"
    ),
    "origins": "coalesce(i.origin = ANY(%({name})s::text[]), false)",
    "applies_to": f"({CHANNEL} = ANY(%({{name}})s::text[]))",
}


@dataclass(frozen=True)
class Gate:
    """A rule is for what fits every list that is not empty; for anything else it passes, or stays silent."""

    reasons: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    applies_to: tuple[str, ...] = ()

    def shown(self) -> dict[str, Any]:
        """The lists that are not empty."""
        return {name: value for name in _PARTS if (value := getattr(self, name))}

    def sql(self, place: int) -> tuple[str, dict[str, Any]]:
        """A boolean expression that is never null, and its parameters; empty text when the rule is for everything."""
        parts: list[str] = []
        params: dict[str, Any] = {}
        for name, values in self.shown().items():
            parts.append(_PARTS[name].format(name=f"r{place}_for_{name}"))
            params[f"r{place}_for_{name}"] = list(values)
        return " AND ".join(parts), params

    def lets_in(self, facts: Mapping[str, Any]) -> bool:
        """The same in Python; for tests alone."""
        channel = facts["lead_channel"] or ("phone" if facts["subkind"] == "call" else facts["subkind"])
        asked = {
            "reasons": facts["reason_code"],
            "categories": facts["category"],
            "origins": facts["origin"],
            "applies_to": channel,
        }
        return all(asked[name] in values for name, values in self.shown().items())


EVERYTHING = Gate()
"""A rule without a gate."""
