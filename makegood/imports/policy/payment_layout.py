"""How files of payments are laid out: which column is what, and what a cell means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import yaml

from makegood.imports.policy.mapping import FOLDER, Mapping, parse
from makegood.imports.policy.recognition import Recognized, against, placed

_MONEY = re.compile(r"^\+?(?:[$€£¥] ?)?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?$|^-")
_AMERICAN = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})(?: (.+))?$")
_SIGNS = {"€": {"EUR"}, "£": {"GBP"}, "¥": {"JPY", "CNY"}}
"""Signs that name their currency; the dollar's stands for many."""
_YEARS = range(1990, 2100)
NEEDED = {"amount": "amount", "paid_on": "day"}
"""Columns without which there is no payment, with the words for them."""
_IS_PAYMENT = re.compile(r"pa(?:y(?:ment)?|id)(?![a-z])|receipt", re.IGNORECASE)
_IS_LINE = re.compile(r"due|issued|period|tax|\bline|call|duration", re.IGNORECASE)


@cache
def payment_mapping() -> Mapping:
    """The columns of files of payments, with the other spellings that are understood."""
    return parse(yaml.safe_load((FOLDER / "payments" / "generic.yaml").read_text(encoding="utf-8")))


def recognize_payments(headers: Sequence[str], columns: Sequence[tuple[str, str]] = ()) -> Recognized:
    """How the headers of a file fit payments, with ``columns`` (see placed) where somebody said what they are; the
    caller judges whether it is enough."""
    return placed(against(payment_mapping(), headers), headers, columns)


def lacking(found: Recognized, *, customer: str = "") -> list[str]:
    """What no column is and every payment needs, in words; ``customer`` is who paid where no column says it."""
    missing = [words for name, words in NEEDED.items() if name not in found.positions]
    return missing if customer or "customer_id" in found.positions else [*missing, "customer"]


def are_payments(headers: Sequence[str]) -> bool:
    """Whether headers nobody has said anything about are those of payments: day, amount and payer, of which one says
    that it was paid, and nothing of a bill's own lines."""
    found = recognize_payments(headers)
    said = {name: headers[place] for name, place in found.positions.items()}
    speaks = any(_IS_PAYMENT.search(said.get(name, "")) for name in ("payment_id", "paid_on", "amount", "method"))
    return speaks and not lacking(found) and not any(_IS_LINE.search(header) for header in headers)


def plain_amount(text: str, currency: str) -> str | None:
    """An amount without sign of its currency and without commas, ready to be parsed; None for what is no amount, or
    carries the sign of another currency."""
    signs = {sign for sign in text if sign in _SIGNS}
    if any(currency not in _SIGNS[sign] for sign in signs):
        return None
    return text.translate(str.maketrans("", "", "+$€£¥, ")) if _MONEY.match(text) else None


def moment_of(text: str, zone: str) -> datetime | None:
    """When a payment came in: a day (its beginning in the zone), or a time with or without offset; None for neither."""
    american = _AMERICAN.match(text)
    if american:
        rest = f"T{american[4]}" if american[4] else ""
        text = f"{american[3]}-{american[1]:0>2}-{american[2]:0>2}{rest}"
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.year not in _YEARS:
        return None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
