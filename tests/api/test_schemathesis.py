"""schemathesis with all its checks over the whole document, against the running service, on two accounts' data."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from makegood.api.openapi.codes import takes_json
from makegood.api.openapi.document import DESCRIBED
from makegood.api.routes import ROUTES
from tests.api.places import PLACES, names_of
from tests.api.seeded import Accounts, build_accounts
from tests.live import LiveService
from tests.world import World

pytestmark = pytest.mark.slow

SEED = 4
EXAMPLES = 3
OFTEN = 0.8
"""How often a number in an address is one that exists."""
RULES_SAY_NO = ["2xx", "304", "401", "403", "404", "409", "412", "422", "428", "503"]
"""What well-formed data may get: the rules of the product are not in the document."""
WRONG_DATA = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429"]

READING_ADDRESSES = "^/api/v1"
"""Reads of the native service are left out of the phase that tries every border of every parameter, for time's sake."""
HOOKS = """
import schemathesis


@schemathesis.serializer("application/x-ndjson")
def as_lines(ctx, value):
    return str(value).encode("utf-8", "replace")
"""


def _values(accounts: Accounts) -> dict[str, list[str]]:
    """By name in addresses, numbers of mine in every stage."""
    told = [route for route in ROUTES if route.path.startswith(DESCRIBED)]
    names = {name for route in told for name in names_of(route)}
    disputes = accounts.mine.disputes.values()
    return {name: sorted({PLACES[name](accounts.mine, dispute).value for dispute in disputes}) for name in names}


LINE_BY_LINE = [route.name for route in ROUTES if not takes_json(route)]
"""Calls whose body is lines of text: whatever the text is, each line gets its answer, and the whole 200."""


def _of_operations() -> list[str]:
    """What holds for some of the calls only."""
    return [
        "[[operations]]",
        "include-method = 'GET'",
        f"include-path-regex = '{READING_ADDRESSES}'",
        "phases.coverage.enabled = false",
        "[[operations]]",
        "include-method = 'GET'",
        f"checks.positive_data_acceptance = {{ expected-statuses = {json.dumps([*RULES_SAY_NO, '400'])} }}",
        "[[operations]]",
        "include-operation-id = 'searchCustomers'",
        f"checks.positive_data_acceptance = {{ expected-statuses = {json.dumps([*RULES_SAY_NO, '400'])} }}",
        "[[operations]]",
        f"include-operation-id = {json.dumps(LINE_BY_LINE)}",
        f"checks.negative_data_rejection = {{ expected-statuses = {json.dumps([*WRONG_DATA, '2xx'])} }}",
    ]


def _toml(values: dict[str, list[str]], token: str) -> str:
    lines = [
        f"seed = {SEED}",
        "continue-on-failure = true",
        "hooks = 'hooks_of_ours'",
        "suppress-health-check = ['all']",
        "warnings = false",
        "[headers]",
        f"Authorization = 'Bearer {token}'",
        "[generation]",
        f"max-examples = {EXAMPLES}",
        "deterministic = true",
        "[phases.coverage]",
        "unexpected-methods = ['PUT']",
        "generate-duplicate-query-parameters = false",
        "generation.mode = 'negative'",
        "[phases.stateful]",
        "max-steps = 4",
        "[cache]",
        "enabled = false",
        "[checks]",
        f"positive_data_acceptance = {{ expected-statuses = {json.dumps(RULES_SAY_NO)} }}",
        f"negative_data_rejection = {{ expected-statuses = {json.dumps(WRONG_DATA)} }}",
    ]
    lines += _of_operations()
    for name, known in values.items():
        shown = json.dumps([int(one) if one.isdigit() else one for one in known])
        lines += [f"[dictionaries.{name}]", f"values = {shown}"]
    lines.append("[parameters]")
    lines += [f'"path.{name}" = {{ dictionary = "{name}", probability = {OFTEN} }}' for name in values]
    return "\n".join(lines) + "\n"


def _run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("schemathesis"))
    return subprocess.run(
        [program, "--config-file", str(folder / "schemathesis.toml"), "run", *words],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=folder,
    )


def _asked(report: Path) -> Counter[str]:
    """How many requests were made of each operation, as the report tells."""
    names = {f"{route.method} {route.path}": route.name for route in ROUTES}
    made: Counter[str] = Counter()
    for line in report.read_text(encoding="utf-8").splitlines():
        for scenario in [json.loads(line).get("ScenarioFinished")]:
            for case in (scenario or {}).get("recorder", {}).get("cases", {}).values():
                value = case["value"]
                made[names.get(f"{value['method']} {value['path']}", "")] += 1
    return made


def test_nothing_fails(committed_world: World, live: LiveService, tmp_path: Path) -> None:
    accounts = build_accounts(committed_world)
    token = live.client(accounts.biller, per_minute=1_000_000).secret
    (tmp_path / "schemathesis.toml").write_text(_toml(_values(accounts), token), encoding="utf-8")
    (tmp_path / "hooks_of_ours.py").write_text(HOOKS, encoding="utf-8")
    report = tmp_path / "report.ndjson"
    words: Sequence[str] = ("--checks", "all", "--report-ndjson-path", str(report), f"{live.url}/api/openapi.json")
    ended = _run(tmp_path, *words)
    assert ended.returncode == 0, ended.stdout[-12_000:]
    asked = _asked(report)
    assert set(asked) >= {route.name for route in ROUTES if route.path.startswith(DESCRIBED)}
    assert sum(asked.values()) > 10 * len(asked)
