"""Keeps drafts of a policy, and takes back versions that have not begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from psycopg.types.range import TimestamptzRange

from makegood.disputes import errors
from makegood.disputes.models import Policy, PolicyVersion
from makegood.disputes.operations.publish_policy import draft_of, fill, last_number, record_version
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.selectors import demand
from makegood.parties.states import Verb


@transaction.atomic
def save_policy_draft(
    principal: Principal,
    *,
    program: Program,
    rules: Sequence[Mapping[str, Any]],
    note: str = "",
    number: int | None = None,
    seen: str = "",
) -> PolicyVersion:
    """Keep rules that are not in force: as a new draft, or in place of those of the draft ``number``.

    ``seen`` is the stamp of the draft that was looked at. Errors: POLICY_NOT_READABLE when a rule cannot be read,
    VERSION_UNKNOWN, VERSION_PUBLISHED, DRAFT_CHANGED. Raises NotPermitted.
    """
    demand(principal, Verb.POLICY_EDIT)
    policy = Policy.objects.select_for_update().get(program=program)
    version = PolicyVersion(policy=policy) if number is None else draft_of(policy, number, seen)
    if number is None:
        version.number = last_number(policy) + 1
    fill(version, principal, program.pk, rules, note)
    version.save()
    record_version(principal, version, program.pk, "save_draft", "policy.draft_saved")
    return version


@transaction.atomic
def begin_policy_draft(principal: Principal, *, program: Program, number: int) -> PolicyVersion:
    """A new draft with the rules of version ``number``, whatever became of it. Errors: VERSION_UNKNOWN.

    Raises NotPermitted.
    """
    demand(principal, Verb.POLICY_EDIT)
    policy = Policy.objects.select_for_update().get(program=program)
    source = policy.versions.filter(number=number).first()
    if source is None:
        raise errors.VersionUnknown(number=number)
    version = PolicyVersion(policy=policy, number=last_number(policy) + 1)
    fill(version, principal, program.pk, source.rules, "")
    version.save()
    record_version(principal, version, program.pk, "save_draft", "policy.draft_saved")
    return version


@transaction.atomic
def discard_policy_draft(principal: Principal, *, program: Program, number: int, seen: str = "") -> None:
    """Throw a draft away. Errors: VERSION_UNKNOWN, VERSION_PUBLISHED, DRAFT_CHANGED. Raises NotPermitted."""
    demand(principal, Verb.POLICY_EDIT)
    version = draft_of(Policy.objects.select_for_update().get(program=program), number, seen)
    record_version(principal, version, program.pk, "discard_draft", "policy.draft_discarded")
    version.delete()


@transaction.atomic
def withdraw_policy(principal: Principal, *, program: Program, number: int) -> PolicyVersion:
    """Take back a published version before it begins: it never is in force, and the one before it goes on.

    It stays in the history. Errors: VERSION_UNKNOWN, VERSION_NOT_SCHEDULED. Raises NotPermitted.
    """
    demand(principal, Verb.POLICY_EDIT)
    policy = Policy.objects.select_for_update().get(program=program)
    version = policy.versions.filter(number=number).first()
    if version is None:
        raise errors.VersionUnknown(number=number)
    waits = version.published_at is not None and not version.effective.isempty
    if not waits or version.effective.lower is None or version.effective.lower <= clock.now():
        raise errors.VersionNotScheduled(number=number)
    start, end = version.effective.lower, version.effective.upper
    version.effective = TimestamptzRange(empty=True)
    version.save(update_fields=["effective"])
    before = policy.versions.filter(published_at__isnull=False, effective__endswith=start).first()
    if before is not None:
        before.effective = TimestamptzRange(before.effective.lower, end)
        before.save(update_fields=["effective"])
    record_version(principal, version, program.pk, "withdraw", "policy.withdrawn")
    return version
