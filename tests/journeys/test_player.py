"""Listening in the browser: by mouse, by keyboard alone, in a row that is swapped, and without JavaScript."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from makegood.evidence.models import Recording, RecordingAccess
from makegood.imports.models import Transcript
from tests.journeys.conftest import Person, Visit
from tests.recordings import ready_recording
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]

SAID = "[00:01] Caller: Is this the plumber?\n[00:04] Agent: Yes, Acme Plumbing.\n[00:09] Caller: I sell advertising."
WATCH = "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"
INK = """() => {
  const lanes = [...document.querySelector('[data-wave-in] > div').shadowRoot.querySelectorAll('.canvases canvas')];
  return lanes.map(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(part => part > 0));
}"""
NOW = "() => document.querySelector('audio').currentTime"


def open_player(person: Person, recording: Recording) -> tuple[Page, Locator]:
    """The page of the player, once its waveform is drawn."""
    person.page.add_init_script(WATCH)
    page = person.open(reverse("player", args=[recording.charge_id]))
    player = page.locator("[data-player]")
    expect(page.locator("[data-player][data-ready]")).to_have_count(1)
    return page, player


def now(page: Page) -> float:
    """Where the player stands, in seconds."""
    return float(page.evaluate(NOW))


def expect_at(page: Page, seconds: float, within: float = 0.4) -> None:
    """The player stands at this moment, or was there just now."""
    assert seconds - 0.05 <= now(page) <= seconds + within


def expect_playing(page: Page, *, beyond: float) -> None:
    """The sound goes on and passes a moment."""
    page.wait_for_function(f"() => document.querySelector('audio').currentTime > {beyond}")


def pause(page: Page) -> None:
    """Everything is silent, and what was heard is told."""
    page.evaluate("document.querySelectorAll('audio').forEach(one => one.pause())")
    page.wait_for_load_state("networkidle")


def test_a_person_listens_and_it_is_kept(committed_world: World, visit: Visit) -> None:
    Transcript.objects.create(key="t:1", source="test", text=SAID)
    recording = ready_recording(committed_world.charge(transcript_key="t:1", platform_tags=["first-time caller"]))
    mia = visit(committed_world.person("manager", "mia"))
    page, player = open_player(mia, recording)

    assert page.evaluate(INK) == [True, True]
    assert [name.split()[0] for name in page.locator(".mg-lane-name").all_inner_texts()] == ["Caller", "Agent"]
    assert page.evaluate("performance.getEntriesByType('resource').filter(e => e.name.endsWith('/audio')).length") == 0
    expect_at(page, 0.8)
    wave = page.get_by_role("slider", name="Position in the recording")
    expect(wave).to_have_attribute("aria-valuetext", "0 of 12 seconds")

    page.click("text=Play")
    expect_playing(page, beyond=1.2)
    expect(wave).to_have_attribute("aria-valuetext", "1 of 12 seconds, caller speaking")
    expect(page.locator("li[aria-current]")).to_contain_text("Is this the plumber?")
    page.click("[data-do=skip]")
    page.click("[data-do=speed]")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.5
    page.click("text=0:04 Agent")
    expect(page.locator("li[aria-current]")).to_contain_text("Yes, Acme Plumbing.")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 8.7")
    page.click("text=Pause")
    expect(player).not_to_have_attribute("data-playing", "")
    page.get_by_label("Volume of Agent").fill("0")
    expect(page.get_by_label("Mute Agent")).to_have_attribute("aria-pressed", "true")
    wave.click(position={"x": 2, "y": 10})
    assert now(page) < 0.2

    page.reload()
    expect(page.locator("[data-player][data-ready]")).to_have_count(1)
    expect(page.locator("[data-speed]")).to_have_text("1.5\u00d7")
    expect(page.locator("[data-do=skip]")).to_have_attribute("aria-pressed", "true")
    page.click("text=Who listened")
    expect(page.locator(".mg-listeners")).to_contain_text("mia")
    expect(page.locator(".mg-listeners")).to_contain_text("0:04")
    heard = list(RecordingAccess.objects.filter(heard=True).order_by("from_ms").values_list("from_ms", "to_ms"))
    assert heard[0][0] < 1_000
    assert any(start <= 4_100 and 6_000 <= end < 6_900 for start, end in heard), heard
    assert all(end <= 6_900 or start >= 8_500 for start, end in heard), f"silence was skipped: {heard}"
    assert RecordingAccess.objects.filter(heard=False).count() == 1


def test_the_keyboard_alone_suffices(committed_world: World, visit: Visit) -> None:
    recording = ready_recording(committed_world.charge())
    page, player = open_player(visit(committed_world.person("buyer", "ben", customer_number="B1")), recording)
    press = page.keyboard.press
    press("Space")
    expect(player).to_have_attribute("data-playing", "")
    press("Space")
    expect(player).not_to_have_attribute("data-playing", "")
    for key, at in (("]", 4.0), ("]", 9.0), ("]", 9.0), ("[", 4.0), ("[", 1.0)):
        press(key)
        expect_at(page, at)
    for key, at in (("ArrowRight", 4), ("Shift+ArrowRight", 11.75), ("Shift+ArrowLeft", 1.75), ("ArrowLeft", 0)):
        press(key)
        expect_at(page, at)
    press("s")
    expect(page.locator("[data-speed]")).to_have_text("1.5\u00d7")
    press("m")
    expect(page.locator("[data-do=skip]")).to_have_attribute("aria-pressed", "true")
    wave = page.get_by_role("slider", name="Position in the recording")
    wave.focus()
    for key, at in (("ArrowRight", 3.0), ("PageUp", 11.75), ("Home", 0), ("ArrowUp", 3), ("ArrowLeft", 0)):
        press(key)
        expect_at(page, at)
    expect(wave).to_have_attribute("aria-valuenow", "0")
    press("Space")
    expect(player).to_have_attribute("data-playing", "")
    page.get_by_role("button", name="10 seconds back").focus()
    press("Space")
    expect(player).to_have_attribute("data-playing", "")
    pause(page)


def test_only_one_plays_and_an_expired_link_is_renewed(committed_world: World, visit: Visit) -> None:
    first, second = (ready_recording(committed_world.charge()) for _ in range(2))
    person = visit(committed_world.person("manager", "max"), width=320, theme="dark")
    page, _ = open_player(person, first)
    page.evaluate("""path => htmx.ajax('GET', path, {target: '.mg-panel-body', swap: 'beforeend'})""",
                  reverse("player", args=[second.charge_id]))  # fmt: skip
    expect(page.locator("[data-player][data-ready]")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.locator("text=Play").first.click()
    expect(page.locator("[data-playing]")).to_have_count(1)
    page.locator("[data-do=play]").last.click()
    expect(page.locator("[data-player]").last).to_have_attribute("data-playing", "")
    expect(page.locator("[data-playing]")).to_have_count(1)
    assert page.locator("[data-player]").last.locator("[data-key=Space]").count() == 1
    assert page.locator("[data-key=Space]").count() == 1
    pause(page)

    page.route("**/audio", lambda route: route.fulfill(status=410, body="gone") if renewed == [] else route.continue_())
    renewed: list[str] = []
    page.on("request", lambda request: renewed.append(request.url) if request.url.endswith("/renew") else None)
    page.reload()
    expect(page.locator("[data-player][data-ready]")).to_have_count(1)
    page.keyboard.press("Space")
    expect_playing(page, beyond=1.2)
    assert len(renewed) == 1
    expect(page.locator("[data-trouble]")).to_be_hidden()
    pause(page)


def test_without_javascript_the_native_player_has_its_link(committed_world: World, visit: Visit) -> None:
    recording = ready_recording(committed_world.charge())
    person = visit(committed_world.person("buyer", "bob", customer_number="B1"))
    browser = person.page.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False, storage_state=person.page.context.storage_state())
    page = plain.new_page()
    page.goto(person.base + reverse("player", args=[recording.charge_id]))
    native = page.locator("audio[controls]")
    expect(native).to_be_visible()
    expect(page.locator(".mg-player-ui")).to_be_hidden()
    expect(page.locator("text=Speech at 0:01 (Caller), 0:04 (Agent), 0:09 (Caller).")).to_be_visible()
    address = person.base + (native.get_attribute("src") or "")
    answer = plain.request.get(address, headers={"Range": "bytes=0-99"})
    assert (answer.status, len(answer.body())) == (206, 100)
    assert RecordingAccess.objects.get().heard is False
    plain.close()
