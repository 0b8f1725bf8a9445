"""Names out of pasted text: whatever stands between them, and however a telephone number is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.billing.selectors.charges_called import phone_of
from makegood.web.pasted import MOST, names_in

FORMS = ("+1 ({0}) {1}-{2}", "{0}-{1}-{2}", "({0}) {1} {2}", "+1{0}{1}{2}", "1.{0}.{1}.{2}", "+1 {0} {1} {2}")
IDS = st.from_regex(r"[A-Za-z]{2,5}[-_][0-9]{3,9}[a-z]?", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("call-1\ncall-2", ["call-1", "call-2"]),
        ("call-1, call-2;call-3\tcall-4|call-5", [f"call-{n}" for n in range(1, 6)]),
        ("  1. call-1\n2) call-2\n- call-3\n* call-4", [f"call-{n}" for n in range(1, 5)]),
        ("Invoice 21180214 and\nInvoice #21180215.", ["21180214", "21180215"]),
        ("2125550142 2125550143", ["2125550142", "2125550143"]),
        ("+1 (212) 555-0142 +44 20 7946 0958", ["+1 (212) 555-0142", "+44 20 7946 0958"]),
        ("“call-1”\n'call-2'\n<call-3>", ["call-1", "call-2", "call-3"]),
        ("call-1\ncall-1\r\n\r\ncall-1", ["call-1"]),
        ("RC_12.3e-f\n0f8fad5b-d9cb-469f-a165-70867728950e", ["RC_12.3e-f", "0f8fad5b-d9cb-469f-a165-70867728950e"]),
        ("please look at these", []),
        (" ,;\n\t ", []),
    ],
)
def test_names_are_found_whatever_stands_between(text: str, names: list[str]) -> None:
    assert names_in(text) == names


@given(
    st.lists(IDS, min_size=1, max_size=20, unique=True), st.sampled_from(["\n", ", ", ";", "\t", " | ", "\r\n", " "])
)
def test_ids_come_back_by_any_separator(ids: list[str], between: str) -> None:
    assert names_in(between.join(ids)) == ids


@given(st.sampled_from(FORMS), st.integers(200, 989), st.integers(200, 999), st.integers(0, 9999))
def test_a_telephone_number_means_the_same_in_any_punctuation(form: str, area: int, middle: int, last: int) -> None:
    (name,) = names_in(form.format(area, middle, f"{last:04}"))
    assert phone_of(name) == f"+1{area}{middle}{last:04}"


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    names = names_in(text)
    assert len(names) == len(set(names))
    assert all(name.strip() for name in names)


def test_too_many_are_noticed_and_not_read_to_the_end() -> None:
    assert len(names_in("\n".join(f"call-{n}" for n in range(MOST + 50)))) == MOST + 1
