"""Attaches files to disputes and drafts as evidence, and takes them away again, until a decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import FilesItem, SubmitItem
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.locks import locked_disputes
from makegood.disputes.models import Dispute, DisputeFile, GuidedDispute, Reason
from makegood.disputes.policy import Phase, Severity
from makegood.disputes.policy.guided import GuidedState
from makegood.disputes.selectors.exhibits import (
    ATTACHABLE,
    Exhibit,
    attached,
    beyond,
    disputes_showing,
    exhibit,
    exhibits_of,
    unattached,
)
from makegood.disputes.selectors.offer import check_shown
from makegood.disputes.selectors.policies import policy_of_version
from makegood.disputes.selectors.refusals import told_stage, wrong_stage
from makegood.disputes.selectors.verdicts import judged
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Origin, Stage
from makegood.evidence.locks import files_for_deletion, files_for_share
from makegood.evidence.models import File
from makegood.evidence.operations.keep_file import delete_files, keep_file
from makegood.evidence.policy.files import Limits
from makegood.evidence.selectors.files import own_files
from makegood.evidence.states import ScanState
from makegood.journal.operations import Change, record_all
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.locks import hold_actor
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

ADDED, REMOVED = "evidence_added", "evidence_removed"
KEPT_FOR, GUIDED_FOR = timedelta(days=1), timedelta(days=30)
"""How long a file that belongs to no dispute is kept."""

Apply = Callable[[Dispute, FilesItem], list[Exhibit]]


@transaction.atomic
def attach_files(principal: Principal, *, items: Sequence[FilesItem]) -> list[Answer]:
    """Let disputes show files that the principal uploaded; one that is shown already stays. Many may show one file.

    Answers carry ``number`` and ``version``. Refusals per item: NOT_FOUND, WRONG_STAGE, DECISION_PENDING,
    ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH, EVIDENCE_UNKNOWN, EVIDENCE_TOO_MANY, EVIDENCE_TYPE_NOT_ALLOWED,
    EVIDENCE_TOO_LARGE. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CREATE)
    disputes = locked_disputes((item.dispute_id for item in items), among=disputes_visible_to(principal))
    named = {name for item in items for name in item.file_ids}
    own = own_files(principal).filter(public_id__in=named).exclude(scan=ScanState.INFECTED)
    known = {file.public_id: file for file in files_for_share(own)}

    def apply(dispute: Dispute, item: FilesItem) -> list[Exhibit]:
        there = exhibits_of(dispute.pk)
        shown = {one.public_id for one in there}
        fresh = [name for name in dict.fromkeys(item.file_ids) if name not in shown]
        if any(name not in known for name in fresh):
            raise errors.FileUnknown()
        added = [exhibit(known[name], is_new=True) for name in fresh]
        refusal = beyond([*there, *added], Limits.of(dispute.program.settings))
        if refusal is not None:
            raise refusal
        link(principal, {dispute.pk: added})
        return added

    return _run(principal, items, disputes, ADDED, apply)


@transaction.atomic
def remove_files(principal: Principal, *, items: Sequence[FilesItem]) -> list[Answer]:
    """Let disputes show files no longer; a file that no dispute shows any more is forgotten with its bytes.

    What the rules asked for when the dispute was filed has to stay. Answers carry ``number`` and ``version``. Refusals
    per item: NOT_FOUND, WRONG_STAGE, DECISION_PENDING, ALREADY_DECIDED, DISPUTE_CLOSED, VERSION_MISMATCH,
    EVIDENCE_REQUIRED. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CREATE)
    disputes = locked_disputes((item.dispute_id for item in items), among=disputes_visible_to(principal))
    gone: set[int] = set()

    def apply(dispute: Dispute, item: FilesItem) -> list[Exhibit]:
        files = attached(dispute.pk)
        going = [file for file in files if file.public_id in item.file_ids]
        if len(going) < len(set(item.file_ids)):
            raise NotFound()
        _check_rule(dispute, [exhibit(file) for file in files if file not in going])
        DisputeFile.objects.filter(dispute=dispute, file__in=going).delete()
        gone.update(file.pk for file in going)
        return [exhibit(file) for file in going]

    answers = _run(principal, items, disputes, REMOVED, apply)
    _forget(gone)
    return answers


@transaction.atomic
def discard_file(principal: Principal, file: File) -> Answer:
    """Take a file in sight away from every visible dispute that shows it, or forget one's own that none shows.

    All or nothing: the answer is the first refusal of ``remove_files``, or says that it is gone. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CREATE)
    shown = disputes_showing(principal, file)
    if not shown:
        _forget({file.pk})
    for answer in remove_files(principal, items=[FilesItem(dispute.pk, (file.public_id,)) for dispute in shown]):
        if not answer.ok:
            transaction.set_rollback(True)
            return answer
    return Answer(0, ok=True, id=file.pk)


def link(principal: Principal, files: Mapping[int, Sequence[Exhibit]]) -> None:
    """Let disputes, by id, show new files. Insists on locked files."""
    now = clock.now()
    DisputeFile.objects.bulk_create(
        DisputeFile(dispute_id=pk, file_id=one.id, attached_at=now, attached_by_id=principal.id)
        for pk, exhibits in files.items()
        for one in exhibits
    )


