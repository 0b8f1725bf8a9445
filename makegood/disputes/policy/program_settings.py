"""The settings of a program that people change: what each may hold, and which do not go together. Pure.

Keys are those of :class:`makegood.disputes.policy.settings.DisputeSettings` and its neighbors; values are JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from makegood.disputes.errors.catalogs import BadSetting
from makegood.disputes.policy.review_plan import normalized_tags
from makegood.disputes.policy.settings import FIFO
from makegood.disputes.states import VOCABULARIES, DecisionKind, Door
from makegood.evidence.policy.files import KINDS, MEGABYTE
from makegood.kernel.errors import Refusal
from makegood.kernel.money import parse_amount
from makegood.ledger.states import ClawbackMode
from makegood.parties.states import SUBMITTER_ROLES

LONGEST_UNDO_S = 900
ORDERS = ("deadline", FIFO)
Check = Callable[[str, Any], Any]


def _whole(least: int, most: int, noun: str) -> Check:
    def check(key: str, value: Any) -> int:
        text = str(value).strip()
        digits = text.isascii() and text.isdecimal() and len(text) < 16
        if isinstance(value, bool) or not digits or not least <= int(text) <= most:
            raise BadSetting(field=key, problem=f"{noun} is a whole number from {least:,} to {most:,}")
        return int(text)

    return check


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadSetting(field=key, problem="it is yes or no")
    return value


def _word(most: int, noun: str) -> Check:
    def check(key: str, value: Any) -> str:
        text = " ".join(str(value or "").split())
        if not 1 <= len(text) <= most:
            raise BadSetting(field=key, problem=f"{noun} has 1 to {most} characters")
        return text

    return check


def _one_of(words: Collection[str], noun: str) -> Check:
    def check(key: str, value: Any) -> str:
        if value not in words:
            raise BadSetting(field=key, problem=f"{noun} is one of {', '.join(words)}")
        return str(value)

    return check


def _optional(check: Check) -> Check:
    return lambda key, value: None if value is None or value == "" else check(key, value)


def _fields(checks: Mapping[str, Check], *, open_ended: bool = False) -> Check:
    """A mapping of which every value is checked; ``open_ended`` keeps what belongs to others."""

    def check(key: str, value: Any) -> dict[str, Any]:
        said = value if isinstance(value, Mapping) else {}
        if strange := sorted(set(said) - set(checks)):
            if not open_ended:
                raise BadSetting(field=key, problem=f'there is no "{strange[0]}" in it')
        return {name: checks[name](f"{key}.{name}", one) if name in checks else one for name, one in said.items()}

    return check


def _words(key: str, value: Any) -> dict[str, str]:
    said = {name: " ".join(str(word).split()) for name, word in dict(value or {}).items()}
    return {name: _word(40, "a word")(f"{key}.{name}", word) for name, word in said.items() if word}


def _some(words: Collection[str], noun: str, *, needed: Collection[str] = ()) -> Check:
    def check(key: str, value: Any) -> list[str]:
        said = {value} if isinstance(value, str) else set(value or ())
        chosen = [word for word in words if word in said]
        if strange := sorted(said - set(words)):
            raise BadSetting(field=key, problem=f'{noun} do not know "{strange[0]}"')
        if missing := [word for word in needed if word not in chosen]:
            raise BadSetting(field=key, problem=f"{noun} are not complete without {' and '.join(missing)}")
        if not chosen:
            raise BadSetting(field=key, problem=f"{noun} cannot be empty")
        return chosen

    return check


def _fees(key: str, value: Any) -> dict[str, dict[str, str]]:
    """Amounts in major units per currency; empty where no fee is charged."""
    found: dict[str, dict[str, str]] = {}
    for currency, terms in dict(value or {}).items():
        usual, most = str(terms.get("default", "")), str(terms.get("max", ""))
        if not usual and not most:
            continue
        micros = [_micros(f"{key}.{currency}", amount, currency) for amount in (usual or most, most or usual)]
        if micros[0] > micros[1]:
            problem = f"the usual fee in {currency} is above the largest one"
            raise BadSetting(field=f"{key}.{currency}", problem=problem)
        found[currency] = {"default": usual or most, "max": most or usual}
    return found


def _micros(key: str, amount: str, currency: str) -> int:
    try:
        found = parse_amount(amount, currency)
    except Refusal as refusal:
        raise BadSetting(field=key, problem=refusal.message.rstrip(".")) from None
    if found < 0:
        raise BadSetting(field=key, problem="an amount is not below zero")
    return found


def _limits(key: str, value: Any) -> dict[str, int]:
    """Micros per currency, from amounts in major units; a currency without an amount has no limit."""
    said = {currency: amount for currency, amount in dict(value or {}).items() if amount not in {None, ""}}
    return {
        currency: amount if isinstance(amount, int) else _micros(f"{key}.{currency}", str(amount), currency)
        for currency, amount in said.items()
    }


def _rate(key: str, value: Any) -> str:
    try:
        rate = Decimal(str(value).strip() or "0")
    except InvalidOperation:
        rate = Decimal(-1)
    if not 0 <= rate <= 1 or -int(rate.as_tuple().exponent) > 6:
        raise BadSetting(field=key, problem="the rate is a fraction from 0 to 1, such as 0.0825")
    return str(rate)


def _tags(key: str, value: Any) -> list[str]:
    try:
        return list(normalized_tags([value] if isinstance(value, str) else value or ()))
    except Refusal as refusal:
        raise BadSetting(field=key, problem=refusal.message.rstrip(".")) from None


_PLAN = _fields(
    {
        "sample_per_day": _whole(0, 10_000, "the sample of a day"),
        "per_rule": _whole(1, 10_000, "the most of one rule"),
        "rules": _fields(
            {
                "new_vendor": _fields({"first": _whole(1, 100_000, "the first calls of a vendor")}),
                "short": _fields({"seconds": _whole(1, 3_600, "a short call, in seconds,")}),
                "no_speech": _flag,
                "repeat_caller": _fields({"hours": _whole(1, 2_160, "the hours between two calls")}),
            }
        ),
        "tags": _tags,
    }
)


def _reviews(key: str, value: Any) -> Any:
    """Whether and how charges are reviewed that nobody disputed; plain yes means the usual plan."""
    return value if isinstance(value, bool) else _PLAN(key, value)


_DAYS = _optional(_whole(1, 3_650, "the days"))
SETTINGS: Mapping[str, Check] = {
    "action": _word(40, "the button"),
    "action_under_cost": _flag,
    "vocabulary": _one_of(tuple(VOCABULARIES), "the vocabulary"),
    "status_words": _words,
    "undo_seconds": _fields({door: _whole(0, LONGEST_UNDO_S, "an undo window in seconds") for door in Door}),
    "queue": _fields({"order": _one_of(ORDERS, "the order")}, open_ended=True),
    "lease_seconds": _whole(30, 900, "the time a case is kept for one person, in seconds,"),
    "second_press": _flag,
    "clawback": _one_of(tuple(ClawbackMode), "the claw-back"),
    "max_rounds": _whole(1, 9, "the number of rounds"),
    "reopen": _flag,
    "reopen_days": _DAYS,
    "re_review": _fields(
        {
            "allowed": _flag,
            "requested_by": _some(tuple(sorted(SUBMITTER_ROLES)), "those who may ask"),
            "appeal_days": _DAYS,
            "other_reviewer": _flag,
        },
        open_ended=True,
    ),
    "further_questions": _fields(
        {
            "per_day": _whole(1, 100, "the further questions of a day"),
            "in_all": _whole(1, 1_000, "the further questions about a dispute"),
        }
    ),
    "decisions": _some(tuple(DecisionKind), "the decisions", needed=(DecisionKind.ACCEPT, DecisionKind.REJECT)),
    "decision_note": _fields({kind: _one_of(("required", "optional"), "a note") for kind in DecisionKind}),
    "reversal_fee": _fees,
    "fee_tax_rate": _rate,
    "vendors_see_campaign": _flag,
    "auto_close": _flag,
    "together": _flag,
    "reauth_above_micros": _limits,
    "evidence_files": _fields(
        {
            "max_files": _whole(0, 20, "the number of files"),
            "max_bytes": _whole(1, 64 * MEGABYTE, "the size of a file in bytes"),
            "types": _some(tuple(KINDS), "the kinds of files"),
        }
    ),
    "proactive_review": _reviews,
    "notify": lambda key, value: dict(value),
}


@dataclass(frozen=True)
class Conflict:
    """Settings that do not go together: their keys, and what they say against each other."""

    keys: tuple[str, ...]
    sentence: str


def checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with clean values. Raises BadSetting for the first that cannot be, or that nobody knows."""
    for key in changes:
        if key not in SETTINGS:
            raise BadSetting(field=key, problem=f'there is no setting "{key}"')
    return {key: SETTINGS[key](key, value) for key, value in changes.items()}


