"""Pictures of one page, and what is wrong with it."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Error, Page

from tests.journeys.looking import QUIET, SIDEWAYS, WATCH, is_trouble
from tools.shots.places import visit

WIDTHS = (1280, 390)
THEMES = ("light", "dark")
HEIGHT, TALLEST = 900, 4_000
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Waits until what was changed stands on the screen."""
REFUSED = {
    "/disputes/D-999999/": 404,
    "/calls/": 403,
    "/calls/?range=dates&from=2026-02-31": 422,
    "/queue/?more=1&age=xx": 422,
    "/leads/?mark=perhaps": 422,
}
"""What pages say on purpose: nothing is there, it is not for vendors, a filter cannot be read."""


class Camera:
    """Somebody's window; what its console complains about is kept until the next picture."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self._wire = page.context.new_cdp_session(page)
        self._said: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._said.append(f"script: {error}"))
        page.context.add_init_script(WATCH)

    def _hear(self, message: ConsoleMessage) -> None:
        if is_trouble(message.type, message.text):
            self._said.append(f"console: {message.text}")

    def look(self, path: str, file: Path) -> tuple[int, list[str]]:
        """Every width and theme of one page: how many pictures, and what is wrong, one line each."""
        self._said.clear()
        try:
            wrong = self._open(path)
            taken = sum(self._shoot(file, width, wrong) for width in WIDTHS)
        except Error as error:
            return 0, [error.message.splitlines()[0]]
        return taken, wrong + list(dict.fromkeys(self._said))

    def _open(self, path: str) -> list[str]:
        self.page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        answer = visit(self.page, self.base + path)
        self.page.wait_for_function(QUIET)
        status = answer.status if answer else 0
        if status != 200 and status != REFUSED.get(path):
            return [f"answered {status}"]
        return ["asked to sign in"] if "/account/login/" in self.page.url else []

    def _shoot(self, file: Path, width: int, wrong: list[str]) -> int:
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        wrong += [f"{width} px sideways: {wide}" for wide in self.page.evaluate(SIDEWAYS)]
        tall = min(self.page.evaluate("() => document.documentElement.scrollHeight"), TALLEST)
        clip = {"x": 0, "y": 0, "width": width, "height": max(tall, HEIGHT), "scale": 1}
        asked = {"format": "png", "optimizeForSpeed": True, "captureBeyondViewport": True, "clip": clip}
        for theme in THEMES:
            self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # a word of three
            self.page.evaluate(PAINTED)
            shot = self._wire.send("Page.captureScreenshot", asked)
            Path(f"{file}-{width}-{theme}.png").write_bytes(b64decode(shot["data"]))
        return len(THEMES)
