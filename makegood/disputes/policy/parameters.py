"""What a form asks for a rule: every parameter of every type with its label, its unit and its choices."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from makegood.billing.states import InvoiceStatus, Subkind
from makegood.disputes.policy import words
from makegood.disputes.policy.base import Hint, Phase, Rule, Severity
from makegood.disputes.policy.catalog import RULE_TYPES, own_parameters


class Kind(StrEnum):
    """How a value is typed."""

    NUMBER = "number"
    MONEY = "money"
    SWITCH = "switch"
    CHOICE = "choice"
    CODES = "codes"
    CALENDAR = "calendar"


class Vocabulary(StrEnum):
    """Where the codes of a list come from; ``open`` ones are typed freely."""

    REASONS = "reasons"
    CATEGORIES = "categories"
    FINDINGS = "findings"
    KINDS = "kinds"
    INVOICES = "invoices"
    CHANNELS = "channels"
    ORIGINS = "origins"
    OPEN = "open"


@dataclass(frozen=True)
class Field:
    """One parameter; ``optional`` may stay empty, which means no limit. ``choices`` are values and words."""

    name: str
    label: str
    kind: Kind
    default: Any
    hint: str = ""
    unit: str = ""
    optional: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    vocabulary: Vocabulary = Vocabulary.OPEN


@dataclass(frozen=True)
class _Said:
    label: str
    hint: str = ""
    unit: str = ""
    vocabulary: Vocabulary = Vocabulary.OPEN
    money: bool = False


_LABELS: Mapping[str, _Said] = {
    "anchor": _Said("Counts from"),
    "tz": _Said("Days are those of"),
    "amount": _Said("Length", "Left empty, the rule is off."),
    "unit": _Said("Counted in"),
    "inclusive": _Said("Exactly that many hours are still in time"),
    "calendar": _Said("Business days of", "Without one: Monday to Friday."),
    "window_opens.hours": _Said("Not before", unit="hours after"),
    "hours": _Said("Looks back", unit="hours"),
    "same_category": _Said("Only calls for the same category"),
    "min_connect_s": _Said("Connected for at least", unit="seconds"),
    "must_exist": _Said("The file has to be there, too"),
    "min_ms": _Said("As long as at least", unit="milliseconds"),
    "min_s": _Said("From", unit="seconds"),
    "max_s": _Said("To", unit="seconds"),
    "short_call_auto.max_s": _Said("Shorter than", unit="seconds"),
    "speech_s_max": _Said("With at most", unit="seconds of speech"),
    "mode": _Said("Calls of that length"),
    "scope": _Said("Looks at"),
    "max": _Said("Closed disputes that are still fine"),
    "disposition.allow": _Said("Call statuses that can be disputed"),
    "disposition.deny": _Said("Call statuses that cannot", "Name one list or the other."),
    "kind.allow": _Said("Kinds of charges disputed here", vocabulary=Vocabulary.KINDS),
    "invoice_status.allow": _Said("Statuses of the invoice", vocabulary=Vocabulary.INVOICES),
    "max_age_periods": _Said("At most", "Left empty, age does not count.", unit="bill periods old"),
    "by": _Said("Reasons are offered by"),
    "min_chars": _Said("At least", unit="characters"),
    "min_files": _Said("At least", unit="files"),
    "mime": _Said("Types that count", "For example image/ or audio/wav. Left empty, every type counts."),
    "max_bytes": _Said("Each at most", unit="bytes"),
    "per": _Said("Counted per"),
    "period": _Said("In a"),
    "limit": _Said("At most", unit="disputes"),
    "pct": _Said("At most", unit="percent"),
    "of": _Said("Of"),
    "window_days": _Said("Billed in the last", unit="days"),
    "floor": _Said("Always fine", "A number of disputes, or millionths of the currency when amounts are compared."),
    "overdue_days": _Said("Overdue by more than", unit="days"),
    "findings": _Said("Billable findings", vocabulary=Vocabulary.FINDINGS),
    "pct_of_billed": _Said("At most", unit="percent of what was billed"),
    "per_item": _Said("At most for one item", money=True),
    "per_submission": _Said("At most at once", money=True),
    "amount_min.micros": _Said("At least", money=True),
    "micros": _Said("At most", money=True),
}
"""By ``type.name``, else by name."""

_CHOICES: Mapping[str, str] = {
    "customer": "the buyer's zone",
    "program": "the program's zone",
    "utc": "UTC",
    "received": "when it was received",
    "billed": "when it was billed",
    "invoiced": "when it was invoiced",
    "due": "when it was due",
    "period_end": "the end of its bill period",
    "eligible_if": "can be disputed, others not",
    "ineligible_if": "cannot be disputed",
    "charge": "this charge",
    "lead_contact": "every charge of the contact",
    "category": "the category of the charge",
    "subkind": "the kind of the charge",
    "user": "person who files",
    "count": "items",
    "amount": "amounts",
}

TITLES: Mapping[str, str] = {
    "billed": "Billed",
    "window": "Time to dispute",
    "window_opens": "Not before",
    "answered": "Answered",
    "recording_enabled": "Recorded",
    "no_open_dispute": "No open dispute",
    "never_disputed": "Not decided before",
    "remaining_amount": "Something left to credit",
    "amount_cap": "Largest amount",
    "amount_min": "Smallest amount",
    "amount_full": "The whole item",
    "duration": "Length of the call",
    "disposition": "Call status",
    "kind": "Kind of charge",
    "invoice_status": "Status of the invoice",
    "reason_allowed": "Reason fits the category",
    "reason_required": "A reason",
    "explanation": "An explanation",
    "evidence": "Files",
    "cap_count": "Disputes per period",
    "cap_percent": "Share that is disputed",
    "account_standing": "Account in good standing",
    "permission": "Disputes switched on",
    "billable_guideline": "Billable by guideline",
    "duplicate_hint": "Repeat caller, a hint",
    "duplicate_auto": "Repeat caller",
    "short_call_auto": "Short call",
    "small_amount_auto": "Small amount",
}
"""What a rule type is called in a menu."""

_ABOUT: Mapping[str, str] = {
    "window": "How long after it came, was billed or was due a charge can be disputed.",
    "window_opens": "How long after it came, was billed or was due a charge cannot be disputed yet.",
    "answered": "The call was answered, and connected for long enough.",
    "never_disputed": "How often a charge may have been decided before; a withdrawn dispute does not count.",
    "account_standing": "No issued invoice of the buyer is overdue for longer.",
    "explanation": "Enough is written, spaces around it not counted.",
    "evidence": "Enough files of the right kind come with the claim.",
    "invoice_status": "The charge's invoice stands as it should, and is recent enough.",
    "recording_enabled": "Recording was on when the call came.",
    "duration": "The call's length lies inside a range, or outside it, ends included.",
    "reason_allowed": "The reason is offered for the charge's category or kind; one tied to none is for all.",
    "cap_count": "How many disputes a buyer, a person or a vendor's charges may have in a period.",
    "cap_percent": "How much of what a buyer was billed may be disputed.",
    "amount_cap": "How much may be asked for, of one item or at once.",
    "amount_min": "How much has to be asked for at least.",
    "duplicate_hint": "The same number called the same buyer before, and that call was billed.",
    "duplicate_auto": "A repeat call from the same number; it can be accepted without a person, within a budget.",
    "short_call_auto": "A short call without speech; it can be accepted without a person, within a budget.",
    "small_amount_auto": "A small amount; it can be accepted without a person, within a budget.",
    "billable_guideline": "Reason, call status or a tag names what is billable by the program's guideline.",
}


def about_of(kind: type[Rule]) -> str:
    """What a rule type is for, in a sentence."""
    own = " ".join((kind.__doc__ or "").split("\n\n", maxsplit=1)[0].split())
    return _ABOUT.get(kind.type, own)


PHASES: Mapping[Phase, str] = {
    Phase.CHARGE: "Known from the charge alone",
    Phase.AMOUNT: "The amount asked for",
    Phase.REASON: "Reason and words",
    Phase.EVIDENCE: "Files",
    Phase.REVIEW: "Hints for the reviewer",
    Phase.AUTO: "What can be granted without a person",
}

CHANNELS = (("phone", "phone"), ("form", "form"), ("chat", "chat"), ("email", "email"))
SUBKINDS = tuple((one.value, words.spelled(one.value)) for one in Subkind)
ORIGINS = (
    ("buyer", "buyers"),
    ("csr", "representatives"),
    ("api", "the web service"),
    ("import", "imported files"),
    ("qa_proactive", "quality assurance"),
)
INVOICES = tuple((one.value, words.spelled(one.value)) for one in InvoiceStatus)


def types_by_phase() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every rule type with its title, by phase, as a menu shows them."""
    found: dict[Phase, list[tuple[str, str]]] = {phase: [] for phase in PHASES}
    for kind in RULE_TYPES.values():
        found[kind.phase].append((kind.type, TITLES[kind.type]))
    return [(PHASES[phase], rows) for phase, rows in found.items()]


