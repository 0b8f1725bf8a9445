"""Several at once: what each name is found to be, one verdict per row, nothing lost, nothing twice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from makegood.disputes import operations
from makegood.disputes.entries import DraftItem
from makegood.disputes.models import Dispute, Submission
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

NEW = "/disputes/new/"
TICKET = re.compile(r'name="ticket" value="([^"]+)"')


def rows_of(page: str) -> tuple[list[int], list[int]]:
    """The charges of the list, and those that are ticked."""
    rows = [int(pk) for pk in re.findall(r'name="row" value="(\d+)"', page)]
    boxes = re.findall(r'<input class="form-check-input"[^>]*name="charge" value="(\d+)"[^>]*>', page)
    ticked = [int(pk) for pk in boxes if re.search(rf'id="pick-{pk}"[^>]*checked', page)]
    return rows, ticked


def found(client: Client, names: str) -> str:
    return client.post(NEW, {"names": names, "step": "find"}).content.decode()


def test_every_name_is_found_to_be_something(
    world: World, buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    client = signed_in(buyer)
    plain, numbered = world.charge(), world.charge(caller_e164="+12015550111")
    twice = [world.charge(caller_e164="+12015550122") for _ in range(2)]
    again, old = (world.charge(caller_e164="+12015550133") for _ in range(2))
    make_dispute(charge=old)
    disputed, unbilled = world.charge(), world.charge(billed_at=None)
    number = make_dispute(charge=disputed).number
    foreign = world.charge(customer=world.other_customer)
    names = (plain.external_id, "(201) 555-0111", "201.555.0122", "+1 201 555 0133", disputed.external_id,
             unbilled.external_id, foreign.external_id, "call-nobody-9")  # fmt: skip
    with unchanged():
        page = found(client, "\n".join(names))
    rows, ticked = rows_of(page)
    assert set(rows) == {c.pk for c in (plain, numbered, *twice, again, old, disputed, unbilled)}
    assert set(ticked) == {plain.pk, numbered.pk, again.pk}
    assert f'Disputed already: <a href="/disputes/D-{number}/">D-{number}</a>' in page
    assert "Only billed items can be disputed." in page
    assert "2 were not found, or are not yours:" in page
    assert f"{foreign.external_id}, call-nobody-9" in page
    assert f">{foreign.external_id}\ncall-nobody-9</textarea>" in page


def test_sending_files_what_passes_and_says_why_not_for_the_rest(
    world: World, buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    client, charges = signed_in(buyer), [world.charge() for _ in range(3)]
    page = client.get(NEW, {"charge": [c.pk for c in charges]}).content.decode()
    ticket = TICKET.search(page)
    make_dispute(charge=charges[2])
    form = {
        "step": "send", "charge": [c.pk for c in charges], "row": [c.pk for c in charges],
        f"reason-{world.program.pk}": "SPAM", f"own-{charges[1].pk}": "BOT", "description": "The same voice.",
        "ticket": ticket[1] if ticket else "",
    }  # fmt: skip
    before = Dispute.objects.count()
    sent = client.post(NEW, form).content.decode()
    filed = {d.charge_id: d for d in Dispute.objects.filter(description="The same voice.").select_related("reason")}
    assert {pk: one.reason.code if one.reason else "" for pk, one in filed.items()} == {
        charges[0].pk: "SPAM",
        charges[1].pk: "BOT",
    }
    assert Dispute.objects.count() == before + 2
    assert "2 sent for review, 1 refused" in sent
    assert all(f"/disputes/D-{one.number}/" in sent for one in filed.values())
    assert "ALREADY_DISPUTED" in sent
    with unchanged():
        repeated = client.post(NEW, form).content.decode()
    assert "2 sent for review" in repeated
    again = client.post(NEW, {k: v for k, v in form.items() if k != "step"}).content.decode()
    assert rows_of(again)[0] == [c.pk for c in charges]
    assert "The same voice.</textarea>" in again


def test_what_is_missing_is_said_per_row_and_nothing_is_filed(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    client, charge = signed_in(buyer), world.charge()
    typed = {"charge": charge.pk, "row": charge.pk, "description": "Kept words."}
    strip = client.post(f"{NEW}check/", typed).content.decode()
    assert "Please choose a reason that this program offers." in strip
    assert "Send 1 for review: 1 block, 0 notes" in strip
    assert "$45.00" in strip
    with unchanged():
        sent = client.post(NEW, {**typed, "step": "send"})
    assert sent.status_code == 422
    assert "Nothing was sent, 1 refused" in sent.content.decode()
    assert "REASON_REQUIRED" in sent.content.decode()
    assert 'value="Kept words."' in sent.content.decode()


def test_a_part_of_each_is_read_by_itself_and_lines_share_a_number_where_the_program_wants_it(
    world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    program = operations.install_preset(SYSTEM, preset_key="telecom_billing", key="bills", currency="USD")
    charges = [world.charge(program=program, billed_micros=micros) for micros in (45_000_000, 9_990_000)]
    operations.save_draft(buyer, items=[DraftItem(charges[0].pk, "WRONG_PRICE", "Begun")])
    form = {
        "charge": [c.pk for c in charges], "row": [c.pk for c in charges], "amount": "1/3",
        f"reason-{program.pk}": "WRONG_PRICE", "description": "The agreed rate is lower.",
    }  # fmt: skip
    client = signed_in(buyer)
    strip = client.post(f"{NEW}check/", form).content.decode()
    assert "$18.33" in strip
    bad = client.post(f"{NEW}check/", {**form, "amount": "some"}).content.decode()
    assert "&quot;some&quot; is not an amount of money." in bad
    sent = client.post(NEW, {**form, "step": "send"}).content.decode()
    submission = Submission.objects.get()
    amounts = list(submission.disputes.order_by("line").values_list("amount_micros", flat=True))
    assert amounts == [15_000_000, 3_330_000]
    assert f"filed together as D-{submission.number}" in sent
    assert not Dispute.objects.filter(stage="draft").exists()


def test_more_than_two_hundred_go_at_once(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    ids = [world.charge().pk for _ in range(230)]
    form = {"step": "send", "charge": ids, "row": ids, f"reason-{world.program.pk}": "SPAM", "description": "All alike"}
    assert "230 sent for review" in signed_in(buyer).post(NEW, form).content.decode()
    assert Dispute.objects.count() == 230


@pytest.mark.parametrize(("stale", "code"), [(timedelta(days=5), "WINDOW_EXPIRED")])
def test_what_came_too_late_says_so_and_cannot_be_ticked(
    stale: timedelta, code: str, world: World, buyer: Principal, signed_in: SignedIn
) -> None:
    program = operations.install_preset(SYSTEM, preset_key="lead_credit", key="leads", currency="USD")
    at = clock.now() - stale
    charge = world.charge(program=program, received_at=at, billed_at=at)
    page = found(signed_in(buyer), charge.external_id)
    assert rows_of(page) == ([charge.pk], [])
    assert "Received 5 d" in page or "4 d" in page
    assert code not in page
