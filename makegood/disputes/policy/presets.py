"""Reads the presets: what a program of a kind starts with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""From when the first version of a preset holds: for everything there is."""
_FILE = Path(__file__).with_name("presets.yaml")
_APART = ("reasons", "findings", "resolutions", "rules", "unit", "intake", "name", "catalog")

Words = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Preset:
    """A preset, taken apart: what becomes settings, words and the first policy.

    ``categories`` and the reasons tied to them come from the catalog the preset names; a reason without ``categories``
    is offered for all.
    """

    key: str
    name: str
    unit: tuple[str, ...]
    intake: tuple[str, ...]
    settings: Mapping[str, Any]
    reasons: Words
    findings: Words
    resolutions: Words
    categories: Words
    rules: Words


@cache
def _read(path: Path) -> Mapping[str, Any]:
    document: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def keys() -> list[str]:
    """The presets there are."""
    return [key for key in _read(_FILE) if key != "common"]


def preset(key: str) -> Preset:
    """The preset called ``key``, with the common settings below its own. Raises KeyError."""
    own = _read(_FILE)[key]
    settings = {**_read(_FILE)["common"], **{k: v for k, v in own.items() if k not in _APART}}
    intake = own["intake"]
    catalog = _read(_FILE.with_name(f"{own['catalog']}.yaml")) if "catalog" in own else {}
    return Preset(
        key=key,
        name=own["name"],
        unit=tuple(own["unit"]),
        intake=(intake,) if isinstance(intake, str) else tuple(intake),
        settings=settings,
        reasons=(*own["reasons"], *catalog.get("reasons", ())),
        findings=tuple(own["findings"]),
        resolutions=tuple(own.get("resolutions", ())),
        categories=tuple(catalog.get("categories", ())),
        rules=tuple(own["rules"]),
    )
