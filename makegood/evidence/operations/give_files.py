"""Gives files that belong to nothing yet to somebody else, along with what they were handed in for."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.evidence.selectors.files import own_files
from makegood.journal.operations import Change, record_all
from makegood.parties.entries import Principal


def give_files(principal: Principal, *, public_ids: Sequence[str], to: int) -> int:
    """Let somebody else's be those of one's own files that are named; says how many. The caller asked who that is."""
    found = {file.pk: file for file in own_files(principal).filter(public_id__in=list(public_ids))}
    if not found:
        return 0
    own_files(principal).filter(pk__in=found).update(uploaded_by=to)
    record_all(
        principal,
        [Change("give_file", "file.given", "file", pk, changes={"from": principal.id, "to": to}) for pk in found],
    )
    return len(found)
