"""Formats are recognized by their headers, whatever their order."""

from pathlib import Path

import pytest
import yaml

from makegood.imports.errors import MissingColumns, UnknownFormat
from makegood.imports.policy.compiler import CHILD, TIMES, TYPES
from makegood.imports.policy.mapping import FOLDER, mappings
from makegood.imports.policy.recognition import recognize
from makegood.imports.policy.templates import TEMPLATES
from makegood.imports.tests.logs import CALL, retreaver_v1, retreaver_v2, trackdrive


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (list(CALL), "generic"),
        (list(trackdrive()), "trackdrive"),
        (list(reversed(list(trackdrive()))), "trackdrive"),
        (list(retreaver_v1()), "retreaver_v1"),
        (list(retreaver_v2()), "retreaver_v2"),
        ([*trackdrive(), "token_a", "token_b"], "trackdrive"),
    ],
)
def test_headers_tell_the_format(headers: list[str], name: str) -> None:
    assert recognize(headers).mapping.name == name


def test_the_sentence_counts_the_headers_that_are_known() -> None:
    headers = [*trackdrive(), "own_note"]
    assert recognize(headers).sentence == f"TrackDrive, {len(headers) - 1} of {len(headers)} headers"


def test_other_spellings_and_near_misses_are_understood() -> None:
    headers = ["Call ID #", "Call Start (UTC)", "Caller Number", "Buyer", "Vendor", "Revenue", "Curency", "Notes"]
    found = recognize(headers)
    assert {name: headers[place] for name, place in found.positions.items()} == {
        "call_id": "Call ID #",
        "started_at": "Call Start (UTC)",
        "caller": "Caller Number",
        "buyer_name": "Buyer",
        "vendor_name": "Vendor",
        "revenue": "Revenue",
        "currency": "Curency",
    }


def test_a_canonical_name_wins_over_another_spelling() -> None:
    headers = ["id", "call_id", "date", "started_at"]
    found = recognize(headers)
    assert (found.positions["call_id"], found.positions["started_at"]) == (1, 3)


def test_unknown_headers_are_refused_with_the_known_formats() -> None:
    with pytest.raises(UnknownFormat) as refused:
        recognize(["xx1", "xx2", "xx3"])
    assert refused.value.message == (
        f"No known call log: not one header is known. The formats are {', '.join(mappings())}; --format names one."
    )


def test_a_missing_column_is_named() -> None:
    with pytest.raises(MissingColumns) as refused:
        recognize(["started_at", "caller"])
    assert refused.value.message == (
        'Read as "Generic call log", the file lacks: call_id. Rename its headers, or name another format with --format.'
    )


def test_a_named_format_is_taken_at_its_word() -> None:
    with pytest.raises(MissingColumns):
        recognize(list(CALL), "trackdrive")


@pytest.mark.parametrize("name", list(mappings()))
def test_a_mapping_speaks_only_of_columns_it_knows(name: str) -> None:
    mapping = mappings()[name]
    spoken = {name.removeprefix(CHILD) for field in mapping.fields.values() for name in field.sources}
    spoken |= {field.when[0] for field in mapping.fields.values() if field.when}
    spoken |= {*mapping.required, *mapping.billed_when.flags, *mapping.payout_when.flags}
    spoken |= {tag.column for tag in mapping.tags}
    if mapping.leave_out:
        spoken.add(mapping.leave_out[0])
    if mapping.children:
        spoken |= {mapping.children.id, mapping.children.parent, mapping.children.where, mapping.children.most}
    assert spoken <= set(mapping.columns)
    transforms = {field.transform for field in mapping.fields.values()}
    assert transforms <= {*TEMPLATES, "time", "one_of", "lookup", "disposition", "const"}
    assert set(mapping.fields) <= {*TYPES, *TIMES, "tags"}


def said_twice(node: yaml.Node | None) -> set[str]:
    """The keys that a YAML document gives twice; the reader would take the last of them and drop the others."""
    if isinstance(node, yaml.SequenceNode):
        return {key for item in node.value for key in said_twice(item)}
    if not isinstance(node, yaml.MappingNode):
        return set()
    keys = [key.value for key, _ in node.value]
    return {key for key in keys if keys.count(key) > 1} | {key for _, item in node.value for key in said_twice(item)}


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.yaml")), ids=lambda path: path.stem)
def test_a_mapping_says_nothing_twice(path: Path) -> None:
    assert said_twice(yaml.compose(path.read_text(encoding="utf-8"))) == set()


def test_every_channel_of_a_lead_makes_it_a_lead() -> None:
    fields = mappings()["generic"].fields
    assert {word for word, _ in fields["subkind"].lookup} == {word for word, _ in fields["lead_channel"].lookup}


@pytest.mark.parametrize("header", ["channel", "Channel", "dstchannel", "contract_number"])
def test_a_column_of_a_call_log_is_taken_for_none_of_a_lead(header: str) -> None:
    assert set(recognize([*CALL, header]).positions) == set(CALL)
