"""The layers of apps, as pyproject.toml declares them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "makegood"


def contracts() -> list[dict[str, Any]]:
    """The import linter's contracts."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(config["tool"]["importlinter"]["contracts"])


def heights() -> dict[str, int]:
    """Each app's layer, counted from below; apps in parentheses, which may not exist yet, included."""
    rows = next(contract["layers"] for contract in contracts() if contract.get("containers") == ["makegood"])
    return {
        app.strip(" ()"): height
        for height, row in enumerate(reversed(rows))
        for app in row.replace(":", "|").split("|")
    }


def apps_present() -> set[str]:
    """The apps that exist as directories."""
    return {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def app_of_table(table: str) -> str | None:
    """The app that a table belongs to; None for common table expressions and tables of other packages."""
    app, underscore, _ = table.partition("_")
    return app if underscore and app in heights() else None


def points_up(source: str, target: str, height: Mapping[str, int]) -> bool:
    """Whether a link from one app to another breaks the layers; links to and from foreign apps never do."""
    if source == target or source not in height or target not in height:
        return False
    return height[target] >= height[source]
