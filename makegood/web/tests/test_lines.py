"""Disputes filed together, as their pages show them; and one that a rule accepted at once."""

from __future__ import annotations

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem, Together
from makegood.parties.entries import SYSTEM, Principal
from makegood.web.tests.conftest import SignedIn
from tests.world import ChargeMaker, World


def test_page_of_a_line_names_the_others(buyer: Principal, make_charge: ChargeMaker, signed_in: SignedIn) -> None:
    items = [SubmitItem(make_charge().pk, "SPAM", "Automated voice") for _ in range(3)]
    answers = operations.submit(buyer, items=items, together=Together())
    first, second, third = (str(answer.data["number"]) for answer in answers)
    page = signed_in(buyer).get(f"/disputes/{second}/").content.decode()
    links = [f'<a href="/disputes/{number}/">{number}</a>' for number in (first, third)]
    assert f"Filed together with {', '.join(links)}." in page
    listed = signed_in(buyer).get("/disputes/").content.decode()
    assert all(number in listed for number in (first, second, third))


def test_claim_that_a_rule_accepts_is_told_as_accepted(
    buyer: Principal, make_charge: ChargeMaker, world: World, signed_in: SignedIn
) -> None:
    rule = {"type": "short_call_auto", "max_s": 20, "severity": "auto_accept", "budget": {"count": 5}}
    operations.publish_policy(SYSTEM, program=world.program, rules=[rule])
    charge = make_charge(duration_s=4, speech_s=0)
    client = signed_in(buyer)
    typed = {"reason": "SPAM", "description": "Automated voice"}
    page = client.post(f"/calls/{charge.pk}/dispute/", typed, follow=True).content.decode()
    assert "Accepted: $45.00 credited." in page
    assert "Accepted by the rule AUTO_SHORT" in page
    assert "Place in the queue" not in page
