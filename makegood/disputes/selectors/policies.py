"""Which policy version is in force, and the moment it is judged at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from makegood.disputes.errors import PolicyMissing
from makegood.disputes.models import PolicyVersion
from makegood.disputes.policy import Rule, parse_rules
from makegood.disputes.policy.base import Moment
from makegood.kernel import clock
from makegood.parties.models import Program
from makegood.parties.selectors import zone_names


@dataclass(frozen=True)
class PolicyInForce:
    """A published version, parsed."""

    id: int
    label: str
    rules: tuple[Rule, ...]


@lru_cache(maxsize=256)
def _parsed(version_id: int, label: str) -> PolicyInForce:
    # A published version never changes, so what was parsed once stays true.
    version = PolicyVersion.objects.get(pk=version_id)
    return PolicyInForce(version_id, label, parse_rules(version.rules))


def forget_parsed() -> None:
    """Drop parsed policies (a test database starts its numbers over)."""
    _parsed.cache_clear()


def policy_in_force(program_id: int, at: datetime) -> PolicyInForce | PolicyMissing:
    """The version of a program's policy that is effective at ``at``, or the error that says there is none."""
    found = (
        PolicyVersion.objects.filter(policy__program_id=program_id, published_at__isnull=False, effective__contains=at)
        .values_list("pk", "policy__program__key", "number")
        .first()
    )
    if found is None:
        program = Program.objects.filter(pk=program_id).values_list("key", flat=True).first()
        return PolicyMissing(program=program or program_id)
    return _parsed(found[0], f"{found[1]}@{found[2]}")


def policy_of_version(version_id: int) -> PolicyInForce:
    """A version by its id, whether still in force or not."""
    version = PolicyVersion.objects.select_related("policy__program").get(pk=version_id)
    return PolicyInForce(version_id, f"{version.policy.program.key}@{version.number}", parse_rules(version.rules))


def moment() -> Moment:
    """Now, with the time zones in use."""
    return Moment(clock.now(), zone_names())


def has_program() -> bool:
    """Whether the installation has any program yet."""
    return Program.objects.exists()
