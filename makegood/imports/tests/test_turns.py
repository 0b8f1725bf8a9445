"""Transcripts in the ways sources write them, as turns."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.imports.policy.turns import Turn, turns_of

LINES = (Turn("Hello?", "Caller", 1_000), Turn("Acme, hi.", "Agent", 4_500))


@pytest.mark.parametrize(
    "text",
    [
        "[00:01] Caller: Hello?\n[00:04.5] Agent: Acme, hi.",
        "00:00:01 caller: Hello?\n00:00:04,500 - agent: Acme, hi.",
        "(0:01) Caller: Hello?\n\n(0:04.500) Agent: Acme,\nhi.",
        "Caller (0:01): Hello?\nAgent [0:04.5]: Acme, hi.",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Caller>Hello?\n\n00:04.500 --> 00:06.000\n<v Agent>Acme, hi.</v>",
        "1\n00:00:01,000 --> 00:00:02,000\nCaller: Hello?\n\n2\n00:00:04,500 --> 00:00:06,000\nAgent: Acme,\nhi.",
        '[{"speaker": "caller", "start": 1.0, "phrase": "Hello?"},'
        ' {"role": "agent", "start": "0:04.5", "text": "Acme, hi."}]',
        '{"segments": [{"speaker": "Caller", "start_ms": 1000, "text": "Hello?"},'
        ' {"speaker": "Agent", "start_ms": 4500, "content": "Acme, hi."}, {"speaker": "Agent", "text": " "}, 7]}',
    ],
)
def test_speakers_and_times_are_found(text: str) -> None:
    assert turns_of(text) == LINES


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("", ()),
        ("  \n ", ()),
        ("Hello, my roof leaks.\nCan you come?", (Turn("Hello, my roof leaks.\nCan you come?"),)),
        ("Agent: Hello\nCaller: Hi", (Turn("Hello", "Agent"), Turn("Hi", "Caller"))),
        ("[0:07] Music plays", (Turn("Music plays", "", 7_000),)),
        ("Greeting\nAgent: Hello", (Turn("Greeting"), Turn("Hello", "Agent"))),
        ("What they told me then was this: nothing", (Turn("What they told me then was this: nothing"),)),
        ("[not json", (Turn("[not json"),)),
        ("[1, 2]", (Turn("[1, 2]"),)),
        ('[{"speaker": 2, "start": 1744364970174, "text": "Hi"}]', (Turn("Hi", "Speaker 2"),)),
        ('[{"start": -1, "text": "Hi"}]', (Turn("Hi"),)),
    ],
)
def test_what_is_not_said_stays_unknown(text: str, turns: tuple[Turn, ...]) -> None:
    assert turns_of(text) == turns


@given(st.text(max_size=300) | st.lists(st.dictionaries(st.text(max_size=8), st.text(max_size=8))).map(json.dumps))
def test_any_text_is_read_and_no_word_of_plain_text_is_lost(text: str) -> None:
    turns = turns_of(text)
    assert bool(turns) == bool(text.strip())
    assert all(turn.text.strip() for turn in turns)
    assert all(turn.at_ms is None or turn.at_ms >= 0 for turn in turns)
