"""What imports forbid, tried one by one: each test breaks one law and reads its name."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.billing.models import Charge
from makegood.imports.models import Correction, ImportBatch, RejectPart, Upload
from makegood.imports.operations import take_upload
from makegood.imports.states import CorrectionState, UploadState
from makegood.kernel import clock
from tests.refusals import refused_by
from tests.world import ChargeMaker, World


@pytest.fixture
def facts(world: World, make_charge: ChargeMaker) -> dict[str, Any]:
    """A proposed correction of a call billed 45.00, to 40.00."""
    batch = ImportBatch.objects.create(
        program=world.program, file_name="a.csv", sha256="0" * 64, size_bytes=1, format="ringba", started_at=clock.now()
    )
    return {
        "charge": make_charge(),
        "batch": batch,
        "row": 2,
        "external_source": "ringba",
        "external_id": "RGB01",
        "currency": "USD",
        "payout_currency": "USD",
        "old_billed_micros": 45_000_000,
        "old_tax_micros": 0,
        "old_payout_micros": 30_000_000,
        "new_billed_micros": 40_000_000,
        "new_tax_micros": 0,
        "new_payout_micros": 30_000_000,
    }


@pytest.fixture
def other_charge(make_charge: ChargeMaker) -> Charge:
    return make_charge()


def test_the_same_figures_are_proposed_once_per_charge(facts: dict[str, Any]) -> None:
    Correction.objects.create(**facts)
    Correction.objects.create(**{**facts, "new_billed_micros": 41_000_000})
    for again in ({}, {"row": 3, "external_id": "other"}, {"old_billed_micros": 44_000_000}):
        with refused_by("correction_figures_once"):
            Correction.objects.create(**{**facts, **again})


def test_the_same_figures_are_not_proposed_again_after_they_were_dismissed(facts: dict[str, Any]) -> None:
    Correction.objects.create(**facts, state=CorrectionState.DISMISSED, settled_at=clock.now())
    with refused_by("correction_figures_once"):
        Correction.objects.create(**facts)


@pytest.mark.parametrize(
    "figure", [f"{age}_{name}_micros" for age in ("old", "new") for name in ("billed", "tax", "payout")]
)
def test_figures_below_zero(facts: dict[str, Any], figure: str) -> None:
    with refused_by("correction_not_negative"):
        Correction.objects.create(**{**facts, figure: -1})


def test_a_correction_that_changes_nothing(facts: dict[str, Any]) -> None:
    with refused_by("correction_changes_something"):
        Correction.objects.create(**{**facts, "new_billed_micros": 45_000_000})


@pytest.mark.parametrize(
    "state",
    [
        {"settled_at": True},
        {"new_charge": True},
        {"state": CorrectionState.ACCEPTED},
        {"state": CorrectionState.ACCEPTED, "settled_at": True},
        {"state": CorrectionState.ACCEPTED, "new_charge": True},
        {"state": CorrectionState.DISMISSED},
        {"state": CorrectionState.DISMISSED, "settled_at": True, "new_charge": True},
        {"state": "forgotten"},
    ],
)
def test_a_correction_that_is_neither_open_nor_settled(
    facts: dict[str, Any], other_charge: Charge, state: dict[str, Any]
) -> None:
    told = {"settled_at": clock.now(), "new_charge": other_charge}
    with refused_by("correction_settled"):
        Correction.objects.create(**facts, **{name: told.get(name, value) for name, value in state.items()})


def test_pieces_of_rejects_are_numbered_once(facts: dict[str, Any]) -> None:
    RejectPart.objects.create(batch=facts["batch"], number=1, content=b"row")
    with refused_by("reject_part_once"):
        RejectPart.objects.create(batch=facts["batch"], number=1, content=b"again")
    with refused_by("reject_part_numbered"):
        RejectPart.objects.create(batch=facts["batch"], number=0, content=b"before")


def test_a_file_of_which_more_was_read_than_there_is(world: World) -> None:
    upload = take_upload(world.person("admin"), name="calls.csv", content=[b"call_id\n"], options={})
    with refused_by("upload_bytes"):
        Upload.objects.filter(pk=upload.pk).update(done_bytes=upload.size_bytes + 1)
    with refused_by("upload_done_has_batch"):
        Upload.objects.filter(pk=upload.pk).update(state=UploadState.DONE)
