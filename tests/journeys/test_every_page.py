"""Every page in both themes, narrow and wide: no violation, no console message, nothing cut off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, DraftItem, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.notifications import operations as notices
from makegood.parties.entries import Principal
from makegood.parties.operations import create_token
from makegood.parties.states import Dimension
from makegood.webhooks.models import Attempt
from makegood.webhooks.operations import create_endpoint, send_test
from tests.journeys.conftest import Person, Visit
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]

WIDTHS = (390, 1280)
THEMES = ("light", "dark")
PAGES = {
    "buyer": (
        "/calls/", "/calls/?billed=all&range=all", "/calls/{charge}/", "/calls/{free}/dispute/", "/disputes/",
        "/disputes/?tab=decided", "/disputes/?tab=drafts", "/disputes/?tab=all", "/disputes/D-{number}/",
        "/disputes/D-{waiting}/", "/disputes/D-{waiting}/edit/", "/disputes/D-{waiting}/sent/", "/notifications/",
        "/notifications/preferences/", "/account/password/", "/disputes/D-999999/",
    ),
    "manager": (
        "/queue/", "/queue/?tab=mine", "/queue/?tab=decided", "/queue/?tab=all", "/calls/", "/disputes/D-{waiting}/",
        "/disputes/D-{number}/?tab=money", "/disputes/D-{number}/?tab=policy", "/disputes/D-{number}/?tab=steps",
        "/disputes/D-{waiting}/?tab=story", "/notifications/", "/notifications/preferences/",
    ),
    "vendor": ("/adjusted-calls/", "/notifications/", "/notifications/preferences/", "/calls/"),
    "admin": (
        "/admin/tokens/", "/admin/tokens/new/", "/admin/tokens/{token}/revoke/", "/admin/webhooks/",
        "/admin/webhooks/new/", "/admin/webhooks/{webhook}/", "/admin/webhooks/{webhook}/delete/",
    ),
}  # fmt: skip
PARTIES = {"buyer": {"customer_number": "B1"}, "vendor": {"vendor_number": "V1"}}
WATCH = (
    "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
)
SIDEWAYS = """() => {
  const wide = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) wide.push(`page ${root.scrollWidth} > ${root.clientWidth}`);
  for (const box of document.querySelectorAll('.mg-list, .mg-panel, .mg-option, .mg-main')) {
    if (box.scrollWidth > box.clientWidth + 1) wide.push(`${box.className} ${box.scrollWidth} > ${box.clientWidth}`);
  }
  return wide;
}"""


def connections(admin: Principal) -> dict[str, Any]:
    """A token, and a webhook with a delivery whose answer is long."""
    token = create_token(
        admin, name="Nightly feed of the billing system", scopes=["dispute.view"], grants=[(Dimension.ALL, "")],
        networks=["192.0.2.0/24", "2001:db8:1234:5678::/64"],
    ).token  # fmt: skip
    url = "https://hooks.example.com/a/rather/long/address/of/a/receiver/somewhere"
    endpoint = create_endpoint(admin, url=url, resolve=lambda host, port: ["93.184.215.14"]).endpoint
    delivery = send_test(admin, endpoint_id=endpoint.public_id)
    facts = {"at": clock.now(), "status": 500, "duration_ms": 31, "answer": "x" * 300, "error": ""}
    Attempt.objects.create(delivery=delivery, number=1, **facts)
    return {"token": token.pk, "webhook": endpoint.public_id}


def people_and_places(world: World) -> tuple[dict[str, Principal], dict[str, Any]]:
    """Everybody, and one of everything to look at."""
    people = {role: world.person(role, f"crawl-{role}", **PARTIES.get(role, {})) for role in PAGES}
    buyer, manager = people["buyer"], people["manager"]
    charges = [world.charge() for _ in range(6)]
    world.charge(billed_at=None, billed_micros=0, disposition="not_connected")
    filed = [
        operations.submit(buyer, items=[SubmitItem(c.pk, "NOT_QUALIFIED", "Out of the area. " * 20)])[0]
        for c in charges[:4]
    ]
    operations.save_draft(buyer, items=[DraftItem(charges[4].pk, "SPAM", "Begun")])
    kinds = (DecisionKind.PARTIAL, DecisionKind.ACCEPT, DecisionKind.REJECT)
    for answer, kind in zip(filed, kinds, strict=False):
        micros = 15_123_456 if kind is DecisionKind.PARTIAL else None
        operations.decide(manager, items=[DecisionItem(answer.id or 0, kind, micros, note="As heard on the call.")])
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    notices.fold()
    numbers = list(Dispute.objects.exclude(stage="draft").order_by("id").values_list("number", flat=True))
    return people, {
        "charge": charges[0].pk,
        "free": charges[5].pk,
        "number": numbers[0],
        "waiting": numbers[-1],
        **connections(people["admin"]),
    }


def look(person: Person, path: str) -> list[str]:
    """Open a page; what is wrong with it."""
    page = person.open(path)
    return [f"{path}: {wide}" for wide in page.evaluate(SIDEWAYS)]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_and_is_quiet(width: int, theme: str, committed_world: World, visit: Visit) -> None:
    people, places = people_and_places(committed_world)
    wrong = []
    for role, paths in PAGES.items():
        person = visit(people[role], width=width, theme=theme)
        person.page.add_init_script(WATCH)
        for path in paths:
            wrong += look(person, path.format(**places))
    assert wrong == []


def test_pages_work_without_javascript(committed_world: World, visit: Visit) -> None:
    people, places = people_and_places(committed_world)
    person = visit(people["manager"])
    state = person.page.context.storage_state()
    browser = person.page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(f"{person.base}/disputes/D-{places['waiting']}/")
    page.fill("#d-amount", "20%")
    page.fill("#d-note", "A fifth.")
    page.click("text=In part: credit $22.50")
    assert "accepted in part" in page.inner_text("#undo")
    page.click("#undo button")
    assert "Nothing was posted" in page.inner_text("#notes")
    context.close()


def test_signing_in_leads_back_to_where_one_wanted_to_go(committed_world: World, visit: Visit) -> None:
    person = visit(committed_world.person("manager", "comes-back"))
    page = person.page
    page.context.clear_cookies()
    person.open("/queue/?tab=all")
    page.fill("#id_login", "comes-back@test.example")
    page.fill("#id_password", "not the password")
    page.keyboard.press("Enter")
    assert "not correct" in page.inner_text("[role=alert]")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue/?tab=all")
    page.click("[popovertarget=me]")
    page.click("text=Sign out")
    page.wait_for_url("**/account/login/")


def test_theme_switch_applies_at_once_and_stays(committed_world: World, visit: Visit) -> None:
    person = visit(committed_world.person("manager", "switcher"))
    page = person.open("/queue/")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[popovertarget=me]")
    page.click("text=Dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_help_opens_with_its_key_and_keys_rest_in_fields(committed_world: World, visit: Visit) -> None:
    person = visit(committed_world.person("manager", "helped"))
    page = person.open("/queue/")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("j?")
    assert page.input_value("#find") == "j?"
    assert not page.locator("#help").is_visible()
