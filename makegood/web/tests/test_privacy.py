"""What a page must never show: payouts to buyers, prices to vendors, decisions before commit, full numbers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import ClaimItem, DecisionItem, Ref
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind, Stage
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

PAYOUT, VENDOR, PRICE, BUYER = "30.00", "North Ads", "45.00", "Acme Plumbing"


@pytest.fixture
def decided(make_dispute: DisputeMaker, manager: Principal) -> Dispute:
    """Accepted to a third, inside its undo window."""
    dispute = make_dispute()
    (answer,) = operations.decide(
        manager, items=[DecisionItem(dispute.pk, DecisionKind.PARTIAL, 15_000_000, note="A third of it was noise.")]
    )
    assert answer.ok
    return dispute


def pages(dispute: Dispute) -> tuple[str, ...]:
    return (
        "/calls/?billed=all",
        f"/calls/{dispute.charge_id}/",
        "/disputes/?tab=all",
        "/disputes/?tab=pending",
        f"/disputes/D-{dispute.number}/",
        f"/disputes/D-{dispute.number}/sent/",
    )


def test_a_buyer_reads_pending_until_the_decision_is_committed(
    decided: Dispute, buyer: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(buyer)
    for path in pages(decided):
        page = client.get(path).content.decode()
        for word in ("$15.00", "A third of it", "undo window", 'href="#i-half"', 'href="#i-hourglass"'):
            assert word not in page, (path, word)
    assert "Pending" in client.get(f"/disputes/D-{decided.number}/").content.decode()


SECRET = re.compile(r'name="(?:csrfmiddlewaretoken|version)" value="\w+"|nonce="[^"]+"|CSRFToken"[: ]+"\w+"')
"""What differs from one answer to the next whatever happened."""


def test_a_sealed_page_is_that_of_a_case_in_review(
    make_dispute: DisputeMaker, manager: Principal, buyer: Principal, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(buyer)
    address = f"/disputes/D-{dispute.number}/"

    def shown() -> list[list[str]]:
        answers = [client.get(path) for path in (address, f"{address}edit/", f"{address}withdraw/")]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        return [SECRET.sub("", answer.content.decode()).split("\n") for answer in answers]

    assert operations.claim(manager, items=[ClaimItem(dispute.pk)])[0].ok
    before = shown()
    for step in ("edit", "withdraw"):
        assert any(f"{address}{step}/" in line for line in before[0])
    for kind in (DecisionKind.ACCEPT, DecisionKind.REJECT):
        (answer,) = operations.decide(manager, items=[DecisionItem(dispute.pk, kind, note="As heard.")])
        assert answer.ok
        for page, as_before in zip(shown(), before, strict=True):
            assert [pair for pair in zip(page, as_before, strict=False) if pair[0] != pair[1]] == []
        assert operations.undo(manager, items=[Ref(dispute.pk)])[0].ok


def test_changing_and_withdrawing_do_not_tell_that_it_was_decided(
    decided: Dispute, buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    client, form = signed_in(buyer), {"reason": "BOT", "description": "Kept words."}
    edit, withdraw = (f"/disputes/D-{decided.number}/{step}/" for step in ("edit", "withdraw"))
    sentence = f"D-{decided.number} is in a reviewer&#x27;s hands at this moment, and nothing was changed."
    with unchanged():
        answers = [client.post(edit, form), client.post(withdraw, follow=True)]
    assert [answer.status_code for answer in answers] == [409, 200]
    for answer in answers:
        page = answer.content.decode()
        assert sentence in page
        assert "already decided" not in page.lower()
    assert "Kept words.</textarea>" in answers[0].content.decode()
    # Taken back, it is withdrawn as if nothing had been.
    assert operations.undo(manager, items=[Ref(decided.pk)])[0].ok
    client.post(withdraw)
    decided.refresh_from_db()
    assert decided.stage == Stage.WITHDRAWN


def test_a_pending_dispute_offers_both_steps(make_dispute: DisputeMaker, buyer: Principal, signed_in: SignedIn) -> None:
    dispute = make_dispute()
    page = signed_in(buyer).get(f"/disputes/D-{dispute.number}/").content.decode()
    for step in ("edit", "withdraw"):
        assert f"/disputes/D-{dispute.number}/{step}/" in page


def test_after_the_commit_the_buyer_reads_it_all(decided: Dispute, buyer: Principal, signed_in: SignedIn) -> None:
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    page = signed_in(buyer).get(f"/disputes/D-{decided.number}/").content.decode()
    assert "Accepted in part: $15.00 of $45.00 credited." in page
    assert "A third of it was noise." in page


def test_a_buyer_never_sees_payout_claw_back_or_vendor(decided: Dispute, buyer: Principal, signed_in: SignedIn) -> None:
    client = signed_in(buyer)
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    for path in (*pages(decided), "/disputes/?tab=decided"):
        page = client.get(path).content.decode()
        for word in (PAYOUT, "$10.00", VENDOR, "Payout", "claw", "Margin", "posting"):
            assert word not in page, (path, word)


def test_a_vendor_never_sees_price_or_buyer(decided: Dispute, vendor: Principal, signed_in: SignedIn) -> None:
    client = signed_in(vendor)
    assert "No adjustments." in client.get("/adjusted-calls/").content.decode()
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    page = client.get("/adjusted-calls/").content.decode()
    assert ("$30.00" in page, "-$10.00" in page, "$20.00" in page) == (True, True, True)
    for word in (PRICE, "$15.00", BUYER, f"D-{decided.number}", "555-0142"):
        assert word not in page, word


@pytest.mark.parametrize("who", ["buyer", "vendor", "qa"])
def test_callers_are_masked_for_whoever_may_not_see_numbers(
    who: str, decided: Dispute, request: pytest.FixtureRequest, signed_in: SignedIn
) -> None:
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    client = signed_in(request.getfixturevalue(who))
    path = "/adjusted-calls/" if who == "vendor" else f"/disputes/D-{decided.number}/"
    page = client.get(path).content.decode()
    assert "+1 *** *** 0142" in page
    assert "212-555-0142" not in page


@pytest.mark.parametrize(
    ("who", "shown", "hidden"),
    [(who, "+1 202-555-0177", "+1 *** *** 0177") for who in ("buyer", "manager", "csr")]
    + [("qa", "+1 *** *** 0177", "202-555-0177")],
)
def test_the_destination_is_for_its_buyer_and_for_whoever_may_see_numbers(
    who: str, shown: str, hidden: str, world: World, request: pytest.FixtureRequest, signed_in: SignedIn
) -> None:
    charge = world.charge(destination_e164="+12025550177")
    client = signed_in(request.getfixturevalue(who))
    for path in ("/calls/", f"/calls/{charge.pk}/"):
        page = client.get(path).content.decode()
        assert (shown in page, hidden in page) == (True, False), path


def test_a_manager_sees_the_number(decided: Dispute, manager: Principal, signed_in: SignedIn) -> None:
    assert "+1 212-555-0142" in signed_in(manager).get(f"/disputes/D-{decided.number}/").content.decode()


def test_typed_text_is_escaped(buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn) -> None:
    dispute = make_dispute()
    Dispute.objects.filter(pk=dispute.pk).update(description="<script>alert(1)</script>")
    page = signed_in(buyer).get(f"/disputes/D-{dispute.number}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
