"""How much a first view weighs: files compressed as they are served, the page itself as it is, without audio."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Response
from whitenoise.compress import Compressor

from tests.journeys.conftest import Visit
from tests.journeys.scene import people_and_places
from tests.world import World

pytestmark = pytest.mark.browser

MOST_BYTES = 150_000
PATHS = ("/calls/", "/calls/{free}/dispute/", "/disputes/D-{number}/")


def weight(response: Response) -> int:
    """How many bytes of an answer go over the wire."""
    path = urlsplit(response.url).path
    if not path.startswith(settings.STATIC_URL):
        return response.request.sizes()["responseBodySize"]
    file = finders.find(path.removeprefix(settings.STATIC_URL))
    assert isinstance(file, str), path
    body = Path(file).read_bytes()
    return min(len(body), len(Compressor.compress_brotli(body)))


def collector(answers: list[Response]) -> Callable[[Response], None]:
    """Remembers answers; a function of its own, since the browser's library marks what listens to it."""
    return lambda answer: answers.append(answer)


def test_a_first_view_is_light(committed_world: World, visit: Visit) -> None:
    people, places = people_and_places(committed_world)
    person = visit(people["buyer"])
    person.page.set_default_timeout(10_000)
    for path in PATHS:
        answers: list[Response] = []
        hear = collector(answers)
        person.page.on("response", hear)
        person.page.goto(person.base + path.format(**places), wait_until="networkidle")
        person.page.remove_listener("response", hear)
        weights = {answer.url: weight(answer) for answer in answers if not answer.url.endswith("/audio")}
        assert any(url.endswith(".css") for url in weights), weights
        assert sum(weights.values()) < MOST_BYTES, weights
