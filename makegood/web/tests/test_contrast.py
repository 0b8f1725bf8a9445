"""The tokens keep their promise: text pairs reach 5.4:1, marks and control borders 3:1, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[1] / "static" / "makegood" / "tokens.css").read_text(encoding="utf-8")
TOKEN = re.compile(r"--mg-([a-z-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)")
COLORS = {name: (light, dark) for name, light, dark in TOKEN.findall(CSS)}
THEMES = {"light": 0, "dark": 1}

TEXT = [
    ("ink", "surface"),
    ("ink", "canvas"),
    ("ink", "hover"),
    ("ink", "accent-soft"),
    ("muted", "surface"),
    ("muted", "canvas"),
    ("accent", "surface"),
    ("accent", "canvas"),
    ("accent-strong", "accent-soft"),
    ("on-accent", "accent"),
    ("pending-text", "pending-soft"),
    ("credited-text", "credited-soft"),
    ("credited-text", "surface"),
    ("danger-text", "danger-soft"),
    ("danger-text", "surface"),
    ("neutral-text", "neutral-soft"),
    ("surface", "ink"),
]
MARKS = [
    ("control", "surface"),
    ("accent", "surface"),
    ("pending-mark", "surface"),
    ("credited-mark", "surface"),
    ("danger-mark", "surface"),
]


def luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_pairs_are_readable(theme: str, front: str, back: str) -> None:
    at = THEMES[theme]
    assert contrast(COLORS[front][at], COLORS[back][at]) >= 5.4


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), MARKS)
def test_marks_and_borders_are_visible(theme: str, front: str, back: str) -> None:
    at = THEMES[theme]
    assert contrast(COLORS[front][at], COLORS[back][at]) >= 3


def test_the_measure_itself_is_right() -> None:
    assert round(contrast("000000", "ffffff"), 1) == 21.0
    assert round(contrast(*COLORS["ink"][:1], "ffffff"), 1) == 16.0
