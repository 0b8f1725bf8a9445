"""The files of claims that are being filed: found, locked, counted, handed to the statement, told to the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from makegood.disputes.entries import SubmitItem
from makegood.disputes.locks import locked_disputes
from makegood.disputes.models import Dispute
from makegood.disputes.operations.exhibits import ADDED, change_of
from makegood.disputes.selectors.exhibits import Exhibit, beyond, brought, limits_of, rules_read
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.evidence.locks import files_for_share
from makegood.evidence.selectors.files import own_files
from makegood.journal.operations import record_all
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal

_NO_FILES = "[]"


def brought_for_filing(
    principal: Principal, items: Sequence[SubmitItem], program_id: int
) -> list[tuple[Exhibit, ...] | Refusal]:
    """What each claim brings along, locked where it names files; or why the program does not take it.

    Insists on an open transaction. Errors: EVIDENCE_UNKNOWN, EVIDENCE_TOO_MANY, EVIDENCE_TYPE_NOT_ALLOWED,
    EVIDENCE_TOO_LARGE.
    """
    named = {name for item in items for name in item.file_ids}
    if named:
        # A draft is locked before its files are counted, as attaching locks it.
        drafts = {item.draft_id for item in items if item.draft_id is not None}
        if drafts:
            locked_disputes(drafts, among=disputes_visible_to(principal))
        files_for_share(own_files(principal).filter(public_id__in=named))
    found = brought(principal, items)
    limits = limits_of(program_id)
    return [one if isinstance(one, Refusal) else beyond(one, limits) or one for one in found]


def file_parameters(items: Sequence[SubmitItem], exhibits: Mapping[SubmitItem, Sequence[Exhibit]]) -> dict[str, Any]:
    """What the statement asks of the files of claims; those of a draft are there already."""
    if not exhibits:
        count = len(items)
        return {"files": [0] * count, "attached": [_NO_FILES] * count, "file_charges": [], "file_ids": []}
    fresh = [(item.charge_id, one.id) for item in items for one in exhibits.get(item, ()) if one.is_new]
    return {
        "files": [len(exhibits.get(item, ())) for item in items],
        "attached": [rules_read(exhibits.get(item, ())) for item in items],
        "file_charges": [charge for charge, _ in fresh],
        "file_ids": [file for _, file in fresh],
    }


def tell_of_files(principal: Principal, filed: Mapping[int | None, Sequence[Exhibit]]) -> None:
    """Tell the journal of the files that new disputes, by id, brought along beside those of their drafts."""
    fresh = {pk: [one for one in files if one.is_new] for pk, files in filed.items() if pk is not None}
    told = {pk: files for pk, files in fresh.items() if files}
    if told:
        disputes = Dispute.objects.select_related("charge").defer("charge__raw").in_bulk(list(told))
        record_all(principal, [change_of(disputes[pk], ADDED, files) for pk, files in told.items()])
