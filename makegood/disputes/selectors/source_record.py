"""The source record of a charge as it came in, for those who may see payouts; numbers masked as everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from makegood.disputes.models import Dispute
from makegood.kernel.phones import mask
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

_WHOLE = re.compile(r"(?!(?:19|20)\d\d-)[+(]?\d[\d\s().-]{7,18}\d")
_INSIDE = re.compile(r"\+\d{9,15}\b")
_FEWEST, _MOST = 9, 15
"""Digits of a telephone number with its country or area."""


def may_see_source(principal: Principal) -> bool:
    """Whether a principal reads source records: they hold what both sides are charged and paid."""
    return principal.can(Verb.CHARGE_VIEW) and principal.can(Verb.PAYOUT_VIEW)


def source_of(principal: Principal, dispute: Dispute) -> str:
    """The record as indented JSON; empty where none was kept. The caller has scoped the dispute.

    Raises NotPermitted.
    """
    demand(principal, Verb.CHARGE_VIEW)
    demand(principal, Verb.PAYOUT_VIEW)
    raw = dispute.charge.raw
    if not raw:
        return ""
    shown = raw if principal.can(Verb.PHONE_VIEW) else masked(raw)
    return json.dumps(shown, indent=2, ensure_ascii=False, sort_keys=True, default=str)


def masked(value: Any) -> Any:
    """A value with everything masked that could be a telephone number, wherever it stands."""
    if isinstance(value, Mapping):
        return {key: masked(one) for key, one in value.items()}
    if isinstance(value, list):
        return [masked(one) for one in value]
    if isinstance(value, str):
        return _hidden(value) if _WHOLE.fullmatch(value.strip()) else _INSIDE.sub(lambda found: mask(found[0]), value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _hidden(str(value)) if _FEWEST < len(str(value)) <= _MOST else value
    return value


def _hidden(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    if not _FEWEST <= len(digits) <= _MOST:
        return text
    return mask(f"+{digits}" if text.startswith("+") or len(digits) > len("2025550123") else f"+1{digits}")
