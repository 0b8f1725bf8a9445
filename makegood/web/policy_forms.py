"""The form of a rule: made from its type's parameters, filled from what is kept or typed, and read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from makegood.disputes.policy import RULE_TYPES, Phase, Rule, RuleError, Severity, parse_rule
from makegood.disputes.policy.base import Missing
from makegood.disputes.policy.catalog import default_missing
from makegood.disputes.policy.parameters import (
    PHASES,
    TITLES,
    Field,
    Kind,
    Vocabulary,
    about_of,
    fields_of,
    severities_of,
)
from makegood.disputes.selectors.policy_codes import Codes
from makegood.kernel.errors import Refusal
from makegood.kernel.money import parse_amount, plain
from makegood.kernel.typed_amounts import without_commas

Typed = Mapping[str, Sequence[str]]

SEVERITIES: Mapping[Severity, tuple[str, str]] = {
    Severity.BLOCK: ("Block", "Nobody can send such a dispute."),
    Severity.OVERRIDE: (
        "Block, unless overridden",
        "A buyer cannot send it; a representative can, with a cause.",
    ),
    Severity.WARN: ("Warn", "Whoever sends it and whoever reviews it are told."),
    Severity.RECOMMEND: ("Recommend", "The reviewer's suggestion is filled in; a person still decides."),
    Severity.ROUTE: ("Send to a queue", "The dispute waits in the queue named below."),
    Severity.AUTO_ACCEPT: ("Accept without a person", "Grants within the budget below; after that it only recommends."),
}
MISSING: Mapping[Missing, str] = {
    Missing.FAIL: "counts as well",
    Missing.PASS: "passes",
    Missing.WARN: "only warns",
}
GATES = (
    Field("reasons", "Only for these reasons", Kind.CODES, (), vocabulary=Vocabulary.REASONS),
    Field("categories", "Only in these categories", Kind.CODES, (), vocabulary=Vocabulary.CATEGORIES),
    Field("origins", "Only when filed by", Kind.CODES, (), vocabulary=Vocabulary.ORIGINS),
    Field("applies_to", "Only for what came by", Kind.CODES, (), vocabulary=Vocabulary.CHANNELS),
)
BUDGET = (
    Field("count", "At most", Kind.NUMBER, None, "Left empty, the number does not count.", "grants", optional=True),
    Field("micros", "And at most", Kind.MONEY, None, "Left empty, the amount does not count.", optional=True),
    Field("per", "Counted per", Kind.CHOICE, "customer", choices=(("customer", "customer"), ("program", "program"))),
    Field("period", "In a", Kind.CHOICE, "month", choices=(("day", "day"), ("week", "week"), ("month", "month"))),
)
FALLBACK = "USD"
LARGEST = 2**53


@dataclass(frozen=True)
class Box:
    """One choice of a control."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class Control:
    """One parameter in the form: its name there, what stands in it, its boxes, and what is wrong with it."""

    name: str
    field: Field
    value: str = ""
    boxes: tuple[Box, ...] = ()
    more: str = ""
    error: str = ""


@dataclass(frozen=True)
class RuleForm:
    """The form of one rule; ``place`` is where it stands (None for a new one)."""

    type: str
    title: str
    phase: str
    about: str
    place: int | None
    severities: tuple[tuple[str, str, str, bool], ...]
    missing: tuple[Box, ...]
    own: tuple[Control, ...]
    gates: tuple[Control, ...]
    budget: tuple[Control, ...]
    queue: str
    is_default: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def narrows(self) -> bool:
        """Whether the rule is for some charges only, so that the part that says so is open."""
        return any(box.chosen for gate in self.gates for box in gate.boxes) or any(gate.error for gate in self.gates)

    @property
    def number(self) -> int | None:
        """Its place as people count; None for a new one."""
        return None if self.place is None else self.place + 1


def typed_of(data: Mapping[str, Any], currency: str) -> dict[str, list[str]]:
    """What would stand in the form of a rule as it is kept."""
    kind = RULE_TYPES[str(data["type"])]
    typed = {"severity": [str(data.get("severity", ""))], "queue": [str(data.get("queue", ""))]}
    typed["on_missing"] = [str(data.get("on_missing") or default_missing(kind).value)]
    for prefix, fields, source in (
        ("p", fields_of(kind), data), ("g", GATES, data), ("b", BUDGET, data.get("budget") or {}),
    ):  # fmt: skip
        for one in fields:
            typed[f"{prefix}-{one.name}"] = _texts(one, source.get(one.name, one.default), currency)
    return typed


def blank_of(kind: type[Rule], currency: str) -> dict[str, list[str]]:
    """What stands in the form of a new rule of a type."""
    return typed_of({"type": kind.type, "severity": severities_of(kind)[0].value}, currency)


def _texts(one: Field, value: Any, currency: str) -> list[str]:
    if one.kind is Kind.CODES:
        return [str(code) for code in value]
    if one.kind is Kind.SWITCH:
        return ["on"] if value else []
    if value is None:
        return [""]
    return [plain(value, currency or FALLBACK) if one.kind is Kind.MONEY else str(value)]


