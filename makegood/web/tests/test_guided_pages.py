"""The guided dispute as forms: all seven steps without script, what is typed stays, nothing is asked twice."""

from __future__ import annotations

import re
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, SubmitItem
from makegood.disputes.models import Dispute, DisputeFile, GuidedDispute, Submission
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.web.tests.conftest import SignedIn
from tests.bills import bill, line, record, telecom
from tests.refusals import unchanged
from tests.world import World

VERSION = re.compile(r'name="version" value="(\d+)"')


class Form:
    """A representative who fills in the pages of one draft, with no script."""

    def __init__(self, client: Client, customer_id: int, **begin: object) -> None:
        self.client = client
        self.customer_id = customer_id
        answer = client.post(reverse("guided_new", args=[customer_id]), begin)
        assert answer.status_code == 303, answer.content.decode()
        self.at = answer["Location"]

    @property
    def page(self) -> str:
        """The page as it stands."""
        return self.client.get(self.at).content.decode()

    def send(self, go: str = "next", **typed: object) -> str:
        """Send the form of the step; goes on where it leads, or gives the page that came back."""
        found = VERSION.search(self.page)
        answer = self.client.post(self.at, {"version": found[1] if found else "", "go": go, **typed})
        if answer.status_code == 303:
            self.at = answer["Location"]
            return self.page
        self.status = answer.status_code
        return answer.content.decode()


def test_the_first_four_steps_without_script(world: World, csr: Principal, signed_in: SignedIn) -> None:
    program = telecom(world)
    bill(world, 4400)
    on = bill(world, 4411)
    fiber = line(world, on, program, 1, "Fiber 500", 45_000_000)
    voice = line(world, on, program, 2, "Premium Voice", 20_000_000)
    late = line(world, on, program, 3, "Late fee", 9_990_000, subkind="fee")
    usage = [record(world, on, program, 1_500_000, external_id=f"rec-{n}") for n in range(2)]
    (taken,) = operations.submit(csr, items=[SubmitItem(late.pk, "UNEXPECTED_FEE", "Before")])
    form = Form(signed_in(csr), world.customer.pk)
    assert "1 charge already disputed" in form.page
    assert "Please choose a bill." in form.send()
    page = form.send(bill=4411)
    assert form.at.endswith("/step/2/")
    assert f'Disputed already: <a href="/disputes/{taken.data["number"]}/">' in page
    assert f'id="line-{late.pk}"' not in page
    page = form.send("stay", shown=[fiber.pk, voice.pk, late.pk], charge=[fiber.pk, voice.pk], usage="1", q="rec-1")
    assert (f'value="{usage[1].pk}"' in page, f'value="{usage[0].pk}"' in page) == (True, False)
    assert "2 charges" in page
    page = form.send(shown=[fiber.pk, voice.pk, late.pk, usage[1].pk], charge=[fiber.pk, voice.pk, usage[1].pk])
    assert form.at.endswith("/step/3/")
    assert "at most $45.00" in page
    assert "$66.50" in page
    assert 'value="22.50"' in form.send("stay", percent="50")
    assert "Only $66.50 of this charge is left." in form.send("stay", total="100")
    page = form.send(**{f"amount-{fiber.pk}": "60", f"amount-{voice.pk}": "", f"amount-{usage[1].pk}": ""})
    assert form.at.endswith("/step/4/")
    assert "1 of 3 lines is not valid." in page
    assert "Continue with 2" in page
    assert "AMOUNT_" in page
    mended = {f"amount-{fiber.pk}": "40", f"drop-{usage[1].pk}": "1"}
    assert "All 2 lines are valid" in form.send("stay", **mended)
    form.send(**mended)
    assert form.at.endswith("/step/5/")


