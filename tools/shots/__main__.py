"""`python -m tools.shots [FOLDER]`: serve a fresh demo and write a picture of every page into ./var/shots.

Ends with 1 and the names when a page answers an error, complains on the console, breaks the content security policy
or is wider than the window, and when the demo has nothing for a page.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.chromium import ARGUMENTS, chromium
from tests.journeys.pages import PAGES
from tools.shots.camera import Camera
from tools.shots.places import OTHERS, Places, window_of
from tools.shots.stage import prepare

ROOT = Path(__file__).resolve().parents[2]
FIELD = re.compile(r"{(\w+)}")


class DemoDidNotStart(RuntimeError):
    """The demo ended before it served; what it said stands above."""


@dataclass
class Result:
    """How many pages and pictures there are, and what is wrong, one line each."""

    pages: int = 0
    pictures: int = 0
    wrong: list[str] = field(default_factory=list)


@contextmanager
def demo() -> Iterator[dict[str, Any]]:
    """What a fresh demo prints once it serves; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="makegood-shots-") as home:
        Path(home).chmod(0o711)
        folder = Path(home, "demo")
        command = [sys.executable, "-m", "makegood.project.cli", "demo", "--json", "--port", "0", "--data", str(folder)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            assert process.stdout is not None  # noqa: S101 - it was asked for above
            line = process.stdout.readline()
            if not line:
                raise DemoDidNotStart
            yield json.loads(line)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def signed_in(browser: Browser, told: Mapping[str, Any], who: str) -> Page:
    """A window of the first of a role, or of somebody by the beginning of their e-mail."""
    person = next(one for one in told["sign_ins"] if who in (one["role"], one["email"].partition("@")[0]))
    page = browser.new_context(reduced_motion="reduce").new_page()
    page.goto(told["sign_in"])
    page.fill("#id_login", person["email"])
    page.fill("#id_password", person["password"])
    page.press("#id_password", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    return page


def name_of(path: str) -> str:
    """A file name for a page: ``disputes_tab_decided``."""
    return re.sub(r"[^a-z0-9]+", "_", path.lower().replace("{", "").replace("}", "")).strip("_") or "home"


def take(windows: Mapping[str, Page], base: str, into: Path, only: re.Pattern[str]) -> Result:
    """Take every picture whose page's role and address match."""
    result, places = Result(), Places(windows, base)
    cameras = {who: Camera(page, base) for who, page in windows.items()}
    for role, path in ((role, path) for role, paths in PAGES.items() for path in paths):
        if not only.search(f"{role} {path}"):
            continue
        who = window_of(role, path)
        found = {name: places.of(who, name) for name in FIELD.findall(path)}
        lacking = [name for name, value in found.items() if value is None]
        if lacking:
            result.wrong.append(f"{role} {path}: the demo has no {', '.join(lacking)}")
            continue
        address = path.format(**found)
        taken, wrong = cameras[who].look(address, into / f"{role}-{name_of(path)}")
        result.pages += 1
        result.pictures += taken
        result.wrong += [f"{role} {address}: {line}" for line in wrong]
    return result


def run(into: Path, told: dict[str, Any] | None, only: re.Pattern[str]) -> Result:
    """Start a demo where none is told of, and take the pictures of it."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    with sync_playwright() as playwright, nullcontext(told) if told else demo() as served:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        roles = [*PAGES, *OTHERS.values()]
        windows = {who: signed_in(browser, served, who) for who in dict.fromkeys(roles)}
        prepare(windows, served["base_url"])
        result = take(windows, served["base_url"], into, only)
        browser.close()
    return result


def asked() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tools.shots", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "var" / "shots")
    parser.add_argument("--demo", type=Path, metavar="FILE", help="What `makegood demo --json` printed; it still runs.")
    parser.add_argument("--only", type=re.compile, default=re.compile(""), help="Pages that match: 'csr /accounts'.")
    return parser.parse_args()


def main() -> int:
    """The pictures, what they cost, and what is wrong."""
    words, begun = asked(), time.monotonic()
    told = json.loads(words.demo.read_text()) if words.demo else None
    result = run(words.folder, told, words.only)
    took = f"{time.monotonic() - begun:.0f} s"
    print(*result.wrong, sep="\n", file=sys.stderr)  # noqa: T201
    print(f"{result.pictures} pictures of {result.pages} pages in {words.folder}, {took}")  # noqa: T201
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
