"""What templates of policies are told: rules as lines with their sentences, faults and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from makegood.disputes.eligibility import CHARGE_PHASES
from makegood.disputes.policy import RULE_TYPES
from makegood.disputes.policy.contradictions import Fault, faults_of
from makegood.disputes.policy.parameters import TITLES
from makegood.disputes.policy.sentences import sentence_of_data
from makegood.disputes.selectors.policy_codes import Codes, codes_of
from makegood.disputes.selectors.policy_reach import Reach
from makegood.disputes.selectors.policy_trials import VersionRow, policy_program, version_rows
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.states import Verb

WHO_GRANTS = "An administrator can grant the permission to edit policies."


@dataclass(frozen=True)
class Line:
    """One rule as it stands in a list; ``count`` says of how many charges it speaks today (None: not looked at)."""

    place: int
    type: str
    title: str
    sentence: str
    severity: str
    is_default: bool
    faults: tuple[Fault, ...]
    count: int | None = None

    is_counted: bool = True
    is_hint: bool = False

    @property
    def number(self) -> int:
        """Its place as people count."""
        return self.place + 1

    @property
    def lead(self) -> str:
        """What the rule does: the beginning of its sentence."""
        head, found, _ = self.sentence.partition(" when ")
        return head if found else ""

    @property
    def rest(self) -> str:
        """The sentence after its beginning."""
        return self.sentence[len(self.lead) :].strip()

    @property
    def verb(self) -> str:
        """What the count is a count of."""
        return "finds" if self.is_hint else "stops" if self.severity in {"block", "override"} else "warns of"

    @property
    def count_text(self) -> str:
        """Of how many charges it speaks."""
        return f"{self.count or 0:,}"

    @property
    def later(self) -> str:
        """Why nothing is counted of it."""
        return "" if self.is_counted else "Asked when a dispute is filed, so today's charges say nothing of it."


def seen_program(principal: Principal, key: str) -> Program:
    """The program of an address, for who may view policies. Raises NotPermitted, NotFound."""
    return policy_program(principal, key, Verb.POLICY_VIEW)


def seen_version(program: Program, number: int) -> VersionRow:
    """A version of a program by its number. Raises NotFound."""
    found = next((row for row in version_rows(program) if row.number == number), None)
    if found is None:
        raise NotFound()
    return found


def lines_of(rules: Sequence[Mapping[str, Any]], codes: Codes, reach: Reach | None = None) -> list[Line]:
    """The rules of a version as lines."""
    naming, known = codes.naming, codes.known
    wrong: dict[int, list[Fault]] = {}
    for fault in faults_of(rules, known):
        wrong.setdefault(fault.place, []).append(fault)
    return [
        Line(
            place,
            str(rule.get("type", "")),
            TITLES.get(str(rule.get("type")), str(rule.get("type"))),
            sentence_of_data(rule, naming),
            str(rule.get("severity", "")),
            rule.get("basis") == "default",
            tuple(wrong.get(place, ())),
            None if reach is None else reach.speaks.get(place, 0),
            *_nature(rule),
        )
        for place, rule in enumerate(rules)
    ]


def _nature(rule: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether a rule is judged from the charge alone, and whether it is a hint."""
    kind = RULE_TYPES.get(str(rule.get("type")))
    return kind is not None and kind.phase in CHARGE_PHASES, kind is not None and kind.is_hint


def version_context(principal: Principal, program: Program, row: VersionRow) -> dict[str, Any]:
    """What every page of one version is told."""
    return {
        "program": program,
        "row": row,
        "lines": lines_of(row.rules, codes_of(program)),
        "can_edit": principal.can(Verb.POLICY_EDIT),
        "who_grants": WHO_GRANTS,
    }
