"""What JSON is read, and what is refused by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import msgspec
import pytest

from makegood.api.amounts import Amount, money, number
from makegood.api.errors import EdgeRefusal
from makegood.api.strict_json import DEEPEST, decode, shaped


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """A line for these tests."""

    amount: Amount
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=5)] = "x"
    place: int | None = None


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """A body for these tests."""

    lines: list[Line]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": 1.10}', {"a": Decimal("1.10")}),
        (b'{"a": 12345678901234567890}', {"a": 12345678901234567890}),
        (b"[" * DEEPEST + b"]" * DEEPEST, None),
        (b'{"a": "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}', {"a": "[" * 36}),
        (b'{"a": "\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}', {"a": '"' + "[" * 34}),
        ('{"a": "é😀"}'.encode(), {"a": "é😀"}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        (b" 1e2 ", Decimal("1E+2")),
    ],
)
def test_json_is_read_with_exact_numbers(raw: bytes, value: Any) -> None:
    found = decode(raw)
    assert value is None or found == value


@pytest.mark.parametrize(
    ("raw", "code", "words"),
    [
        (b"", "MALFORMED_JSON", "Expecting value"),
        (b"{", "MALFORMED_JSON", "Expecting property name"),
        (b"{} {}", "MALFORMED_JSON", "Extra data"),
        (b'{"a": 1, "a": 2}', "MALFORMED_JSON", 'the member "a" stands twice'),
        (b'{"x": {"a": 1, "a": 1}}', "MALFORMED_JSON", 'the member "a" stands twice'),
        (b'{"a": NaN}', "MALFORMED_JSON", "NaN is no number"),
        (b'{"a": -Infinity}', "MALFORMED_JSON", "-Infinity is no number"),
        (b'{"a": 1e999999999}', "MALFORMED_JSON", "out of range"),
        (b'{"a": ' + b"9" * 5000 + b"}", "MALFORMED_JSON", "digits"),
        (b"\xef\xbb\xbf{}", "MALFORMED_JSON", "byte order mark"),
        ("{}".encode("utf-16"), "MALFORMED_JSON", "not UTF-8"),
        (b'{"a": "\xff"}', "MALFORMED_JSON", "not UTF-8"),
        (b'{"a": "\x01"}', "MALFORMED_JSON", "Invalid control character"),
        (b"[" * 33 + b"]" * 33, "MALFORMED_JSON", "nested deeper than 32"),
        (b"[" * 100_000, "MALFORMED_JSON", "nested deeper than 32"),
        (b'{"a": ["x", {"b": "\\u0000"}]}', "FIELD_INVALID", '"a[1].b" is not right: it holds a NUL'),
        (b'{"a": "\\ud800"}', "FIELD_INVALID", "half of a surrogate pair"),
        (b'{"\\udfff": 1}', "FIELD_INVALID", "half of a surrogate pair"),
    ],
)
def test_what_is_no_json_of_ours_is_refused(raw: bytes, code: str, words: str) -> None:
    with pytest.raises(EdgeRefusal) as caught:
        decode(raw)
    assert caught.value.code == code
    assert words in caught.value.message


def test_a_member_that_stands_twice_is_found_in_one_pass() -> None:
    """Looked for name by name, this would take minutes."""
    names = [*map(str, range(100_000)), "99999"]
    with pytest.raises(EdgeRefusal, match='the member "99999" stands twice'):
        decode(b"{" + b",".join(b'"%s":0' % name.encode() for name in names) + b"}")


@pytest.mark.parametrize(
    ("raw", "code", "field"),
    [
        (b"[]", "FIELD_INVALID", ""),
        (b"{}", "FIELD_REQUIRED", "lines"),
        (b'{"lines": [], "more": 1}', "UNKNOWN_FIELD", "more"),
        (b'{"lines": [{"amount": 1, "amout": 2}]}', "UNKNOWN_FIELD", "lines[0].amout"),
        (b'{"lines": [{"amount": 1}, {}]}', "FIELD_REQUIRED", "lines[1].amount"),
        (b'{"lines": [{"amount": true}]}', "FIELD_INVALID", "lines[0].amount"),
        (b'{"lines": [{"amount": "1,25"}]}', "FIELD_INVALID", "lines[0].amount"),
        (b'{"lines": [{"amount": "0x10"}]}', "FIELD_INVALID", "lines[0].amount"),
        (b'{"lines": [{"amount": "1e2"}]}', "FIELD_INVALID", "lines[0].amount"),
        (b'{"lines": [{"amount": " 1"}]}', "FIELD_INVALID", "lines[0].amount"),
        ('{"lines": [{"amount": "１"}]}'.encode(), "FIELD_INVALID", "lines[0].amount"),  # noqa: RUF001 - on purpose
        (b'{"lines": [{"amount": ""}]}', "FIELD_INVALID", "lines[0].amount"),
        (b'{"lines": [{"amount": null}]}', "FIELD_INVALID", "lines[0].amount"),
        (b'{"lines": [{"amount": 1, "note": ""}]}', "FIELD_INVALID", "lines[0].note"),
        (b'{"lines": [{"amount": 1, "note": 5}]}', "FIELD_INVALID", "lines[0].note"),
        (b'{"lines": [{"amount": 1, "place": true}]}', "FIELD_INVALID", "lines[0].place"),
        (b'{"lines": [{"amount": 1, "place": 1.5}]}', "FIELD_INVALID", "lines[0].place"),
        (b'{"lines": [{"amount": 1, "place": "1"}]}', "FIELD_INVALID", "lines[0].place"),
    ],
)
def test_a_body_of_another_shape_is_refused_by_its_field(raw: bytes, code: str, field: str) -> None:
    with pytest.raises(EdgeRefusal) as caught:
        shaped(decode(raw), Body)
    assert (caught.value.code, caught.value.fields["field"]) == (code, field)


@pytest.mark.parametrize(
    ("sent", "micros"), [(b"4.95", 4_950_000), (b'"1.25"', 1_250_000), (b"1.250", 1_250_000), (b"3", 3_000_000)]
)
def test_an_amount_is_a_number_or_a_decimal_string(sent: bytes, micros: int) -> None:
    line = shaped(decode(b'{"amount": ' + sent + b"}"), Line)
    assert line.amount.micros("USD") == micros


def test_an_amount_is_no_finer_than_the_coin_unless_it_is_all_that_is_left() -> None:
    amount = Amount.read("0.0044")
    assert amount.micros("USD", whole=4_400) == 4_400
    with pytest.raises(EdgeRefusal) as caught:
        amount.micros("USD", whole=5_000)
    assert caught.value.message == 'The field "amount" is not right: 0.0044 is finer than 0.01 USD.'
    with pytest.raises(EdgeRefusal):
        Amount.read("1.5").micros("JPY")


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (-9_990_000, "-9.99"),
        (4_400, "0.0044"),
        (0, "0"),
        (5_000_000, "5"),
        (-1, "-0.000001"),
        (10**18, "1000000000000"),
    ],
)
def test_amounts_go_out_exactly(micros: int, text: str) -> None:
    assert str(number(micros)) == text or f"{number(micros):f}" == text
    assert msgspec.json.Encoder(decimal_format="number").encode(number(micros)) == text.encode()


def test_money_of_the_native_service_is_text() -> None:
    assert money(9_990_000, "USD") == {"amount": "9.99", "currency": "USD"}
    assert money(4_400, "USD") == {"amount": "0.0044", "currency": "USD"}