def conflicts(settings: Mapping[str, Any]) -> tuple[Conflict, ...]:
    """What does not go together in all settings of a program."""
    again = settings.get("re_review") or {}
    rounds, reopens = int(settings.get("max_rounds") or 1), bool(settings.get("reopen", True))
    reviews = bool(again.get("allowed", reopens))
    notes = settings.get("decision_note") or {}
    offered = settings.get("decisions") or ()
    found = []
    if rounds == 1 and reopens:
        found.append(Conflict(("max_rounds", "reopen"), '"One round" and "a finished dispute can be reopened"'))
    if rounds == 1 and reviews and again:
        found.append(Conflict(("max_rounds", "re_review"), '"One round" and "a re-review can be asked for"'))
    if rounds > 1 and not reopens and not reviews:
        said = f'"{rounds} rounds" and "neither reopened nor reviewed again"'
        found.append(Conflict(("max_rounds", "reopen", "re_review"), said))
    if not reopens and settings.get("reopen_days") is not None:
        found.append(Conflict(("reopen", "reopen_days"), '"Never reopened" and "reopened within some days"'))
    if notes.get(DecisionKind.PARTIAL) == "required" and DecisionKind.PARTIAL not in offered:
        found.append(Conflict(("decisions", "decision_note"), '"No part" and "a part needs an explanation"'))
    return tuple(found)
