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

SCRATCH = "MAKEGOOD_SCRATCH_DATABASE"
"""Set while DATABASE_URL names a server that ends with the run."""


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
    # Each worker of pytest-xdist has a server of its own: a transaction that is open anywhere on a server holds
    # back who reads the journal there, and with it tests that have nothing to do with it.
    worker = "PYTEST_XDIST_WORKER" in os.environ and SCRATCH in os.environ
    if worker or not os.environ.get("DATABASE_URL"):
        server, home = start_scratch()

        def clean_up() -> None:
            server.stop()
            shutil.rmtree(home, ignore_errors=True)
            for name in ("DATABASE_URL", SCRATCH):
                os.environ.pop(name, None)

        early_config.add_cleanup(clean_up)
        os.environ["DATABASE_URL"] = server.dsn("postgres")
        os.environ[SCRATCH] = "1"
    yield
