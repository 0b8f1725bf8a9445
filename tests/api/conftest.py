"""The running site, for tests that call it as strangers do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from makegood.api import rate
from tests.live import LiveService, served_as_shipped, served_here


@pytest.fixture
def live(transactional_db: None) -> Iterator[LiveService]:
    """The site in threads of this process: ``live.url``, ``live.client(principal, scopes=..., grants=...)``."""
    rate.forget()
    with served_here() as service:
        yield service


@pytest.fixture
def shipped(transactional_db: None) -> Iterator[LiveService]:
    """The site as ``makegood serve`` starts it: granian, in processes of its own. Slow to start."""
    with served_as_shipped() as service:
        yield service
