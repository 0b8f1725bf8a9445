"""Files as evidence of disputes: which a dispute shows, who sees a file, and what a claim brings along."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from makegood.disputes import errors
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute, DisputeFile
from makegood.disputes.selectors.refusals import told_stage
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED, Stage
from makegood.evidence.errors import files as file_errors
from makegood.evidence.models import File
from makegood.evidence.policy.files import Limits, widest
from makegood.evidence.selectors.files import FileView, file_view, kept_files, own_files
from makegood.evidence.states import ScanState
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.selectors import programs_visible_to
from makegood.parties.states import Verb

ATTACHABLE = UNDECIDED | {Stage.DRAFT}
"""Stages in which files come and go: until a decision."""


@dataclass(frozen=True)
class Exhibit:
    """A file that a claim brings along, as its rules read it; ``is_new`` says that no draft of it shows it yet."""

    id: int
    public_id: str
    name: str
    mime: str
    bytes: int
    sha256: str
    is_new: bool = False


def exhibit(file: File, *, is_new: bool = False) -> Exhibit:
    """What is told of a file where it matters for a claim."""
    return Exhibit(file.pk, file.public_id, file.name, file.mime, file.bytes, file.sha256, is_new)


def rules_read(exhibits: Sequence[Exhibit]) -> str:
    """Files as the rules of a policy read them: JSON of their types and sizes."""
    return json.dumps([{"mime": one.mime, "bytes": one.bytes} for one in exhibits])


def files_of(principal: Principal, dispute_id: int) -> tuple[FileView, ...]:
    """The files that a dispute or a draft shows, in the order they came; none of one that is out of scope."""
    dispute = disputes_visible_to(principal).filter(pk=dispute_id).first()
    return () if dispute is None else files_shown(principal, dispute)


def files_shown(principal: Principal, dispute: Dispute) -> tuple[FileView, ...]:
    """The same of a dispute that came from a visible queryset."""
    changes = can_change(principal, dispute)
    return tuple(file_view(principal, file, can_remove=changes) for file in attached(dispute.pk))


def can_change(principal: Principal, dispute: Dispute) -> bool:
    """Whether the principal may add and remove files of a visible dispute now, as far as they may know."""
    return principal.can(Verb.DISPUTE_CREATE) and Stage(told_stage(principal, dispute.stage)) in ATTACHABLE


def attached(dispute_id: int) -> list[File]:
    """The files of a dispute, in the order they came. The caller has scoped it."""
    links = DisputeFile.objects.filter(dispute=dispute_id, file__deleted_at__isnull=True).order_by("pk")
    return [link.file for link in links.select_related("file__uploaded_by__role")]


def exhibits_of(dispute_id: int) -> tuple[Exhibit, ...]:
    """The files of a dispute as its rules read them. The caller has scoped it."""
    return tuple(exhibit(file) for file in attached(dispute_id) if file.scan != ScanState.INFECTED)


def files_of_draft(principal: Principal, charge_id: int) -> tuple[FileView, ...]:
    """The files of one's own draft on a charge."""
    drafts = disputes_visible_to(principal).filter(charge_id=charge_id, stage=Stage.DRAFT, created_by=principal.id)
    found = drafts.values_list("pk", flat=True).first()
    return () if found is None else files_of(principal, found)


def own_files_named(principal: Principal, public_ids: Sequence[str]) -> tuple[FileView, ...]:
    """Those of one's own files that belong to no dispute yet and are named, in that order; each can be removed."""
    found = {file.public_id: file for file in unattached(principal).filter(public_id__in=public_ids)}
    return tuple(file_view(principal, found[one], can_remove=True) for one in dict.fromkeys(public_ids) if one in found)


def own_files_waiting(principal: Principal) -> tuple[FileView, ...]:
    """One's own files that no dispute shows, the oldest first; each can be removed."""
    return tuple(file_view(principal, file, can_remove=True) for file in unattached(principal).order_by("pk"))


def unattached(principal: Principal) -> QuerySet[File]:
    """One's own files that no dispute shows."""
    return own_files(principal).exclude(pk__in=DisputeFile.objects.values("file"))


