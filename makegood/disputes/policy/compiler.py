"""Compiles a policy to one SQL expression: the same text for one charge, a page and ten million."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from makegood.disputes.policy.base import CLAIM, Missing, Moment, Phase, Rule

LARGEST = 60
"""Rules that fit one bigint mask."""


@dataclass(frozen=True)
class Compiled:
    """Expressions over the aliases c, b, cu and i, with the parameters bound into them.

    ``fail_mask`` has bit n set when rule n fails; ``missing_mask`` when its fact is unknown and the rule only
    warns about that; ``facts`` is a jsonb object of everything the sentences speak of.
    """

    fail_mask: str
    missing_mask: str
    facts: str
    params: Mapping[str, Any]

    @property
    def fragments(self) -> dict[str, str]:
        """What a ``.sql`` file splices: ``fail_mask``, ``missing_mask``, ``facts``."""
        return {"fail_mask": self.fail_mask, "missing_mask": self.missing_mask, "facts": self.facts}

    @property
    def hash(self) -> str:
        """SHA-256 of the text without its parameters."""
        return hashlib.sha256(f"{self.fail_mask}\n{self.missing_mask}\n{self.facts}".encode()).hexdigest()


def compile_policy(rules: Sequence[Rule], moment: Moment, phases: frozenset[Phase] | None = None) -> Compiled:
    """Compile ``rules`` for ``phases`` (all when None). A bit keeps its place whatever the phases."""
    if len(rules) > LARGEST:
        raise ValueError(f"a policy has at most {LARGEST} rules")
    fails, missing = ["0::bigint"], ["0::bigint"]
    params: dict[str, Any] = {}
    facts: dict[str, str] = {}
    claim_asked = phases is None or bool(phases & CLAIM)
    for place, rule in enumerate(rules):
        if phases is not None and rule.phase not in phases:
            continue
        bound = rule.sql(place, moment)
        params.update(bound.params)
        known = "false" if rule.on_missing is Missing.FAIL else "true"
        bit = 1 << place
        fails.append(f"(NOT coalesce({bound.sql}, {known}))::int * {bit}::bigint")
        if rule.on_missing is Missing.WARN:
            missing.append(f"({bound.sql} IS NULL)::int * {bit}::bigint")
        facts.update({name: text for name, text in rule.facts.items() if claim_asked or "i." not in text})
    pairs = ", ".join(f"'{name}', {text}" for name, text in sorted(facts.items()))
    return Compiled(" + ".join(fails), " + ".join(missing), f"jsonb_build_object({pairs})", params)
