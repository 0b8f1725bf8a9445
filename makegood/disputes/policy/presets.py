"""Reads the presets: what a program of a kind starts with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("presets.yaml")
_APART = ("reasons", "findings", "rules", "unit", "intake", "name")


@dataclass(frozen=True)
class Preset:
    """A preset, taken apart: what becomes settings, reasons, findings and the first policy."""

    key: str
    name: str
    unit: tuple[str, ...]
    intake: tuple[str, ...]
    settings: Mapping[str, Any]
    reasons: tuple[Mapping[str, Any], ...]
    findings: tuple[Mapping[str, Any], ...]
    rules: tuple[Mapping[str, Any], ...]


@cache
def _document() -> Mapping[str, Any]:
    document: Mapping[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return document


def keys() -> list[str]:
    """The presets there are."""
    return [key for key in _document() if key != "common"]


def preset(key: str) -> Preset:
    """The preset called ``key``, with the common settings below its own. Raises KeyError."""
    own = _document()[key]
    settings = {**_document()["common"], **{k: v for k, v in own.items() if k not in _APART}}
    intake = own["intake"]
    return Preset(
        key=key,
        name=own["name"],
        unit=tuple(own["unit"]),
        intake=(intake,) if isinstance(intake, str) else tuple(intake),
        settings=settings,
        reasons=tuple(own["reasons"]),
        findings=tuple(own["findings"]),
        rules=tuple(own["rules"]),
    )