def form_of(
    kind: type[Rule],
    typed: Typed,
    codes: Codes,
    place: int | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    is_default: bool = False,
) -> RuleForm:
    """The form with what stands in it."""
    wrong = errors or {}
    chosen, missing = _one(typed, "severity"), _one(typed, "on_missing")
    return RuleForm(
        type=kind.type,
        title=TITLES[kind.type],
        phase=PHASES[kind.phase],
        about=about_of(kind),
        place=place,
        severities=tuple((one.value, *SEVERITIES[one], one.value == chosen) for one in severities_of(kind)),
        missing=tuple(Box(one.value, words, one.value == missing) for one, words in MISSING.items()),
        own=tuple(_control("p", one, typed, codes, wrong) for one in fields_of(kind)),
        gates=tuple(_control("g", one, typed, codes, wrong) for one in GATES),
        budget=tuple(_control("b", one, typed, codes, wrong) for one in BUDGET) if kind.phase is Phase.AUTO else (),
        queue=_one(typed, "queue"),
        is_default=is_default,
        errors=wrong,
    )


def _one(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")


def _control(prefix: str, one: Field, typed: Typed, codes: Codes, wrong: Mapping[str, str]) -> Control:
    name = f"{prefix}-{one.name}"
    values = [text for text in typed.get(name, ()) if text]
    if one.kind is Kind.CODES:
        known = codes.choices[one.vocabulary]
        extra = [value for value in values if value not in dict(known)]
        boxes = [Box(code, label, code in values) for code, label in known]
        more = ", ".join(extra) or _one(typed, f"{name}-more")
        return Control(name, one, "", tuple(boxes), more, wrong.get(name, ""))
    choices = one.choices or ((("", "Monday to Friday"), *codes.calendars) if one.kind is Kind.CALENDAR else ())
    value = next(iter(values), "")
    boxes = [Box(code, label, code == value) for code, label in choices]
    if one.kind is Kind.CALENDAR and value and value not in dict(choices):
        boxes.append(Box(value, f"{value} (there is none)", chosen=True))
    return Control(name, one, value, tuple(boxes), "", wrong.get(name, ""))


@dataclass
class _Reading:
    """A form being read: what it says, and what is wrong with it by the name of the control."""

    typed: Typed
    currency: str
    wrong: dict[str, str] = field(default_factory=dict)

    def part(self, prefix: str, fields: Sequence[Field]) -> Iterator[tuple[str, Any]]:
        """The values that differ from the usual ones."""
        for one in fields:
            name = f"{prefix}-{one.name}"
            try:
                value = self._value(name, one)
            except ValueError as error:
                self.wrong[name] = str(error)
                continue
            usual = list(one.default) if isinstance(one.default, tuple) else one.default
            if value != usual:
                yield one.name, value

    def _value(self, name: str, one: Field) -> Any:
        if one.kind is Kind.SWITCH:
            return bool(_one(self.typed, name))
        if one.kind is Kind.CODES:
            more = [word.strip() for word in _one(self.typed, f"{name}-more").split(",")]
            return list(dict.fromkeys(word for word in (*self.typed.get(name, ()), *more) if word))
        text = _one(self.typed, name).strip()
        if one.kind in {Kind.CHOICE, Kind.CALENDAR}:
            return text or one.default
        if not text:
            if one.optional:
                return None
            raise ValueError("Write a number.")
        return self._amount(text) if one.kind is Kind.MONEY else _number(text)

    def _amount(self, text: str) -> int:
        try:
            return parse_amount(without_commas(text), self.currency or FALLBACK)
        except Refusal as error:
            raise ValueError(error.message) from error


def _number(text: str) -> int:
    plain_text = text.replace(",", "")
    if not plain_text.isascii() or not plain_text.lstrip("-").isdigit() or len(plain_text) > 16:
        raise ValueError(f'"{text}" is no whole number.')
    value = int(plain_text)
    if abs(value) >= LARGEST:
        raise ValueError("That number is too large.")
    return value


def rule_of(kind: type[Rule], typed: Typed, currency: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The rule that a form says, and what is wrong with it by the name of the control (``rule`` for the whole)."""
    reading = _Reading(typed, currency)
    data: dict[str, Any] = {"type": kind.type, "severity": _one(typed, "severity")}
    data.update(reading.part("p", fields_of(kind)))
    data.update(reading.part("g", GATES))
    missing = _one(typed, "on_missing")
    if missing and missing != default_missing(kind).value:
        data["on_missing"] = missing
    if data["severity"] == Severity.ROUTE:
        data["queue"] = _one(typed, "queue").strip()
    if data["severity"] == Severity.AUTO_ACCEPT:
        data["budget"] = dict(reading.part("b", BUDGET))
    if not reading.wrong:
        try:
            parse_rule(data)
        except RuleError as error:
            text = str(error)
            reading.wrong["rule"] = f"{text[:1].upper()}{text[1:].rstrip('.')}."
    return data, reading.wrong