def test_the_last_three_steps_without_script(world: World, csr: Principal, signed_in: SignedIn) -> None:
    program = telecom(world)
    on = bill(world, 4411)
    charges = [line(world, on, program, n, f"Line {n}", n * 20_000_000) for n in (1, 2)]
    form = Form(signed_in(csr), world.customer.pk, bill=4411, charge=[c.pk for c in charges])
    form.send()
    assert 'id="g-reason-WRONG_PRICE"' not in form.send()
    page = form.send("stay", type="billing", description="Kept words.")
    assert "Wrong price" in page
    assert 'id="g-reason-UNAUTHORIZED_USE"' not in page
    page = form.send("stay", type="billing", reason="WRONG_PRICE", description="Kept words.")
    assert "Which price was agreed?" in page
    assert "Please add a few words." in form.send(type="billing", reason="WRONG_PRICE", description="")
    words = {"type": "billing", "reason": "WRONG_PRICE", "description": "The rate is 40."}
    form.send(**words, **{"question-1": "Which price was agreed?", "answer-1": "40.00"})
    assert form.at.endswith("/step/6/")
    page = form.send(later="1")
    assert form.at.endswith("/step/7/")
    assert "Which price was agreed?" in page
    assert "Submit 2 lines, $60.00" in page
    assert "The customer sends them later" in page
    review = form.at
    page = form.send()
    submission = Submission.objects.get()
    assert f"/submissions/D-{submission.number}/" in page
    amounts = list(submission.disputes.order_by("line").values_list("amount_micros", flat=True))
    assert amounts == [20_000_000, 40_000_000]
    assert "Which price was agreed? 40.00" in Dispute.objects.filter(submission=submission)[0].description
    with unchanged():
        assert form.client.post(review, {"go": "next"})["Location"] == form.at
    details = form.client.get(f"{form.at}?tab=details").content.decode()
    assert f'href="/disputes/D-{submission.number}.2/"' in details


def test_a_reason_for_a_single_line_is_kept_and_filed(world: World, csr: Principal, signed_in: SignedIn) -> None:
    program = telecom(world)
    on = bill(world, 4411)
    one, other = (line(world, on, program, n, f"Line {n}", n * 20_000_000) for n in (1, 2))
    form = Form(signed_in(csr), world.customer.pk, bill=4411, charge=[one.pk, other.pk])
    form.send()
    page = form.send()
    assert '<details class="mg-more" id="guided-own"><summary>' in page
    typed = {
        "type": "billing",
        "reason": "WRONG_PRICE",
        "description": "See the order.",
        f"reason-{other.pk}": "UNAUTHORIZED_USE",
    }
    page = form.send("stay", **typed)
    assert '<details class="mg-more" id="guided-own" open>' in page
    for asked in ("Which price was agreed?", "Since when?"):
        assert asked in page
    assert '<option value="UNAUTHORIZED_USE" selected>' in form.page
    form.send("back", **typed)
    form.at = form.at.replace("/step/4/", "/step/5/")
    assert '<option value="UNAUTHORIZED_USE" selected>' in form.page
    assert "2 reasons" in form.send(**typed)
    page = form.send()
    assert "Wrong price, Unauthorized use" in page
    assert "The reasons are: wrong price; unauthorized use." in page
    form.send()
    filed = Dispute.objects.select_related("reason").order_by("line")
    assert [d.reason.code for d in filed if d.reason] == ["WRONG_PRICE", "UNAUTHORIZED_USE"]


def test_going_back_and_jumping_keep_what_was_typed(world: World, csr: Principal, signed_in: SignedIn) -> None:
    program = telecom(world)
    on = bill(world, 4411)
    charge = line(world, on, program, 1, "Fiber 500", 45_000_000)
    form = Form(signed_in(csr), world.customer.pk, bill=4411, charge=charge.pk)
    assert form.at.endswith("/step/3/")
    form.send("back", **{f"amount-{charge.pk}": "12.50"})
    assert form.at.endswith("/step/2/")
    form.at = form.at.replace("/step/2/", "/step/3/")
    assert 'value="12.50"' in form.page
    beyond = form.client.get(form.at.replace("/step/3/", "/step/6/"))
    assert beyond["Location"] == form.at
    assert form.client.get(form.at.replace("/step/3/", "/step/8/")).status_code == 404
    begun = form.client.get(reverse("guided_new", args=[world.customer.pk])).content.decode()
    assert "Go on, step 3 of 7" in begun
    stale = form.client.post(form.at, {"go": "next", "version": "7", f"amount-{charge.pk}": "9"})
    assert stale.status_code == 409
    assert "changed in another window" in stale.content.decode()
    assert 'value="9"' in stale.content.decode()
    other = signed_in(world.person("csr", "second"))
    assert other.get(form.at).status_code == 404
    row = GuidedDispute.objects.get()
    person = world.person("csr", "third")
    assert form.client.post(form.at.replace("step/3", "hand-over"), {"to": person.id}).status_code == 303
    row.refresh_from_db()
    assert row.author_id == person.id
    taken = signed_in(person)
    assert taken.get(form.at).status_code == 200
    assert taken.post(form.at.replace("step/3", "drop")).status_code == 303
    assert taken.get(form.at)["Location"] == reverse("guided_new", args=[world.customer.pk])


