"""Days and percents are written one way on every page: ``20 Nov``, ``57%``."""

from __future__ import annotations

import re
from pathlib import Path

MAKEGOOD = Path(__file__).resolve().parents[2] / "makegood"
MACHINES = frozenset({"c", "Y-m-d", "M"})
"""What a template may ask of Django's own filter: for machines, and a month alone."""
DATE = re.compile(r"\|(?:date|time):[\"']([^\"']+)[\"']")
MONTH_FIRST = re.compile(r"%b(?:\}| )[^\"]{0,3}(?:%-?d|\{\w+\.day\})")
SPACED = re.compile(r"(?:\}\}|[\d}]) %(?=[\"'`.,;)<]| of\b)")


def test_templates_leave_days_to_the_filters_of_the_pages() -> None:
    templates = sorted(MAKEGOOD.rglob("templates/**/*.html"))
    strays = {f"{file.name}: {style}" for file in templates for style in DATE.findall(file.read_text())}
    assert templates
    assert {one for one in strays if one.partition(": ")[2] not in MACHINES} == set()


def test_no_month_stands_before_its_day() -> None:
    code = [file for file in sorted(MAKEGOOD.rglob("*.py")) if "tests" not in file.parts and "demo" not in file.parts]
    assert [file.name for file in code if MONTH_FIRST.search(file.read_text())] == []


def test_a_percent_sign_follows_its_number() -> None:
    files = sorted([*MAKEGOOD.rglob("*.html"), *MAKEGOOD.glob("web/*.py"), *MAKEGOOD.glob("web/views/*.py")])
    strays = [(file.name, found[0]) for file in files for found in SPACED.finditer(_text(file))]
    assert strays == []


def _text(file: Path) -> str:
    """Without the tags of a template, where a percent sign means something else."""
    return re.sub(r"\{%.*?%\}", "", file.read_text()) if file.suffix == ".html" else file.read_text()
