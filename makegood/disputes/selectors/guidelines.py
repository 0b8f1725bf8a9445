"""The guidelines that decisions quote and the reasons of each category, as everybody may read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from makegood.billing.selectors.programs import programs_met
from makegood.disputes.models import Finding, Reason
from makegood.disputes.selectors.reasons import reasons_on_offer
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.selectors import ContactCard, contact_for, contacts_of_programs


@dataclass(frozen=True)
class Guideline:
    """What a reviewer can find, whether a charge with it is billable, and why (empty: no more is said)."""

    code: str
    label: str
    billable: bool
    text: str


@dataclass(frozen=True)
class ReasonSaid:
    """A reason that can be given, its line of help, and the code and label of the guideline that it often fails by."""

    code: str
    label: str
    help: str
    fails_by: str = ""
    fails_by_label: str = ""


@dataclass(frozen=True)
class CategoryReasons:
    """The reasons that only some categories have, by the name of one."""

    name: str
    reasons: tuple[ReasonSaid, ...]


@dataclass(frozen=True)
class ProgramGuidelines:
    """The guidelines of one program, those that make a charge billable first; its reasons; whom one asks further."""

    key: str
    name: str
    guidelines: tuple[Guideline, ...]
    reasons: tuple[ReasonSaid, ...] = ()
    categories: tuple[CategoryReasons, ...] = ()
    contact: ContactCard | None = None

    @property
    def billable(self) -> tuple[Guideline, ...]:
        """What makes a charge stand."""
        return tuple(one for one in self.guidelines if one.billable)

    @property
    def creditable(self) -> tuple[Guideline, ...]:
        """What can be credited."""
        return tuple(one for one in self.guidelines if not one.billable)


@dataclass(frozen=True)
class GuidelineSaid:
    """One guideline with the reasons that often fail by it, and whom one asks further."""

    key: str
    name: str
    guideline: Guideline
    reasons: tuple[ReasonSaid, ...]
    contact: ContactCard | None


def guidelines_of(principal: Principal) -> tuple[ProgramGuidelines, ...]:
    """The guidelines of the programs that somebody has to do with, by program; those without any are left out."""
    programs = list(programs_met(principal).order_by("name", "pk"))
    known: dict[int, list[Guideline]] = defaultdict(list)
    for row in Finding.objects.filter(program__in=programs, is_active=True).order_by("-billable", "label", "pk"):
        known[row.program_id].append(_guideline(row))
    offered: dict[int, list[Reason]] = defaultdict(list)
    for reason in reasons_on_offer(clock.now(), program__in=programs):
        offered[reason.program_id].append(reason)
    named = _categories([reason.pk for rows in offered.values() for reason in rows])
    contacts = _contacts(principal, programs)
    return tuple(
        ProgramGuidelines(
            program.key,
            program.name,
            tuple(known[program.pk]),
            tuple(_reason(one) for one in offered[program.pk] if one.pk not in named),
            _by_category(offered[program.pk], named),
            contacts.get(program.pk),
        )
        for program in programs
        if known[program.pk]
    )


def valid_by(program_id: int) -> tuple[Guideline, ...]:
    """The guidelines by which a charge of a program stands; those without words are left out. The caller scoped it."""
    rows = Finding.objects.filter(program=program_id, billable=True, is_active=True).exclude(guideline="")
    return tuple(map(_guideline, rows.order_by("label", "pk")))


def guideline_of(principal: Principal, program_key: str, code: str) -> GuidelineSaid:
    """One guideline of a program that somebody has to do with. Raises NotFound."""
    program = programs_met(principal).filter(key=program_key).first()
    row = Finding.objects.filter(program=program, code=code).first() if program else None
    if program is None or row is None:
        raise NotFound()
    reasons = [one for one in reasons_on_offer(clock.now(), program=program) if one.default_finding_id == row.pk]
    contact = _contacts(principal, [program]).get(program.pk)
    return GuidelineSaid(program.key, program.name, _guideline(row), tuple(map(_reason, reasons)), contact)


def _guideline(row: Finding) -> Guideline:
    return Guideline(row.code, row.label, row.billable, row.guideline)


def _reason(reason: Reason) -> ReasonSaid:
    finding = reason.default_finding
    named = finding if finding is not None and finding.billable and finding.guideline else None
    return ReasonSaid(reason.code, reason.label, reason.help, named.code if named else "", named.label if named else "")


def _categories(reason_ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """The names of the categories of reasons that belong to some, by reason."""
    found: dict[int, list[str]] = defaultdict(list)
    tied = Reason.objects.filter(pk__in=reason_ids, categories__isnull=False)
    for pk, name in tied.order_by("categories__name").values_list("pk", "categories__name"):
        found[pk].append(str(name))
    return {pk: tuple(names) for pk, names in found.items()}


def _by_category(reasons: Iterable[Reason], named: Mapping[int, tuple[str, ...]]) -> tuple[CategoryReasons, ...]:
    found: dict[str, list[ReasonSaid]] = defaultdict(list)
    for reason in reasons:
        for name in named.get(reason.pk, ()):
            found[name].append(_reason(reason))
    return tuple(CategoryReasons(name, tuple(found[name])) for name in sorted(found))


def _contacts(principal: Principal, programs: Sequence[Program]) -> Mapping[int, ContactCard]:
    """Whom somebody asks, by program: for a customer the one that is nearest to it."""
    if principal.customer_id is None:
        return contacts_of_programs([program.pk for program in programs])
    found = {program.pk: contact_for(principal.customer_id, program.pk) for program in programs}
    return {pk: card for pk, card in found.items() if card is not None}