def change_of(dispute: Dispute, event: str, files: Sequence[Exhibit]) -> Change:
    """What the journal keeps of files that came or went; ``dispute`` with its charge."""
    told = [
        {"id": one.public_id, "name": one.name, "mime": one.mime, "bytes": one.bytes, "sha256": one.sha256}
        for one in files
    ]
    about: dict[str, Any] = {"number": dispute.number, "label": str(dispute)}
    if dispute.stage == Stage.DRAFT:
        about["draft"] = True
    return Change(
        verb="attach" if event == ADDED else "detach",
        event=f"dispute.{event}",
        object_kind="dispute",
        object_id=dispute.pk,
        program_id=dispute.program_id,
        customer_id=dispute.customer_id,
        vendor_id=dispute.charge.vendor_id,
        changes={**about, "charge_id": dispute.charge_id, "files": told},
    )


def hand_in_file(principal: Principal, *, content: bytes, name: str, limits: Limits) -> File:
    """Keep a file that no dispute shows yet, as ``keep_file`` does, as far as one's day allows.

    Raises NotPermitted, TooManyWaiting, and what ``keep_file`` raises.
    """
    demand(principal, Verb.DISPUTE_CREATE)
    with transaction.atomic():
        hold_actor(principal)
        most = settings.LOOSE_FILES_PER_DAY
        if unattached(principal).filter(uploaded_at__gt=clock.now() - KEPT_FOR).count() >= most:
            raise errors.TooManyWaiting(most=most)
        return keep_file(principal, content=content, name=name, limits=limits)


def forget_unattached(limit: int) -> int:
    """Forget files that were handed in over a day ago and belong to no dispute, at most ``limit``; says how many.

    Those of a guided dispute that somebody still works on are kept with it.
    """
    old = File.objects.filter(deleted_at__isnull=True, uploaded_at__lt=clock.now() - KEPT_FOR)
    guided = GuidedDispute.objects.filter(state=GuidedState.OPEN, modified_at__gt=clock.now() - GUIDED_FOR)
    waiting = {name for files in guided.values_list("said__files", flat=True) for name in files or ()}
    loose = old.exclude(pk__in=DisputeFile.objects.values("file")).exclude(public_id__in=waiting)
    loose = loose.order_by("uploaded_at")
    with transaction.atomic():
        return _forget(set(loose.values_list("pk", flat=True)[:limit]), skip_locked=True)


def _forget(ids: set[int], *, skip_locked: bool = False) -> int:
    """Delete those of some files that no dispute shows. The look at the links comes after the lock, or it is stale."""
    if not ids:
        return 0
    files = files_for_deletion(ids, skip_locked=skip_locked)
    shown = set(DisputeFile.objects.filter(file__in=files).values_list("file_id", flat=True))
    loose = [file for file in files if file.pk not in shown]
    delete_files(loose)
    return len(loose)


def _run(
    principal: Principal, items: Sequence[FilesItem], disputes: Mapping[int, Dispute], event: str, apply: Apply
) -> list[Answer]:
    answers: list[Answer] = []
    changes: list[Change] = []
    for ordinal, item in enumerate(items):
        try:
            dispute = _open(principal, disputes.get(item.dispute_id), item)
            files = apply(dispute, item)
        except Refusal as refusal:
            answers.append(Answer.refused(ordinal, refusal, id=item.dispute_id))
            continue
        if files:
            _touch(principal, dispute)
            changes.append(change_of(dispute, event, files))
        data = {"number": str(dispute), "version": dispute.lock_version}
        answers.append(Answer(ordinal, ok=True, id=dispute.pk, data=data))
    record_all(principal, changes)
    return answers


def _open(principal: Principal, dispute: Dispute | None, item: FilesItem) -> Dispute:
    """The dispute, if its files may change. Raises the refusal that says why not."""
    if dispute is None:
        raise NotFound()
    if Stage(dispute.stage) not in ATTACHABLE:
        raise wrong_stage(str(dispute), told_stage(principal, dispute.stage), Step.EDIT)
    if item.version is not None and item.version != dispute.lock_version:
        raise errors.VersionMismatch(number=str(dispute))
    return dispute


def _touch(principal: Principal, dispute: Dispute) -> None:
    dispute.lock_version += 1
    dispute.modified_at, dispute.modified_by_id = clock.now(), principal.id
    dispute.save(update_fields=["lock_version", "modified_at", "modified_by"])


def _check_rule(dispute: Dispute, rest: Sequence[Exhibit]) -> None:
    """Raise the refusal of the reason, or of the rule that asked for files when the dispute was filed, if too few would
    be left.
    """
    if dispute.stage == Stage.DRAFT or dispute.policy_version_id is None:
        return
    reason = Reason.objects.filter(pk=dispute.reason_id or 0).first()
    check_shown(reason, len(rest))
    claim = SubmitItem(dispute.charge_id, reason.code if reason else "", dispute.description, dispute.amount_micros)
    policy = policy_of_version(dispute.policy_version_id)
    said = judged(policy, [claim], frozenset({Phase.EVIDENCE}), Origin(dispute.origin), attached={claim: tuple(rest)})
    stops = {Severity.BLOCK.value} | ({Severity.OVERRIDE.value} if not dispute.override_cause else set())
    for result in said[dispute.charge_id].rules:
        if not result.passed and result.severity in stops:
            raise errors.BlockedByRule(
                result.code, result.message, would_pass_if=result.would_pass_if, policy=policy.label
            )
