"""The installation's directory and its secret key."""

import stat
from pathlib import Path

import pytest

from makegood.project import installation


@pytest.fixture(autouse=True)
def _no_key_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)


def test_key_is_made_once_and_private(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert installation.secret_key(data) is None
    key = installation.ensure_secret_key(data)
    assert len(key) >= 50
    assert installation.ensure_secret_key(data) == installation.secret_key(data) == key
    assert stat.S_IMODE((data / installation.KEY_FILE).stat().st_mode) == 0o600


def test_key_from_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "from outside")
    assert installation.ensure_secret_key(tmp_path) == "from outside"
    assert list(tmp_path.iterdir()) == []


def test_data_directory_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEGOOD_DATA", str(tmp_path))
    assert installation.data_dir() == tmp_path
    monkeypatch.setenv("MAKEGOOD_DATA", "")
    assert installation.data_dir() == Path.cwd() / "var"
