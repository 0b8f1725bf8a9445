"""The codes that a program's rules may name, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from makegood.billing.models import Category
from makegood.disputes.models import Calendar, Finding, Reason
from makegood.disputes.policy.contradictions import Known
from makegood.disputes.policy.naming import Naming
from makegood.disputes.policy.parameters import CHANNELS, INVOICES, ORIGINS, SUBKINDS, Vocabulary
from makegood.parties.models import Program


@dataclass(frozen=True)
class Codes:
    """Codes with labels by vocabulary, as boxes to tick; calendars by key."""

    choices: Mapping[Vocabulary, tuple[tuple[str, str], ...]]
    calendars: tuple[tuple[str, str], ...]
    currency: str

    @property
    def known(self) -> Known:
        """What rules are checked against."""
        reasons, categories, findings = (
            frozenset(code for code, _ in self.choices[of])
            for of in (Vocabulary.REASONS, Vocabulary.CATEGORIES, Vocabulary.FINDINGS)
        )
        return Known(reasons, categories, findings, frozenset(key for key, _ in self.calendars))

    @property
    def naming(self) -> Naming:
        """What sentences call them."""
        labels = {code.lower(): label for code, label in self.choices[Vocabulary.FINDINGS]}
        for of in (Vocabulary.CATEGORIES, Vocabulary.REASONS):
            labels.update(self.choices[of])
        return Naming({**labels, **dict(self.calendars)}, self.currency)


def codes_of(program: Program) -> Codes:
    """The reasons (also those that are off), findings and categories of a program, and every calendar."""
    reasons = Reason.objects.filter(program=program).order_by("sort", "pk").values_list("code", "label")
    findings = Finding.objects.filter(program=program).order_by("pk").values_list("code", "label")
    return Codes(
        {
            Vocabulary.REASONS: tuple(reasons),
            Vocabulary.CATEGORIES: tuple(Category.objects.order_by("name").values_list("code", "name")),
            Vocabulary.FINDINGS: tuple((code.lower(), label) for code, label in findings),
            Vocabulary.KINDS: SUBKINDS,
            Vocabulary.INVOICES: INVOICES,
            Vocabulary.CHANNELS: CHANNELS,
            Vocabulary.ORIGINS: ORIGINS,
            Vocabulary.OPEN: (),
        },
        tuple(Calendar.objects.order_by("name").values_list("key", "name")),
        program.currency,
    )
