"""The fields of reasons, findings, resolutions, campaigns and categories, and how their values read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from makegood.billing.models import Category
from makegood.disputes.models import Finding
from makegood.disputes.states import Outcome, ReasonType
from makegood.ledger.states import ClawbackMode
from makegood.web.fields import Field, Kind, options

CLAWBACKS = (
    (ClawbackMode.NONE.value, "Nothing", "The vendor keeps the payout."),
    (ClawbackMode.PROPORTIONAL.value, "In proportion", "The same part of the payout as of the charge."),
    (
        ClawbackMode.FULL_ON_ACCEPT.value,
        "Everything",
        "The whole payout when the whole charge is accepted, else a part.",
    ),
    (ClawbackMode.CAPPED_AT_CREDIT.value, "As much as the credit", "At most the payout, in the same currency."),
)
TYPES = {
    ReasonType.QUALITY: "Who called, and why",
    ReasonType.PRODUCT: "The line or the service",
    ReasonType.BILLING: "The charge itself",
    ReasonType.FRAUD: "Misuse",
}
OUTCOMES = {Outcome.ACCEPTED: "Accepted", Outcome.ACCEPTED_PARTIAL: "Accepted in part", Outcome.REJECTED: "Rejected"}
LABELS = {
    "label": "Label",
    "help": "Help",
    "type": "About",
    "questions": "Questions",
    "categories": "Categories",
    "requires_evidence": "Needs a file",
    "min_explanation_chars": "Least length of the explanation",
    "default_finding": "Usually fails by",
    "implies_non_billable": "Not billable at all",
    "clawback_mode": "Back from the vendor",
    "is_active": "Offered",
    "active_from": "First day",
    "active_to": "Last day",
    "sort": "Place in the list",
    "billable": "Billable",
    "guideline": "Guideline",
    "hotkey": "Key",
    "maps_to": "Stands for",
    "name": "Name",
    "category": "Category",
    "billable_after_s": "Billable after",
    "duplicate_window_days": "A caller counts once in",
    "service_area": "Service area",
    "text": "Other conditions",
}
"""What the fields are called, in forms and where changes are told."""
CODE = Field(
    "code",
    "Code",
    help="Capitals, digits and underscores. It stays: files and web services name it.",
    most=40,
    needed=True,
)
NUMBER = Field("code", "Number", help="It stays: imports name it.", most=64, needed=True)
_PLACE = Field("sort", LABELS["sort"], Kind.NUMBER, unit="(0 is first)")
_ON = Field(
    "is_active",
    "Offered",
    Kind.FLAG,
    help="Switched off, it stays with the disputes that have it, and nobody can choose it any more.",
)


def _told_apart(categories: Sequence[Category]) -> list[tuple[str, str]]:
    """Codes and names; two of the same name say their code, too."""
    names = Counter(one.name for one in categories)
    return [(one.code, f"{one.name} ({one.code})" if names[one.name] > 1 else one.name) for one in categories]


def reason_fields(categories: Iterable[Category], findings: Iterable[Finding]) -> tuple[Field, ...]:
    """The fields of a reason."""
    return (
        Field("label", "Label", most=100, needed=True, help="As buyers read it in the form."),
        Field("help", "Help", Kind.AREA, most=300, help="One line below it."),
        Field("type", "About", Kind.SELECT, options=options((t.value, words) for t, words in TYPES.items())),
        Field(
            "categories",
            "Only for these categories",
            Kind.MANY,
            options=options(_told_apart(list(categories))),
            help="None chosen: for all.",
        ),
        Field("questions", "Questions", Kind.AREA, help="One per line; asked of representatives who file with it."),
        Field("requires_evidence", "A supporting file is required", Kind.FLAG, title="What a claim needs"),
        Field("min_explanation_chars", "Explanation", Kind.NUMBER, unit="characters at least (0: none needed)"),
        replace(_ON, title="When it is offered"),
        Field(
            "active_from",
            "First day",
            Kind.DATE,
            help="Empty: no limit. Days of the program's zone.",
        ),
        Field("active_to", "Last day", Kind.DATE, help="The last day on which it can be chosen."),
        Field(
            "default_finding",
            "It usually fails by",
            Kind.SELECT,
            title="What follows",
            options=options((("", "Nothing in particular"), *((one.code, one.label) for one in findings))),
            help="The guideline of this finding is shown before anything is sent.",
        ),
        Field("implies_non_billable", "A credit takes the whole item off the bill", Kind.FLAG),
        Field(
            "clawback_mode",
            "Back from the vendor",
            Kind.SELECT,
            options=options((("", "As the vendor or the program says"), *((one[0], one[1]) for one in CLAWBACKS))),
        ),
        _PLACE,
    )


def finding_fields() -> tuple[Field, ...]:
    """The fields of a finding."""
    digits = (("", "No key"), *((str(digit), str(digit)) for digit in (*range(1, 10), 0)))
    return (
        Field("label", "Label", most=100, needed=True, help="What a reviewer hears."),
        Field("billable", "With it the charge stands", Kind.FLAG),
        Field(
            "guideline", "Guideline", Kind.AREA, most=300, help="The sentence that explains a rejection to the buyer."
        ),
        Field("hotkey", "Key", Kind.SELECT, options=options(digits), help="The digit that marks it while listening."),
        _ON,
        _PLACE,
    )


def resolution_fields() -> tuple[Field, ...]:
    """The fields of a resolution."""
    stands = (("", "No outcome"), *((one.value, words) for one, words in OUTCOMES.items()))
    return (
        Field("label", "Label", most=100, needed=True, help="What a closed dispute can carry."),
        Field("maps_to", "Stands for", Kind.SELECT, options=options(stands)),
        _ON,
        _PLACE,
    )


def campaign_fields(categories: Iterable[Category]) -> tuple[Field, ...]:
    """The fields of a campaign: its name, and a form per condition."""
    return (
        Field("name", "Name", most=200, needed=True),
        Field(
            "category",
            "Category",
            Kind.SELECT,
            options=options((("", "None"), *((one.code, one.name) for one in categories))),
        ),
        Field(
            "billable_after_s",
            "Billable after",
            Kind.NUMBER,
            unit="seconds",
            title="What it promises",
            help="Empty or 0: nothing is said.",
        ),
        Field("duplicate_window_days", "A caller counts once in", Kind.NUMBER, unit="days"),
        Field("service_area", "Service area", Kind.AREA, help="Names, divided by commas: NY, NJ, CT."),
        Field(
            "text",
            "Other conditions",
            Kind.AREA,
            most=1_000,
            help="In your own words; buyers and reviewers read them as they stand.",
        ),
    )


def value_said(name: str, value: Any) -> str:
    """A value as people read it where a change is told."""
    if value is None or value == "" or value == []:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {value_said(key, one)}" for key, one in value.items()) or "nothing"
    known: Mapping[str, Mapping[Any, str]] = {
        "type": {one.value: words for one, words in TYPES.items()},
        "maps_to": {one.value: words for one, words in OUTCOMES.items()},
        "clawback_mode": {value: label for value, label, _ in CLAWBACKS},
        "clawback": {value: label for value, label, _ in CLAWBACKS},
    }
    return known.get(name, {}).get(value, str(value))


def changes_said(fields: Iterable[tuple[str, Any, Any]], labels: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What changed, field by field, as people read it: name, before, after; of a mapping what differs in it."""
    found = []
    for name, before, after in fields:
        old, new = before, after
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            old = {key: one for key, one in before.items() if after.get(key) != one}
            new = {key: one for key, one in after.items() if before.get(key) != one}
        found.append((labels.get(name, name), value_said(name, old), value_said(name, new)))
    return found
