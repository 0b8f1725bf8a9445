"""The quick start as a program: its shell blocks, run in order, and what the page says they print."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api" / "quickstart.md"
_BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MEMBER = re.compile(r'"\w+":(?:"[^"]*"|[^,}]+)')
_END = "---- end of block ----"
_PATIENCE_S = 120


def blocks() -> list[tuple[str, list[str]]]:
    """Each shell block, with the members that the page says are in what it prints."""
    found: list[tuple[str, list[str]]] = []
    for kind, text in _BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "sh":
            found.append((text, []))
        else:
            found[-1][1].extend(_MEMBER.findall(text))
    return found


def check_quickstart(api: str, token: str, resolution: int = 1) -> None:
    """Run the page in one shell; ``api`` is the address of the customer's disputes. Raise AssertionError.

    ``resolution`` is what the number 1 of the page stands for on another database than the demo's.
    """
    parts = blocks()
    assert '"resolutionID": 1,' in PAGE.read_text(encoding="utf-8")
    script = "set -euo pipefail\n" + "".join(f"{text}\necho '{_END}'\n" for text, _ in parts)
    script = script.replace('"resolutionID": 1,', f'"resolutionID": {resolution},')
    ended = subprocess.run(
        ["/bin/bash", "-c", script],
        env={"PATH": os.environ["PATH"], "API": api, "TOKEN": token},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    printed = ended.stdout.split(f"{_END}\n")
    assert len(printed) == len(parts) + 1
    for (text, members), said in zip(parts, printed, strict=False):
        missing = [member for member in members if member not in said]
        assert missing == [], f"{text}\nprinted\n{said}"
    assert sum(len(members) for _, members in parts) > 10
