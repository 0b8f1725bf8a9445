"""The record that web services show: its fields, and ids that lead back to the dispute they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.disputes.selectors.records import LINES, dispute_id, facts, number_of, record

IDI = (
    "adjustmentAmount adjustmentID amount billPeriodID closeDate description disputeID disputeDate feature featureID "
    "invoiceCategoryid invoiceNumber lastModifiedDate lastModifiedUser resolution resolutionID reversalAdjustmentID "
    "reversalFeeAdjustmentID serviceID serviceNumber usageBatchID usageRecordNumber"
).split()


@pytest.mark.parametrize("decides", [True, False])
def test_the_fields_are_those_of_idi_letter_by_letter(decides: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert [field.name for field in record(decides=decides)] == IDI
    assert len({field.name for field in (*record(decides=decides), *facts(decides=decides))}) == 32


def test_a_number_is_its_own_id_and_a_line_has_one_beyond() -> None:
    assert dispute_id(10_003, 0) == 10_003
    assert dispute_id(10_003, 2) == 1_000_001_000_300_002
    assert (number_of(10_003), number_of(1_000_001_000_300_002)) == ("10003", "10003.2")


@pytest.mark.parametrize("wrong", [0, -1, 2**53, 10**15, 10**15 + 5, 10**15 + 10_003 * LINES])
def test_what_is_no_id(wrong: int) -> None:
    assert number_of(wrong) is None


@given(st.integers(1, 8 * 10**10 - 1), st.integers(0, 32_767))
def test_ids_lead_back_and_stay_whole_in_every_client(number: int, line: int) -> None:
    public = dispute_id(number, line)
    assert number_of(public) == (f"{number}.{line}" if line else str(number))
    assert public < 2**53
    assert float(public) == public
