"""`python -m tools.shots [FOLDER]`: serve a fresh demo and write a picture of every page into ./var/shots."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.chromium import ARGUMENTS, chromium
from tests.journeys.pages import PAGES
from tools.shots.places import found_in

ROOT = Path(__file__).resolve().parents[2]
WIDTHS = (1280, 390)
THEMES = ("light", "dark")
SETTLED = "() => !document.querySelector('.htmx-request, [data-busy]')"
FIELD = re.compile(r"{(\w+)}")


@contextmanager
def demo(folder: Path) -> Iterator[dict[str, Any]]:
    """What a running demo prints once it serves."""
    command = [sys.executable, "-m", "makegood.project.cli", "demo", "--json", "--port", "0", "--data", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None  # noqa: S101 - it was asked for above
        yield json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def signed_in(browser: Browser, told: Mapping[str, Any], role: str) -> Page:
    """A window of somebody of that role."""
    person = next(person for person in told["sign_ins"] if person["role"] == role)
    page = browser.new_context(reduced_motion="reduce").new_page()
    page.goto(told["sign_in"])
    page.fill("#id_login", person["email"])
    page.fill("#id_password", person["password"])
    page.press("#id_password", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    return page


def shoot(page: Page, address: str, file: Path) -> int:
    """Every width and theme of one page; says how many pictures that were."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # a word of three
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            page.wait_for_load_state("load")
            page.wait_for_function(SETTLED)
            page.screenshot(path=f"{file}-{width}-{theme}.png", full_page=True)
    return len(THEMES) * len(WIDTHS)


def name_of(path: str) -> str:
    """A file name for a page: ``disputes_tab_decided``."""
    return re.sub(r"[^a-z0-9]+", "_", path.lower().replace("{", "").replace("}", "")).strip("_") or "home"


def run(into: Path) -> tuple[int, list[str]]:
    """Take every picture; says how many, and which pages the demo has nothing for."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    taken, left_out = 0, []
    with tempfile.TemporaryDirectory(prefix="makegood-shots-") as home, sync_playwright() as playwright:
        Path(home).chmod(0o711)
        with demo(Path(home, "demo")) as told:
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
            windows = {role: signed_in(browser, told, role) for role in PAGES}
            wanted = {field for paths in PAGES.values() for path in paths for field in FIELD.findall(path)}
            found = found_in(windows, told["base_url"], sorted(wanted))
            for role, path in ((role, path) for role, paths in PAGES.items() for path in paths):
                if set(FIELD.findall(path)) <= set(found):
                    file = into / f"{role}-{name_of(path)}"
                    taken += shoot(windows[role], told["base_url"] + path.format(**found), file)
                else:
                    left_out.append(f"{role} {path}")
            browser.close()
    return taken, left_out


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "var" / "shots"
    count, missing = run(folder)
    print(f"{count} pictures in {folder}", *(f"the demo has none of: {one}" for one in missing), sep="\n")  # noqa: T201
