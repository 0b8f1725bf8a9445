"""The codes that several calls of the native service share."""

from __future__ import annotations

from makegood.disputes.policy import RULE_TYPES

RULES: tuple[str, ...] = tuple(sorted({rule.code for rule in RULE_TYPES.values()}))
"""What a policy may answer to a claim."""