def file_in_sight(principal: Principal, public_id: str) -> File:
    """A file of a visible dispute, or one's own that belongs to none yet. Raises NotFound."""
    file = kept_files().filter(public_id=public_id).first()
    if file is None:
        raise NotFound()
    links = DisputeFile.objects.filter(file=file)
    if links.filter(dispute__in=disputes_visible_to(principal)).exists():
        return file
    if principal.can(Verb.DISPUTE_CREATE) and not links.exists() and own_files(principal).filter(pk=file.pk).exists():
        return file
    raise NotFound()


def disputes_showing(principal: Principal, file: File) -> tuple[Dispute, ...]:
    """The visible disputes that show a file, the oldest first."""
    return tuple(disputes_visible_to(principal).filter(files__file=file).order_by("pk"))


def view_of(principal: Principal, file: File) -> FileView:
    """A file in sight as the principal may know it."""
    shown = disputes_showing(principal, file)
    return file_view(principal, file, can_remove=all(can_change(principal, dispute) for dispute in shown))


def limits_of(program_id: int) -> Limits:
    """What a program takes as evidence."""
    return Limits.of(Program.objects.values_list("settings", flat=True).get(pk=program_id))


def limits_of_dispute(dispute_id: int) -> Limits:
    """What the program of a dispute takes as evidence. The caller has scoped it."""
    return Limits.of(Dispute.objects.values_list("program__settings", flat=True).get(pk=dispute_id))


def limits_for(principal: Principal) -> Limits:
    """What at least one program in sight takes, for a file whose claim is not known yet."""
    return widest(
        [Limits.of(settings) for settings in programs_visible_to(principal).values_list("settings", flat=True)]
    )


def not_taken(file: Exhibit, limits: Limits) -> Refusal | None:
    """Why a program does not take a file that was taken before its claim was known; None when it does."""
    if not limits.takes(file.mime):
        return file_errors.TypeNotTaken(name=file.name, kinds=limits.kinds)
    if file.bytes > limits.max_bytes:
        return file_errors.FileTooLarge(name=file.name, limit=limits.size)
    return None


def brings_files(items: Iterable[SubmitItem]) -> bool:
    """Whether any of the claims may have files."""
    return any(item.file_ids or item.draft_id is not None for item in items)


def brought(principal: Principal, items: Sequence[SubmitItem]) -> list[tuple[Exhibit, ...] | Refusal]:
    """What each claim brings along: the files of its author's draft, and those it names; or why it cannot.

    Errors: EVIDENCE_UNKNOWN.
    """
    if not brings_files(items):
        return [()] * len(items)
    named = {name for item in items for name in item.file_ids}
    known = {file.public_id: file for file in own_files(principal).filter(public_id__in=named)} if named else {}
    drafts = _of_drafts(principal, {item.draft_id for item in items if item.draft_id is not None})
    return [_brought(item, drafts.get(item.draft_id or 0, ()), known) for item in items]


def _of_drafts(principal: Principal, ids: set[int]) -> dict[int, tuple[Exhibit, ...]]:
    """The files of one's own drafts among ``ids``."""
    links = DisputeFile.objects.filter(
        dispute__in=ids, dispute__stage=Stage.DRAFT, dispute__created_by=principal.id, file__deleted_at__isnull=True
    )
    found: dict[int, tuple[Exhibit, ...]] = {}
    if not ids:
        return found
    for link in links.exclude(file__scan=ScanState.INFECTED).order_by("pk").select_related("file"):
        found[link.dispute_id] = (*found.get(link.dispute_id, ()), exhibit(link.file))
    return found


def _brought(item: SubmitItem, drafted: tuple[Exhibit, ...], known: dict[str, File]) -> tuple[Exhibit, ...] | Refusal:
    there = {one.public_id for one in drafted}
    fresh = [name for name in dict.fromkeys(item.file_ids) if name not in there]
    if any(name not in known or known[name].scan == ScanState.INFECTED for name in fresh):
        return errors.FileUnknown()
    return (*drafted, *(exhibit(known[name], is_new=True) for name in fresh))


def beyond(exhibits: Sequence[Exhibit], limits: Limits) -> Refusal | None:
    """Why a program does not take these files together; None when it does.

    Errors: EVIDENCE_TOO_MANY, EVIDENCE_TYPE_NOT_ALLOWED, EVIDENCE_TOO_LARGE.
    """
    if len(exhibits) > limits.max_files:
        return errors.TooManyFiles(most=limits.max_files)
    return next((why for one in exhibits if one.is_new and (why := not_taken(one, limits))), None)
