"""Publishes versions of a program's policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
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

    Errors: POLICY_NOT_READABLE when a rule cannot be read, or when the version would start before the last one.
    Raises NotPermitted.
    """
    demand(principal, Verb.POLICY_EDIT)
    start = effective_from or clock.now()
    try:
        compiled = compile_policy(parse_rules(rules), moment(program.pk))
    except RuleError as error:
        raise errors.PolicyNotReadable(cause=error) from error
    policy = Policy.objects.select_for_update().get(program=program)
    last = _end_last(policy, start)
    version = PolicyVersion.objects.create(
        policy=policy,
        number=last + 1,
        effective=TimestamptzRange(start, None),
        rules=[dict(rule) for rule in rules],
        compiled_hash=compiled.hash,
        published_at=clock.now(),
        author_id=principal.id,
        note=note,
    )
    record(
        principal,
        verb="publish",
        event="policy.published",
        object_kind="policy_version",
        object_id=version.pk,
        program_id=program.pk,
        changes={"number": version.number, "note": note},
    )
    return version


def _end_last(policy: Policy, start: datetime) -> int:
    """Let the last version end at ``start``; its number, 0 when there is none. Raises PolicyNotReadable."""
    last = policy.versions.filter(published_at__isnull=False).order_by("-number").first()
    if last is None:
        return 0
    if last.effective is not None:
        if last.effective.lower is not None and last.effective.lower >= start:
            raise errors.PolicyNotReadable(cause="it would start before the version in force")
        last.effective = TimestamptzRange(last.effective.lower, start)
        last.save(update_fields=["effective"])
    return last.number
