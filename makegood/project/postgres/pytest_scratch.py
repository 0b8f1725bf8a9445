"""A pytest plugin: one throw-away PostgreSQL for the whole run, found by its workers through DATABASE_URL.

Loaded with `-p` before Django reads its settings. With DATABASE_URL set already (by hand, or by the
controlling process of pytest-xdist) it does nothing.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from makegood.project.postgres.server import EmbeddedServer


def start_scratch() -> tuple[EmbeddedServer, Path]:
    """A running server in a temporary directory that its user can enter; stop it and remove the directory
    afterwards."""
    home = Path(tempfile.mkdtemp(prefix="makegood-tests-"))
    home.chmod(0o711)
    server = EmbeddedServer(home / "data", durable=False)
    try:
        server.start()
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    return server, home


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start the server before any other plugin looks at the settings."""
    os.environ["MAKEGOOD_TESTING"] = "1"
    if not os.environ.get("DATABASE_URL"):
        server, home = start_scratch()

        def clean_up() -> None:
            server.stop()
            shutil.rmtree(home, ignore_errors=True)
            os.environ.pop("DATABASE_URL", None)

        early_config.add_cleanup(clean_up)
        os.environ["DATABASE_URL"] = server.dsn("postgres")
    yield
