"""How bills are laid out: the texts that lines are staged in, the headers of CSV bills, the words for their kinds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import yaml

from makegood.billing.states import Subkind
from makegood.imports.policy.mapping import FOLDER, Mapping, parse
from makegood.imports.policy.recognition import Recognized, against

HEAD = (
    *("number", "customer", "customer_name", "issued", "due", "period_start", "period_end", "period_number"),
    *("total", "state", "usage_alias"),
)
"""What every line of a bill repeats of it."""
LINE = (
    *("line", "label", "subkind", "is_credit", "service", "net", "tax", "gross", "jurisdiction", "currency"),
    *("quantity", "unit", "unit_price", "occurred", "covers_start", "covers_end", "duration_s", "caller"),
    *("destination", "is_billed", "raw"),
)
TEXTS = (*HEAD, *LINE)
"""The staged texts, in their order; the row's number, place, mark and bill stand before them."""

_WORDS = {
    Subkind.RECURRING: "recurring recurring_charge rc mrc monthly subscription rental plan",
    Subkind.ONE_TIME: "one_time one_time_charge onetime oc nrc non_recurring setup installation other",
    Subkind.CALL: "usage usage_charge call calls voice",
    Subkind.DATA: "data internet_usage",
    Subkind.MESSAGE: "message messages sms mms text",
    Subkind.FEE: "fee fees surcharge penalty applied_penalty_charge late_fee regulatory",
    Subkind.TAX: "tax taxes vat gst",
}
_SUBKINDS = {word: subkind for subkind, words in _WORDS.items() for word in words.split()}
_CREDITS = frozenset(
    "credit credits discount promotion promo rebate refund applied_billing_credit credit_note allowance".split()
)
_IS_FEE = re.compile(r"\b(fee|surcharge)s?\b", re.IGNORECASE)
_IS_DATA = re.compile(r"\b(data|internet|[kmgt]i?b|bytes|megabytes|gigabytes)\b", re.IGNORECASE)
_IS_MESSAGE = re.compile(r"\b(sms|mms|texts?|messag\w+)\b", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")

_DAYS = re.compile(r"^(?P<start>\d{4}-\d\d-\d\d) ?(?:\.\.|to|until|[-–/]) ?(?P<end>\d{4}-\d\d-\d\d)$")  # noqa: RUF001
_CALLED = re.compile(
    r"^(?P<occurred>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)"
    r"(?: (?P<duration_s>\d{1,7}) ?s)?(?: (?P<destination>\+\d{8,15}))?$"
)


@dataclass(frozen=True)
class Kind:
    """What a line is for, and whether it gives money back."""

    subkind: Subkind
    is_credit: bool = False


def spelled(name: str) -> str:
    """A name without case and punctuation, its humps as words: ``chargeType`` becomes ``charge_type``."""
    return _NOT_A_LETTER.sub("_", _CAMEL.sub("_", name.strip()).lower()).strip("_")


@cache
def kind_of(word: str, label: str, unit: str = "") -> Kind:
    """The kind of a line from its type, its label and its unit; a word nobody knows is a one-time charge."""
    known = spelled(word)
    if known in _CREDITS:
        return Kind(Subkind.ONE_TIME, is_credit=True)
    subkind = _SUBKINDS.get(known, Subkind.ONE_TIME)
    if subkind is Subkind.ONE_TIME and _IS_FEE.search(label):
        return Kind(Subkind.FEE)
    if subkind is Subkind.CALL and known.startswith("usage"):
        about = f"{label} {unit}"
        if _IS_MESSAGE.search(about):
            return Kind(Subkind.MESSAGE)
        return Kind(Subkind.DATA if _IS_DATA.search(about) else subkind)
    return Kind(subkind)


def told_by(detail: str) -> dict[str, str]:
    """What a line's detail tells when it is the days it covers (``2026-05-01..2026-05-31``) or a call
    (``2026-05-15T09:56:23 274s +12025550104``)."""
    if days := _DAYS.match(detail):
        return {"covers_start": days["start"], "covers_end": days["end"]}
    called = _CALLED.match(detail)
    return {name: text for name, text in called.groupdict().items() if text} if called else {}


@cache
def bill_mapping() -> Mapping:
    """The columns of CSV bills, with the other spellings that are understood."""
    return parse(yaml.safe_load((FOLDER / "bills" / "generic.yaml").read_text(encoding="utf-8")))


def recognize_bill(headers: Sequence[str]) -> Recognized:
    """How the headers of a file fit a bill as CSV; the caller judges whether it is enough."""
    return against(bill_mapping(), [_CAMEL.sub("_", header.strip()) for header in headers])


def signed(amount: str) -> str:
    """An amount with its sign in front: ``(12.50)``, ``12.50-`` and ``12.50 CR`` mean -12.50."""
    text = amount.strip()
    if text[-1:].isdecimal():
        return text
    if text.startswith("(") and text.endswith(")"):
        return f"-{text[1:-1].strip()}"
    if text.endswith("-"):
        return f"-{text[:-1].strip()}"
    return f"-{text[:-2].strip()}" if text[-2:].lower() == "cr" else text