def test_files_come_with_the_form_and_a_line_that_lost_its_race_is_told(
    world: World, csr: Principal, signed_in: SignedIn
) -> None:
    program = telecom(world)
    on = bill(world, 4411)
    charges = [line(world, on, program, n, f"Line {n}", 10_000_000) for n in (1, 2)]
    form = Form(signed_in(csr), world.customer.pk, bill=4411, charge=[c.pk for c in charges])
    form.send()
    form.send()
    form.send(type="billing", reason="DOUBLE_CHARGE", description="Twice.")
    page = form.send("stay", files=_file("bill.txt", b"Both lines are alike.\n"))
    assert "bill.txt" in page
    kept = re.findall(r'name="file_ids" value="([^"]+)"', page)
    page = form.send("stay", files=_file("virus.exe", b"MZ\x90\x00"), file_ids=kept)
    assert form.status == 422
    assert "bill.txt" in page
    form.send(file_ids=kept)
    operations.submit(csr, items=[SubmitItem(charges[0].pk, "WRONG_PRICE", "Meanwhile")])
    page = form.send()
    assert form.at.endswith("/step/4/")
    assert "ALREADY_DISPUTED" in page
    form.send(leave=charges[0].pk)
    form.at = form.at.replace("/step/5/", "/step/7/")
    page = form.send()
    (dispute,) = Dispute.objects.filter(description__startswith="Twice.")
    assert dispute.charge_id == charges[1].pk
    assert dispute.label in page
    assert DisputeFile.objects.filter(dispute=dispute).count() == 1


def test_everybody_concerned_sees_one_case_with_an_outcome_per_line(
    world: World, csr: Principal, buyer: Principal, other_buyer: Principal, manager: Principal, signed_in: SignedIn
) -> None:
    program = telecom(world)
    on = bill(world, 4411)
    charges = [line(world, on, program, n, f"Line {n}", 10_000_000) for n in (1, 2, 3)]
    form = Form(signed_in(csr), world.customer.pk, bill=4411, charge=[c.pk for c in charges])
    form.send()
    form.send()
    form.send(type="billing", reason="DOUBLE_CHARGE", description="Twice.")
    form.send()
    form.send()
    number = Submission.objects.get().number
    at = reverse("submission", args=[number])
    lines = list(Dispute.objects.order_by("line").values_list("pk", flat=True))
    decides = signed_in(manager).get(at).content.decode()
    assert "The whole case, as far as it waits" in decides
    kinds = (DecisionKind.ACCEPT, DecisionKind.PARTIAL, DecisionKind.REJECT)
    for pk, kind in zip(lines, kinds, strict=True):
        micros = 4_000_000 if kind is DecisionKind.PARTIAL else None
        assert operations.decide(manager, items=[DecisionItem(pk, kind, micros, note="As the contract says.")])[0].ok
    waiting = signed_in(buyer).get(at).content.decode()
    assert '<b class="mg-strong">3</b> waiting' in waiting
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    for client in (signed_in(buyer), signed_in(csr), signed_in(manager)):
        page = client.get(at).content.decode()
        assert page.count("mg-chip") >= 3
    assert signed_in(other_buyer).get(at).status_code == 404
    assert signed_in(buyer).get(f"/disputes/D-{number}/")["Location"] == at


def _file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
