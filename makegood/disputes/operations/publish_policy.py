"""Publishes versions of a program's policy: now, or from an instant on that lies ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from psycopg.types.range import TimestamptzRange

from makegood.disputes import errors
from makegood.disputes.models import Policy, PolicyVersion
from makegood.disputes.policy import RuleError, compile_policy, parse_rules
from makegood.disputes.policy.contradictions import faults_of
from makegood.disputes.policy.stamps import stamp_of
from makegood.disputes.selectors.policies import moment
from makegood.disputes.selectors.policy_codes import codes_of
from makegood.journal.operations import record
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@transaction.atomic
def publish_policy(
    principal: Principal,
    *,
    program: Program,
    rules: Sequence[Mapping[str, Any]],
    note: str = "",
    effective_from: datetime | None = None,
) -> PolicyVersion:
    """Publish a new version from ``effective_from`` (default: now; it may lie ahead); the one before ends there.

    Where a later version is scheduled, this one is in force until then. Errors: POLICY_NOT_READABLE when a rule cannot
    be read, or when the version would not start after the one that began last; POLICY_CONTRADICTS. Raises NotPermitted.
    """
    demand(principal, Verb.POLICY_EDIT)
    policy = Policy.objects.select_for_update().get(program=program)
    version = PolicyVersion(policy=policy, number=last_number(policy) + 1)
    _publish(principal, version, program.pk, rules, note, effective_from or clock.now())
    return version


@transaction.atomic
def publish_policy_draft(
    principal: Principal,
    *,
    program: Program,
    number: int,
    effective_from: datetime | None = None,
    note: str | None = None,
    seen: str = "",
) -> PolicyVersion:
    """Publish the draft of that number as ``publish_policy`` publishes rules; it takes the next number if others came
    after it. ``note`` replaces its own; ``seen`` is the stamp of what was looked at.

    Errors: VERSION_UNKNOWN, VERSION_PUBLISHED, DRAFT_CHANGED, POLICY_NOT_READABLE, POLICY_CONTRADICTS.
    Raises NotPermitted.
    """
    demand(principal, Verb.POLICY_EDIT)
    policy = Policy.objects.select_for_update().get(program=program)
    version = draft_of(policy, number, seen)
    last = last_number(policy)
    version.number = version.number if version.number == last else last + 1
    said = version.note if note is None else note
    _publish(principal, version, program.pk, version.rules, said, effective_from or clock.now())
    return version


def _publish(
    principal: Principal,
    version: PolicyVersion,
    program_id: int,
    rules: Sequence[Mapping[str, Any]],
    note: str,
    start: datetime,
) -> None:
    fill(version, principal, program_id, rules, note)
    _check_sense(version)
    version.effective = _make_room(version.policy, start)
    version.published_at = clock.now()
    version.save()
    record_version(principal, version, program_id, "publish", "policy.published")


def fill(
    version: PolicyVersion, principal: Principal, program_id: int, rules: Sequence[Mapping[str, Any]], note: str
) -> None:
    """Put readable rules into a version. Raises PolicyNotReadable."""
    try:
        compiled = compile_policy(parse_rules(rules), moment(program_id))
    except RuleError as error:
        raise errors.PolicyNotReadable(cause=error) from error
    version.rules = [dict(rule) for rule in rules]
    version.compiled_hash = compiled.hash
    version.author_id = principal.id
    version.note = note


def draft_of(policy: Policy, number: int, seen: str = "") -> PolicyVersion:
    """The draft of a locked policy. Raises VersionUnknown, VersionPublished, DraftChanged."""
    found = policy.versions.filter(number=number).first()
    if found is None:
        raise errors.VersionUnknown(number=number)
    if found.published_at is not None:
        raise errors.VersionPublished(number=number)
    if seen and seen != stamp_of(found.rules, found.note):
        raise errors.DraftChanged(who=found.author or "The system", number=number)
    return found


def last_number(policy: Policy) -> int:
    """The number of a policy's last version."""
    last: int | None = policy.versions.aggregate(last=Max("number"))["last"]
    return last or 0


def _check_sense(version: PolicyVersion) -> None:
    """Raises PolicyContradicts for rules that can be read and still cannot be meant."""
    known = codes_of(version.policy.program).known
    fault = next((fault for fault in faults_of(version.rules, known) if fault.stops), None)
    if fault is not None:
        raise errors.PolicyContradicts(place=fault.place + 1, cause=fault.sentence)


def _make_room(policy: Policy, start: datetime) -> TimestamptzRange:
    """When a version that starts at ``start`` is in force; the one it follows ends there.

    Raises PolicyNotReadable when a version began at that instant or later, and when one is scheduled for it.
    """
    now = clock.now()
    published = [one for one in policy.versions.filter(published_at__isnull=False) if not one.effective.isempty]
    begins = {one.effective.lower: one for one in published}
    begun = max((at for at in begins if at is not None and at <= now), default=None)
    if begun is not None and start <= begun:
        cause = f"version {begins[begun].number} started on {_spoken(begun)}, and a new version has to start after it"
        raise errors.PolicyNotReadable(cause=cause)
    if start in begins:
        cause = f"version {begins[start].number} starts on {_spoken(start)}, and two cannot start at the same instant"
        raise errors.PolicyNotReadable(cause=cause)
    before = next((one for one in published if start in one.effective), None)
    if before is not None:
        end = before.effective.upper
        before.effective = TimestamptzRange(before.effective.lower, start)
        before.save(update_fields=["effective"])
    else:
        end = min((at for at in begins if at is not None and at > start), default=None)
    return TimestamptzRange(start, end)


def _spoken(at: datetime) -> str:
    return f"{at.astimezone(UTC):%-d %b %Y %H:%M:%S} UTC"


def record_version(principal: Principal, version: PolicyVersion, program_id: int, verb: str, event: str) -> None:
    """Journal a step of a version."""
    record(
        principal,
        verb=verb,
        event=event,
        object_kind="policy_version",
        object_id=version.pk,
        program_id=program_id,
        changes={"number": version.number, "note": version.note},
    )
