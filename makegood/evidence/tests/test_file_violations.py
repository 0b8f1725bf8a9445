"""What evidence forbids of files: each test breaks one law and reads its name."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.disputes.models import DisputeFile
from makegood.evidence.models import File
from makegood.evidence.operations.keep_file import keep_file
from makegood.evidence.policy.files import Limits
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import Principal
from makegood.project.invariants import EVERY_LAW
from tests.refusals import refused_by
from tests.world import DisputeMaker


@pytest.fixture
def file(buyer: Principal) -> File:
    return keep_file(buyer, content=b"words", name="note.txt", limits=Limits())


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"bytes": 0}, "file_not_empty"),
        ({"received_bytes": 0}, "file_not_empty"),
        ({"scan": "fine"}, "file_scan_state"),
        ({"sha256": "A" * 64}, "file_hashes"),
        ({"received_sha256": "0" * 63}, "file_hashes"),
    ],
)
def test_a_file_is_whole(file: File, columns: dict[str, Any], constraint: str) -> None:
    with refused_by(constraint):
        File.objects.filter(pk=file.pk).update(**columns)


def test_a_dispute_shows_a_file_once(file: File, make_dispute: DisputeMaker) -> None:
    shown = DisputeFile.objects.create(dispute=make_dispute(), file=file)
    with refused_by("dispute_file_once"):
        DisputeFile.objects.create(dispute_id=shown.dispute_id, file=file)


@pytest.mark.parametrize(
    ("columns", "law"),
    [
        ({"sha256": "0" * 64}, "what is no image is kept as it came"),
        ({"deleted_at": "2026-01-01T00:00:00Z"}, "no dispute shows a file that was taken away"),
    ],
)
def test_laws_notice(file: File, make_dispute: DisputeMaker, columns: dict[str, Any], law: str) -> None:
    DisputeFile.objects.create(dispute=make_dispute(), file=file)
    assert list(broken(EVERY_LAW)) == []
    File.objects.filter(pk=file.pk).update(**columns)
    assert [found.law for found in broken(EVERY_LAW)] == [law]
