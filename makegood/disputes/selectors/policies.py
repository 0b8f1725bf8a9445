"""Which policy version is in force, and the moment it is judged at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from django.db import connection

from makegood.disputes.errors import PolicyMissing, PolicyNotReadable, VersionUnknown
from makegood.disputes.models import PolicyVersion
from makegood.disputes.policy import Compiled, Kept, Phase, Rule, RuleError, compile_policy, keep_policy, parse_rules
from makegood.disputes.policy.base import Moment, OpenDays
from makegood.disputes.selectors.calendars import calendars
from makegood.kernel import clock, sql
from makegood.kernel.prepared import fetch
from makegood.parties.models import Program
from makegood.parties.selectors import zone_names

Made = TypeVar("Made")


@dataclass(frozen=True)
class PolicyInForce:
    """A policy, parsed; ``id`` is 0 for one that is not published. ``zone`` is the program's own."""

    id: int
    label: str
    rules: tuple[Rule, ...]
    program_id: int
    zone: str = "UTC"
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, make: Callable[[tuple[Rule, ...]], Made]) -> Made:
        """What ``make`` gives for the rules, which never change; it is asked once."""
        if make not in self._kept:
            self._kept[make] = make(self.rules)
        made: Made = self._kept[make]
        return made

    def compiled(
        self, at: Moment, phases: frozenset[Phase] | None = None, places: frozenset[int] | None = None
    ) -> Compiled:
        """Its rules compiled, as ``compile_policy`` does; what does not follow the moment is made once."""
        kept: Kept | None = self._kept.get((phases, places))
        if kept is None:
            kept = self._kept[phases, places] = keep_policy(self.rules, at, phases, places)
        return kept.at(at)


@lru_cache(maxsize=256)
def _parsed(version_id: int, label: str, zone: str) -> PolicyInForce:
    # A published version never changes, so what was parsed once stays true.
    version = PolicyVersion.objects.select_related("policy").get(pk=version_id)
    return PolicyInForce(version_id, label, parse_rules(version.rules), version.policy.program_id, zone)


def forget_parsed() -> None:
    """Drop parsed policies (a test database starts its numbers over)."""
    _parsed.cache_clear()


def policy_in_force(program_id: int, at: datetime) -> PolicyInForce | PolicyMissing:
    """The version of a program's policy that is effective at ``at``, or the error that says there is none."""
    with connection.cursor() as cursor:
        cursor.execute(sql.load("disputes.policy_in_force"), {"program_id": program_id, "at": at})
        found = cursor.fetchone()
    if found is None:
        program = Program.objects.filter(pk=program_id).values_list("key", flat=True).first()
        return PolicyMissing(program=program or program_id)
    return effective(*found)


def policies_of_charges(charge_ids: Sequence[int], at: datetime) -> list[tuple[PolicyInForce, list[int]]]:
    """The charges by the policy version that is effective for them at ``at``; charges without one are left out."""
    rows = fetch(sql.load("disputes.policies_of_charges"), {"charge_ids": list(charge_ids), "at": at})
    return [(effective(*version), ids) for ids, _, *version in rows]


def effective(version_id: int, key: str, number: int, zone: str | None) -> PolicyInForce:
    """A published version by its id and number, of the program with this key and zone (None: UTC)."""
    return _parsed(version_id, f"{key}@{number}", zone or "UTC")


def versions_of(program_id: int) -> list[PolicyVersion]:
    """The published versions of a program's policy, the first first."""
    found = PolicyVersion.objects.filter(policy__program_id=program_id, published_at__isnull=False)
    return list(found.select_related("author").order_by("number"))


def policy_of_version(version_id: int) -> PolicyInForce:
    """A version by its id, whether still in force or not."""
    ((key, number, zone),) = fetch(sql.load("disputes.policy_of_version"), {"id": version_id})
    return effective(version_id, key, number, zone)


class _Calendars(Mapping[str, OpenDays]):
    """The calendars by key, read when a rule asks for one."""

    def __getitem__(self, key: str) -> OpenDays:
        days = calendars()[key][1]
        return OpenDays(frozenset(days.weekdays), frozenset(days.holidays))

    def __iter__(self) -> Iterator[str]:
        return iter(calendars())

    def __len__(self) -> int:
        return len(calendars())


def policy_of_rules(program_id: int, label: str, rules: Sequence[Mapping[str, Any]]) -> PolicyInForce:
    """A policy that is not published. Raises PolicyNotReadable."""
    try:
        parsed = parse_rules(rules)
        compile_policy(parsed, moment(program_id))
    except RuleError as error:
        raise PolicyNotReadable(cause=error) from error
    zone = Program.objects.filter(pk=program_id).values_list("zone__name", flat=True).first()
    return PolicyInForce(0, label, parsed, program_id, zone or "UTC")


def policy_numbered(program_id: int, number: int) -> PolicyInForce:
    """A published version by its number. Raises VersionUnknown."""
    found = PolicyVersion.objects.filter(
        policy__program_id=program_id, published_at__isnull=False, number=number
    ).first()
    if found is None:
        raise VersionUnknown(number=number)
    return policy_of_version(found.pk)


class _Zones(Mapping[int, str]):
    """The time zones in use by id, read when a rule asks for them."""

    @cached_property
    def _names(self) -> dict[int, str]:
        return zone_names()

    def __getitem__(self, key: int) -> str:
        return self._names[key]

    def __iter__(self) -> Iterator[int]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def moment(program_id: int, user_id: int | None = None) -> Moment:
    """Now, with the time zones in use, the program's own and the calendars; ``user_id`` is who files."""
    zone = Program.objects.filter(pk=program_id).values_list("zone__name", flat=True).first()
    return _moment(zone or "UTC", user_id)


def moment_for(policy: PolicyInForce, user_id: int | None = None) -> Moment:
    """The same for a policy that was just looked up."""
    return _moment(policy.zone, user_id)


def _moment(zone: str, user_id: int | None) -> Moment:
    return Moment(clock.now(), _Zones(), program_zone=zone, calendars=_Calendars(), user_id=user_id)


def has_program() -> bool:
    """Whether the installation has any program yet."""
    return Program.objects.exists()