def severities_of(kind: type[Rule]) -> tuple[Severity, ...]:
    """What rules of a type may do. None of them rejects."""
    if not issubclass(kind, Hint):
        return (Severity.BLOCK, Severity.OVERRIDE, Severity.WARN, Severity.ROUTE)
    grants = (Severity.AUTO_ACCEPT,) if kind.phase is Phase.AUTO else ()
    return (Severity.WARN, Severity.RECOMMEND, Severity.ROUTE, *grants)


def fields_of(kind: type[Rule]) -> tuple[Field, ...]:
    """The parameters of a type's own, in their order."""
    found = (_field(kind.type, name, hint, default) for name, (hint, default) in own_parameters(kind).items())
    return tuple(found)


def _field(of: str, name: str, annotation: Any, default: Any) -> Field:
    said = _LABELS.get(f"{of}.{name}") or _LABELS[name]
    plain, optional = _plain(annotation)
    kind = _kind(plain, said)
    choices = tuple((one, _CHOICES.get(one) or words.spelled(one)) for one in typing.get_args(plain)) if (
        kind is Kind.CHOICE
    ) else ()  # fmt: skip
    return Field(name, said.label, kind, default, said.hint, said.unit, optional, choices, said.vocabulary)


def _plain(annotation: Any) -> tuple[Any, bool]:
    if not isinstance(annotation, types.UnionType):
        return annotation, False
    (plain,) = (part for part in typing.get_args(annotation) if part is not type(None))
    return plain, True


def _kind(plain: Any, said: _Said) -> Kind:
    if typing.get_origin(plain) is Literal:
        return Kind.CHOICE
    if typing.get_origin(plain) is tuple:
        return Kind.CODES
    if plain is bool:
        return Kind.SWITCH
    if plain is str:
        return Kind.CALENDAR
    return Kind.MONEY if said.money else Kind.NUMBER
