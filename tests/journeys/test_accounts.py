"""A representative at the telephone: finds the customer, sees what is in dispute, goes on to Explain and Dispute."""

from __future__ import annotations

import pytest

from makegood.billing.states import Subkind
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.kernel import clock
from tests.billed import billed
from tests.journeys.conftest import Visit
from tests.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("browser")]

SAID = "Nobody ordered Premium Voice."


@pytest.mark.usefixtures("transactional_db")
def test_a_representative_finds_the_customer_and_goes_on(visit: Visit) -> None:
    world = build_world("telecom_billing")
    made, rep = billed(world), world.person("csr")
    made.usage(clock.now(), Subkind.CALL, 120_000, caller_e164="+13105550111")
    lines = made.lines[made.latest.number]
    (filed,) = operations.submit(rep, items=[SubmitItem(lines[1].pk, "UNEXPECTED_CHARGE", SAID)])
    assert filed.ok, filed
    person = visit(rep)
    page, home = person.page, f"/accounts/{world.customer.pk}/"

    person.open("/accounts/")
    page.fill("#a-q", "(310) 555-0111")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{home}")
    assert page.inner_text("h1") == "Acme Plumbing"

    person.open("/accounts/")
    page.fill("#a-q", str(made.latest.number))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{home}")
    assert "$19.99" in page.inner_text(".mg-account-sums .is-disputed")
    newest = page.locator(".mg-bills tr.is-row", has_text=str(made.latest.number))
    assert "1 in dispute" in newest.inner_text()
    assert page.locator("#figure-bills .mg-chart.is-drawn").is_visible()

    newest.locator("a[data-row-open]").click()
    page.wait_for_url("**/bills/*/")
    marked = page.locator(".mg-lines tr.is-row", has_text="Premium Voice").inner_text()
    assert f"{filed.data['number']}" in marked
    assert "Open" in marked
    page.check(f'input[name="charge"][value="{lines[2].pk}"]')
    page.keyboard.press("Shift+D")
    page.wait_for_url(f"**{home}dispute/new/?bill={made.latest.number}&charge={lines[2].pk}")

    person.open(f"{home}?tab=disputes")
    assert f"{filed.data['number']}" in page.inner_text(".mg-account-disputes")
    person.open(home)
    page.keyboard.press("a")
    page.wait_for_selector("#actions:popover-open")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.wait_for_url(f"**{home}inquiries/bill/?bill={made.latest.number}")
    person.open(f"{home}inquiries/data/")
    page.select_option("#i-period", index=2)
    page.wait_for_url("**period=*")
    assert "you used 5 GB" in page.inner_text("[data-say]")
