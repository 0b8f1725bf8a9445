"""What is wrong with a list of rules beyond that it can be read: codes that do not exist, rules that never speak,
rules that leave nothing to dispute. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from makegood.disputes.policy.base import Rule, RuleError, Severity
from makegood.disputes.policy.catalog import parse_rule
from makegood.disputes.policy.gate import EVERYTHING
from makegood.disputes.policy.rules.charge import Disposition, Duration, Kind
from makegood.disputes.policy.rules.hints import BillableGuideline
from makegood.disputes.policy.rules.window import Window, WindowOpens
from makegood.disputes.policy.sentences import STOPS


@dataclass(frozen=True)
class Known:
    """The codes that a program has; findings are also found by the platform's own words."""

    reasons: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    findings: frozenset[str] = frozenset()
    calendars: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fault:
    """What is wrong with the rule at ``place`` (from 0). One that ``stops`` keeps the rules from being published."""

    place: int
    sentence: str
    stops: bool
    field: str = ""


Placed = Sequence[tuple[int, Rule]]


def faults_of(rules: Sequence[Mapping[str, Any]], known: Known) -> list[Fault]:
    """Everything that is wrong, by place; of one rule what stops comes first."""
    found: list[Fault] = []
    placed: list[tuple[int, Rule]] = []
    for place, data in enumerate(rules):
        try:
            rule = parse_rule(data)
        except RuleError as error:
            found.append(Fault(place, _sentence(str(error)), stops=True))
            continue
        placed.append((place, rule))
        found += _own(place, rule, known)
    found += [*_shut(placed), *_apart(placed), *_repeated(placed)]
    return sorted(found, key=lambda fault: (fault.place, not fault.stops))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _own(place: int, rule: Rule, known: Known) -> Iterator[Fault]:
    for field, codes, there in (
        ("reasons", rule.gate.reasons, known.reasons),
        ("categories", rule.gate.categories, known.categories),
    ):
        for code in codes:
            if code not in there:
                yield Fault(place, f'The program has no {_ONE[field]} "{code}".', stops=True, field=field)
    if isinstance(rule, Window) and rule.calendar and rule.calendar not in known.calendars:
        yield Fault(place, f'There is no calendar "{rule.calendar}".', stops=True, field="calendar")
    if isinstance(rule, BillableGuideline):
        for code in rule.findings:
            if code.lower() not in {"missed_call", *(one.lower() for one in known.findings)}:
                said = f'The program has no finding "{code}"; the rule speaks where the platform says that word.'
                yield Fault(place, said, stops=False, field="findings")
    if rule.severity is Severity.ROUTE and not rule.queue:
        yield Fault(place, "It names no queue to send to.", stops=False, field="queue")
    if odd := rule.oddity():
        yield Fault(place, odd, stops=False)


_ONE = {"reasons": "reason", "categories": "category"}


def _stopping(placed: Placed) -> Placed:
    return [(place, rule) for place, rule in placed if rule.severity in STOPS]


def _meet(one: Rule, other: Rule) -> bool:
    """Whether the two are for the same charges, as far as their gates say."""
    return EVERYTHING in (one.gate, other.gate) or one.gate == other.gate


def _longest(window: Window) -> int | None:
    """At most so many hours after its anchor a window is open; None where that depends on a calendar or is off."""
    if window.amount is None or window.unit == "business_days":
        return None
    return window.amount if window.unit == "hours" else (window.amount + 1) * 24


def _shut(placed: Placed) -> Iterator[Fault]:
    """Windows that close before they open, and windows that another one always closes first."""
    windows = [(place, rule) for place, rule in _stopping(placed) if isinstance(rule, Window)]
    for place, rule in _stopping(placed):
        if not isinstance(rule, WindowOpens):
            continue
        for other, window in windows:
            hours = _longest(window)
            if hours is not None and window.anchor == rule.anchor and rule.hours >= hours and _meet(rule, window):
                said = f"It opens after rule {other + 1} has closed, so that nothing can ever be disputed."
                yield Fault(place, said, stops=True, field="hours")
    for place, window in windows:
        for other, wider in windows:
            if other != place and _closes_first(window, wider) and (window != wider or place < other):
                yield Fault(other, f"It can never speak first: rule {place + 1} has closed by then.", stops=False)


def _closes_first(window: Window, wider: Window) -> bool:
    if window.amount is None or wider.amount is None or not window.gate == wider.gate:
        return False
    same = (window.anchor, window.unit, window.calendar, window.tz) == (
        wider.anchor, wider.unit, wider.calendar, wider.tz,
    )  # fmt: skip
    return same and window.severity is wider.severity and window.amount < wider.amount


def _apart(placed: Placed) -> Iterator[Fault]:
    """Two rules of one type that nothing can meet both."""
    rules = _stopping(placed)
    for at, (place, rule) in enumerate(rules):
        for other, later in rules[at + 1 :]:
            if _meet(rule, later) and _never_both(rule, later):
                said = f"Nothing meets both rule {place + 1} and this one, so that nothing can ever be disputed."
                yield Fault(other, said, stops=True)


def _never_both(rule: Rule, later: Rule) -> bool:
    if isinstance(rule, Kind) and isinstance(later, Kind):
        return not set(rule.allow) & set(later.allow)
    if isinstance(rule, Disposition) and isinstance(later, Disposition):
        allowed = [one for one in (rule, later) if not one.deny]
        if len(allowed) == 2:
            return not set(rule.allow) & set(later.allow)
        denied = {*rule.deny, *later.deny}
        return len(allowed) == 1 and bool(allowed[0].allow) and set(allowed[0].allow) <= denied
    if isinstance(rule, Duration) and isinstance(later, Duration):
        inside = rule.mode == later.mode == "eligible_if"
        return inside and (_above(rule, later) or _above(later, rule))
    return False


def _above(rule: Duration, later: Duration) -> bool:
    return rule.min_s is not None and later.max_s is not None and rule.min_s > later.max_s


def _repeated(placed: Placed) -> Iterator[Fault]:
    first: dict[Rule, int] = {}
    for place, rule in placed:
        if rule in first:
            yield Fault(place, f"It says the same as rule {first[rule] + 1}.", stops=False)
        else:
            first[rule] = place
