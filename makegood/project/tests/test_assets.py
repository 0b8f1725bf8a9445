"""Browser assets: exactly the allowed files, collected only when one changed."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from pytest_django import Settings

from makegood.project import assets
from makegood.web.assets import FILES, NodeModulesFinder

HASHED = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}


@pytest.mark.parametrize("name", sorted(FILES))
def test_allowed_file_is_found(name: str) -> None:
    assert Path(str(finders.find(name))).is_file()


@pytest.mark.parametrize("name", ["@tabler/core/package.json", "tabler/../package.json", "htmx/htmx.js", "x.map"])
def test_any_other_file_is_not(name: str) -> None:
    assert NodeModulesFinder().find(name) == []


def test_assets_are_hashed_and_compressed_once(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {name: FILES[name] for name in ("tabler/tabler.min.css", "htmx/htmx.min.js")}  # the others take half a minute
    monkeypatch.setattr("makegood.web.assets.FILES", few)
    settings.STATICFILES_FINDERS = ["makegood.web.assets.NodeModulesFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | HASHED
    assert assets.collect_if_stale() is True
    assert assets.collect_if_stale() is False
    collected = [path.name for path in (tmp_path / "static" / "tabler").iterdir()]
    assert any(name.startswith("tabler.min.") and name.endswith(".css.gz") for name in collected)
    (tmp_path / "static" / assets.MARKER).write_text("of another day")
    assert assets.collect_if_stale() is True
