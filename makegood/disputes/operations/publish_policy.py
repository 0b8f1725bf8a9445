"""Publishes versions of a program's policy, and keeps drafts of them."""

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
from makegood.disputes.selectors.policies import moment
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

    Errors: POLICY_NOT_READABLE when a rule cannot be read, or when the version would not start after the last one.
    Raises NotPermitted.
    """
    demand(principal, Verb.POLICY_EDIT)
    policy = Policy.objects.select_for_update().get(program=program)
    version = PolicyVersion(policy=policy, number=_last_number(policy) + 1)
    _publish(principal, version, program.pk, rules, note, effective_from or clock.now())
    return version


@transaction.atomic
def publish_policy_draft(
    principal: Principal, *, program: Program, number: int, effective_from: datetime | None = None
) -> PolicyVersion:
    """Publish the draft of that number as ``publish_policy`` publishes rules; it takes the next number if others came
    after it.

    Errors: VERSION_UNKNOWN, VERSION_PUBLISHED, POLICY_NOT_READABLE. Raises NotPermitted.
    """
    demand(principal, Verb.POLICY_EDIT)
    policy = Policy.objects.select_for_update().get(program=program)
    version = _draft(policy, number)
    last = _last_number(policy)
    version.number = version.number if version.number == last else last + 1
    _publish(principal, version, program.pk, version.rules, version.note, effective_from or clock.now())
    return version


@transaction.atomic
def save_policy_draft(
    principal: Principal,
    *,
    program: Program,
    rules: Sequence[Mapping[str, Any]],
    note: str = "",
    number: int | None = None,
) -> PolicyVersion:
    """Keep rules that are not in force: as a new draft, or in place of those of the draft ``number``.

    Errors: POLICY_NOT_READABLE when a rule cannot be read, VERSION_UNKNOWN, VERSION_PUBLISHED. Raises NotPermitted.
    """
    demand(principal, Verb.POLICY_EDIT)
    policy = Policy.objects.select_for_update().get(program=program)
    version = PolicyVersion(policy=policy) if number is None else _draft(policy, number)
    if number is None:
        version.number = _last_number(policy) + 1
    _fill(version, principal, program.pk, rules, note)
    version.save()
    _record(principal, version, program.pk, "save_draft", "policy.draft_saved")
    return version


@transaction.atomic
def discard_policy_draft(principal: Principal, *, program: Program, number: int) -> None:
    """Throw a draft away. Errors: VERSION_UNKNOWN, VERSION_PUBLISHED. Raises NotPermitted."""
    demand(principal, Verb.POLICY_EDIT)
    version = _draft(Policy.objects.select_for_update().get(program=program), number)
    _record(principal, version, program.pk, "discard_draft", "policy.draft_discarded")
    version.delete()


def _publish(
    principal: Principal,
    version: PolicyVersion,
    program_id: int,
    rules: Sequence[Mapping[str, Any]],
    note: str,
    start: datetime,
) -> None:
    _fill(version, principal, program_id, rules, note)
    _end_last(version.policy, start)
    version.effective = TimestamptzRange(start, None)
    version.published_at = clock.now()
    version.save()
    _record(principal, version, program_id, "publish", "policy.published")


def _fill(
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


def _draft(policy: Policy, number: int) -> PolicyVersion:
    found = policy.versions.filter(number=number).first()
    if found is None:
        raise errors.VersionUnknown(number=number)
    if found.published_at is not None:
        raise errors.VersionPublished(number=number)
    return found


def _last_number(policy: Policy) -> int:
    last: int | None = policy.versions.aggregate(last=Max("number"))["last"]
    return last or 0


def _end_last(policy: Policy, start: datetime) -> None:
    """Let the last published version end at ``start``. Raises PolicyNotReadable when it does not start before."""
    last = policy.versions.filter(published_at__isnull=False).order_by("-number").first()
    if last is None or last.effective is None:
        return
    since = last.effective.lower
    if since is not None and since >= start:
        word = "starts" if since > clock.now() else "started"
        when = f"{since.astimezone(UTC):%-d %b %Y %H:%M:%S} UTC"
        cause = f"version {last.number} {word} on {when}, and a new version has to start after it"
        raise errors.PolicyNotReadable(cause=cause)
    last.effective = TimestamptzRange(since, start)
    last.save(update_fields=["effective"])


def _record(principal: Principal, version: PolicyVersion, program_id: int, verb: str, event: str) -> None:
    record(
        principal,
        verb=verb,
        event=event,
        object_kind="policy_version",
        object_id=version.pk,
        program_id=program_id,
        changes={"number": version.number, "note": version.note},
    )
