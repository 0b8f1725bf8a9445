"""Telephone numbers: one form at rest, four digits on the way out."""

from __future__ import annotations

import pytest

from makegood.kernel.phones import mask, readable, to_e164

READ = [
    ("(202) 555-0123", "US", "+12025550123"),
    ("2025550123", "US", "+12025550123"),
    ("+49 30 901820", "US", "+4930901820"),
    ("030 901820", "DE", "+4930901820"),
    ("anonymous", "US", None),
    ("", "US", None),
    ("12", "US", None),
    ("1001", "US", None),
]


@pytest.mark.parametrize(("text", "region", "number"), READ)
def test_a_number_is_kept_in_one_form_and_no_number_is_none(text: str, region: str, number: str | None) -> None:
    assert to_e164(text, region) == number


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+12125550142", "+1 *** *** 0142"), ("+4930901820", "+49 *** 1820"), (None, ""), ("", "")],
)
def test_a_masked_number_shows_only_its_last_four_digits(number: str | None, shown: str) -> None:
    assert mask(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("+12025550123", "+1 202-555-0123"), (None, ""), ("withheld", "withheld")]
)
def test_a_readable_number_is_spaced_as_people_write_it(number: str | None, shown: str) -> None:
    assert readable(number) == shown
