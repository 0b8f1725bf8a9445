"""A representative explains a bill: the named one, a bar, its charges, and a dispute of exactly these."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from makegood.billing.models import Charge
from makegood.billing.tests.bills import Billing, named_bill
from tests.journeys.conftest import Visit
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_named_bill_leads_to_a_dispute_of_exactly_its_charges(committed_world: World, visit: Visit) -> None:
    world = committed_world
    _, november = named_bill(Billing(world))
    person = visit(world.person("csr"))
    page = person.open(f"/accounts/{world.customer.pk}/inquiries/bill/")
    page.select_option("select[name=bill]", str(november.number))
    page.wait_for_selector("#figure-waterfall .mg-chart.is-drawn svg")
    assert page.locator(".mg-chart.is-drawn svg").count() == page.locator("[data-chart]").count() == 3
    table = page.locator("#figure-waterfall table")
    read = [row.inner_text().split("\t")[:2] for row in table.locator("tbody tr").all()]
    assert read[0] == ["October", "$141.80"]
    assert ["Volume", "+$41.23"] in read
    assert read[-1] == ["November", "$214.30"]
    assert "$72.50 more than October" in page.locator("#aloud").inner_text()
    table.get_by_role("link", name="Volume").click()
    page.wait_for_url(re.compile("/inquiries/bill/volume/"))
    form = page.locator("#dispute")
    shown = [row.inner_text() for row in form.locator(".mg-bill-charges tbody tr").all()]
    assert len(shown) == 4
    assert all("2125550142" in row for row in shown)
    chosen = {int(box.get_attribute("value") or 0) for box in form.locator("input[name=charge]").all()}
    assert chosen == set(Charge.objects.filter(invoice=november, unit="GB").values_list("pk", flat=True))
    for box in form.locator("input[name=charge]").all():
        box.check()
    form.get_by_role("button", name="Dispute these").click()
    page.wait_for_url(re.compile("/dispute/new/"))
    assert f"bill={november.number}" in page.url
    page.get_by_role("button", name=re.compile("Start|Begin")).click()
    page.wait_for_url(re.compile("/step/"))
    expect(page.locator("main")).to_contain_text("$71.61 asked for.")
    for charge in Charge.objects.filter(pk__in=chosen):
        expect(page.locator("main")).to_contain_text(charge.external_id)


PAPERS = {"A4": 673, "Letter": 695}
"""Width of what is printed between the margins of the style sheet, 16 mm each, in pixels."""


def test_an_explanation_prints_on_both_papers(committed_world: World, visit: Visit, tmp_path: Path) -> None:
    _, november = named_bill(Billing(committed_world))
    person = visit(committed_world.person("csr"))
    page = person.open(f"/accounts/{committed_world.customer.pk}/inquiries/bill/?bill={november.number}")
    page.wait_for_selector("#figure-waterfall .mg-chart.is-drawn svg")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for paper, width in PAPERS.items():
        page.set_viewport_size({"width": width, "height": 1000})
        inside = "e => e.scrollWidth <= e.clientWidth + 1"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), paper
        for region in page.locator(".mg-figure-rows").all():
            assert region.evaluate(inside), paper
        for gone in (".mg-top", ".mg-nav", ".mg-log-filter", "[data-copy]", ".mg-figure-how", ".mg-chart"):
            assert [one for one in page.locator(gone).all() if one.is_visible()] == [], (paper, gone)
        for name in ("waterfall", "history"):
            assert page.locator(f"#figure-{name} table").is_visible(), (paper, name)
        assert page.locator("#aloud").is_visible()
        file = tmp_path / f"{paper}.pdf"
        page.pdf(path=file, format=paper)
        pages = len(re.findall(rb"/Type\s*/Page\b", file.read_bytes()))
        assert 1 <= pages <= 4, (paper, pages)
