"""Take 10,000 disputes in with one request, to the last byte of its answer, beside the same rows in plain SQL."""

from __future__ import annotations

import io
import json
import statistics
import time
from typing import Any

from makegood.parties.entries import SYSTEM
from makegood.parties.models import User
from makegood.parties.operations import create_token
from makegood.project.wsgi import application
from tests.world import build_world
from tools.bench import filing
from tools.bench.charges import new_charges
from tools.bench.report import Measure
from tools.bench.settling import settle_down

SIZE = 10_000
ROUNDS = 3
TARGET = 0.5


def run(size: int = SIZE, rounds: int = ROUNDS) -> Measure:
    """Measure one request and the hand-written statements in turn; both write the same rows on new charges."""
    world = build_world()
    buyer = world.person("buyer", customer_number="B1")
    person = User.objects.select_related("role").get(pk=buyer.id or 0)
    secret = create_token(SYSTEM, name="bench", scopes=person.role.verbs, acts_for=person, per_minute=10_000).secret
    by_hand_parameters = filing.parameters_by_hand(world, buyer)
    ours: list[float] = []
    by_hand: list[float] = []
    for _ in range(rounds):
        charges = new_charges(world, size)
        lines = [{"charge": f"chg_{pk}", "reason": "SPAM", "description": "measured"} for pk in charges]
        body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        settle_down()
        started = time.perf_counter()
        _take_in(secret, body, size)
        ours.append(time.perf_counter() - started)
        charges = new_charges(world, size)
        settle_down()
        started = time.perf_counter()
        filing.file_by_hand({**by_hand_parameters, "charges": charges})
        by_hand.append(time.perf_counter() - started)
    return Measure("bulk intake", size, statistics.median(ours), statistics.median(by_hand), TARGET)


def _take_in(secret: str, body: bytes, size: int) -> None:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/disputes/intake",
        "CONTENT_TYPE": "application/x-ndjson",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Bearer {secret}",
        "wsgi.input": io.BytesIO(body),
    }
    statuses: list[str] = []
    answer = b"".join(application(environ, lambda status, headers: statuses.append(status)))
    created = answer.count(b'"status":"created"')
    if created != size:
        raise RuntimeError(f"{statuses[0]}: {created} of {size} were filed; {answer[:500]!r}")
