"""The page of a case: its tabs, its steps with their previews, what is refused, and who sees what."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

import pytest
from django.http import HttpResponseBase
from django.test import Client

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.entries import AdjustItem, CloseItem, CommentItem, Ref, ReverseItem, WordsItem
from makegood.disputes.models import Comment, Dispute, Handling
from makegood.disputes.states import Stage, Visibility
from makegood.journal.models import JournalEvent
from makegood.ledger.models import Adjustment, Posting
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer, Role, User, Vendor
from makegood.parties.operations import change_settings
from makegood.parties.selectors import principal_of
from makegood.parties.states import Verb
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

HTMX = {"HX-Request": "true"}
TABS = ("story", "money", "policy", "recording", "similar", "audit", "raw")


@pytest.fixture(autouse=True)
def program(world: World) -> World:
    """The marketplace with a program that reopens, keeps cases open and charges fees."""
    fees = {"reversal_fee": {"default": "5.00", "max": "25.00"}, "fee_tax_rate": "0.08"}
    change_settings(
        SYSTEM, program=world.program, settings={"auto_close": False, "reopen": True, "max_rounds": 3, **fees}
    )
    return world


def page_of(client: Client, path: str, status: int = 200, *, part: bool = False) -> str:
    answer = client.get(path, headers=HTMX if part else {})
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def hidden(page: str, name: str) -> str:
    """What a hidden field of a form holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def credited(manager: Principal, dispute: Dispute, micros: int = 45_000_000) -> Dispute:
    (answer,) = operations.adjust(manager, items=[AdjustItem(dispute.pk, micros, "As heard.")])
    assert answer.ok, answer
    dispute.refresh_from_db()
    return dispute


def posting_of(page: str, **typed: str) -> dict[str, str]:
    """A confirmation as the form sends it."""
    return {name: hidden(page, name) for name in ("version", "since", "seen")} | typed


def text_of(answer: HttpResponseBase) -> str:
    return b"".join(answer).decode()


def test_every_tab_is_an_address_and_a_part(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = credited(manager, make_dispute()), signed_in(manager)
    says = ("What happened so far", "Debit and credit", "under the policy in force now", "no recording",
            "A memory aid", "dispute.adjusted", "No source record")  # fmt: skip
    with unchanged():
        for tab, words in zip(TABS, says, strict=True):
            whole = page_of(client, f"/disputes/{dispute}/?tab={tab}")
            part = page_of(client, f"/disputes/{dispute}/?tab={tab}", part=True)
            assert words in whole, tab
            assert words in part, tab
            assert ("<html" in whole, "<html" in part) == (True, False)
    assert "The buyer got $45.00 back." in page_of(client, f"/disputes/{dispute}/?tab=money")
    assert "What happened so far" in page_of(client, f"/disputes/{dispute}/?tab=nonsense")


def test_what_is_not_possible_says_why_and_what_would_change_it(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    page = page_of(client, f"/disputes/{dispute}/")
    for words in (
        f"{dispute} has no credit that could be reversed.",
        "A credit would have to be posted first.",
        "NOT_ADJUSTED",
        f"{dispute} has no reversal that a fee could be charged for.",
        f"{dispute} is still open.",
        "It can be reopened once it is closed.",
    ):
        assert words in page, words
    assert f"/lane/{dispute}/" in page
    assert "/steps/reverse/" not in page
    operations.close(manager, items=[CloseItem(credited(manager, dispute).pk)])
    page = page_of(client, f"/disputes/{dispute}/")
    for slug in ("reopen", "reopen-and-reverse", "put-right"):
        assert f"/disputes/{dispute}/steps/{slug}/" in page
    assert f"/lane/{dispute}/" not in page


def test_a_step_shows_its_money_then_posts_exactly_that(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(tax_micros=3_600_000), signed_in(manager)
    at = f"/disputes/{dispute}/steps/credit/"
    with unchanged():
        part = page_of(client, f"{at}?amount=1/3", part=True)
        page = page_of(client, at)
    assert [words for words in ("$15.00", "-$10.00", "-$5.00", "$1.20") if words not in part] == []
    assert "<html" not in part
    typed = posting_of(page, amount="15", note="As heard.") | {"seen": hidden(part, "seen")}
    answer = client.post(at, typed)
    assert (answer.status_code, answer["Location"]) == (303, f"/disputes/{dispute}/?tab=money")
    (credit,) = Adjustment.objects.all()
    assert (credit.amount_micros, credit.tax_micros, credit.clawback_micros) == (-15_000_000, -1_200_000, -10_000_000)

    at = f"/disputes/{dispute}/steps/reverse/"
    assert client.post(at, posting_of(page_of(client, at))).status_code == 303
    at = f"/disputes/{dispute}/steps/fee/"
    page = page_of(client, at)
    assert ("$5.00" in page, "$0.40" in page) == (True, True)
    assert client.post(at, posting_of(page, amount="5")).status_code == 303
    at = f"/disputes/{dispute}/steps/close/"
    assert "No money moves." in page_of(client, at)
    assert client.post(at, posting_of(page_of(client, at), note="Done.")).status_code == 303
    at = f"/disputes/{dispute}/steps/reopen/"
    assert client.post(at, posting_of(page_of(client, at), note="New evidence.")).status_code == 303
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.round) == (Stage.PENDING, 2)


def test_the_vendors_side_is_chosen_apart_from_the_buyers(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    at = f"/disputes/{dispute}/steps/credit/"
    part = page_of(client, f"{at}?amount=45&clawback=0", part=True)
    typed = posting_of(page_of(client, at), amount="45", clawback="0", note="Our mistake.")
    assert client.post(at, typed | {"seen": hidden(part, "seen")}).status_code == 303
    assert [one.clawback_micros for one in Adjustment.objects.all()] == [0]


def test_nobody_confirms_figures_they_have_not_seen(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    at = f"/disputes/{dispute}/steps/credit/"
    page = page_of(client, at)
    with unchanged():
        answer = client.post(at, posting_of(page, amount="20", note="As <b>heard</b>."))
    said = answer.content.decode()
    assert answer.status_code == 409
    assert "The figures are others than those you saw." in said
    assert ('value="20"' in said, "As &lt;b&gt;heard&lt;/b&gt;." in said) == (True, True)
    assert client.post(at, posting_of(said, amount="20", note="As heard.")).status_code == 303


def test_a_stale_page_says_who_changed_what_and_keeps_what_was_typed(
    manager: Principal, other_manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = credited(manager, make_dispute()), signed_in(manager)
    at = f"/disputes/{dispute}/steps/close/"
    page = page_of(client, at)
    operations.reverse(other_manager, items=[ReverseItem(dispute.pk, note="Wrong call")])
    with unchanged():
        answer = client.post(at, posting_of(page, note="All is said."))
    said = answer.content.decode()
    assert answer.status_code == 409
    assert f"{dispute} was changed meanwhile." in said
    assert ("dispute.reversed" in said, "other_manager" in said, "dispute.adjusted" in said) == (True, True, False)
    assert 'value="All is said."' in said
    assert client.post(at, posting_of(said, note="All is said.")).status_code == 303


@pytest.mark.parametrize(
    ("slug", "typed", "status", "code"),
    [
        ("credit", {"amount": "nonsense"}, 422, "BAD_AMOUNT"),
        ("credit", {"amount": "46"}, 422, "AMOUNT_EXCEEDS_ASKED"),
        ("credit", {"amount": "45", "seen": "45000000:0:30000000"}, 422, "EXPLANATION_REQUIRED"),
        ("reverse", {}, 409, "NOT_ADJUSTED"),
        ("fee", {"amount": "5"}, 409, "NOT_REVERSED"),
        ("fee", {"amount": "30"}, 409, "NOT_REVERSED"),
        ("reopen", {"note": "x"}, 409, "NOT_CLOSED"),
        ("put-right", {"note": "x"}, 409, "NOT_CLOSED"),
        ("close", {"resolution": "NO_SUCH"}, 422, "UNKNOWN_RESOLUTION"),
    ],
)
def test_what_is_refused_changes_nothing(
    slug: str,
    typed: dict[str, str],
    status: int,
    code: str,
    manager: Principal,
    make_dispute: DisputeMaker,
    signed_in: SignedIn,
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    form = {"version": str(dispute.lock_version), "seen": "0:0:0", **typed}
    with unchanged():
        answer = client.post(f"/disputes/{dispute}/steps/{slug}/", form)
    said = answer.content.decode()
    assert (answer.status_code, code in said, "Nothing was changed." in said) == (status, True, True)
    assert all(f'value="{value}"' in said for name, value in typed.items() if name in {"amount", "note"})


def test_a_case_is_worked_on(
    manager: Principal, other_manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    first, dispute, client = make_dispute(), make_dispute(), signed_in(manager)

    def work(slug: str, text: str = "", status: int = 303) -> str:
        answer = client.post(f"/disputes/{dispute}/handling/{slug}/", {"text": text})
        assert answer.status_code == status, (slug, answer.content.decode()[:2000])
        return answer.content.decode()

    assert "other_manager" in page_of(client, f"/disputes/{dispute}/handling/assign/")
    work("assign", str(other_manager.id))
    work("follow")
    work("duplicate", str(first.number))
    assert "Please say why." in work("escalate", "  ", 422)
    work("escalate", "Too large for me.")
    page = page_of(client, f"/disputes/{dispute}/")
    for words in ("other_manager", "Unfollow", f"duplicate of {first}", "Too large for me.", "Escalated"):
        assert words in page, words
    assert f'Repeated by</dt><dd><a href="/disputes/{dispute}/"' in page_of(client, f"/disputes/{first}/")
    assert "D-999999" in work("duplicate", "D-999999", 422)
    for slug in ("settle", "unfollow", "take", "put-back"):
        work(slug)
    work("duplicate")
    work("assign")
    row = Handling.objects.get(dispute=dispute)
    assert (row.assigned_to_id, row.duplicate_of_id, row.escalated_at) == (None, None, None)
    with unchanged():
        assert client.get(f"/disputes/{dispute}/handling/take/").status_code == 303
        assert client.post(f"/disputes/{dispute}/handling/nonsense/").status_code == 404
        assert client.post(f"/disputes/{dispute}/handling/settle/").status_code == 409


def test_a_question_says_how_long_the_answer_has(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    assert "The answer is due within 72 hours" in page_of(client, f"/disputes/{dispute}/")
    with unchanged():
        empty = client.post(f"/disputes/{dispute}/ask/", {"text": " ", "version": dispute.lock_version})
    assert (empty.status_code, "Please say what you need to know." in empty.content.decode()) == (422, True)
    form = {"text": "Which number?", "version": dispute.lock_version}
    assert client.post(f"/disputes/{dispute}/ask/", form).status_code == 303
    assert "Waiting for the customer" in page_of(client, f"/disputes/{dispute}/")


def test_an_internal_note_stays_with_those_who_decide(
    manager: Principal, buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute = make_dispute()
    form = {"text": "He calls every week.", "internal": "1"}
    assert signed_in(manager).post(f"/disputes/{dispute}/comment/", form).status_code == 303
    assert Comment.objects.get().visibility == Visibility.INTERNAL
    assert "He calls every week." in page_of(signed_in(manager), f"/disputes/{dispute}/")
    assert "He calls every week." not in page_of(signed_in(buyer), f"/disputes/{dispute}/")


def test_the_audit_tells_who_when_from_where_before_and_after(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = credited(manager, make_dispute()), signed_in(manager)
    client.post(f"/disputes/{dispute}/handling/follow/", REMOTE_ADDR="192.0.2.7")
    client.post(f"/disputes/{dispute}/handling/escalate/", {"text": "Look."}, REMOTE_ADDR="192.0.2.7")
    page = page_of(client, f"/disputes/{dispute}/?tab=audit")
    for words in ("dispute.submitted", "dispute.adjusted", "dispute.escalated", "192.0.2.7", "$45.00"):
        assert words in page, words
    answer = client.get(f"/disputes/{dispute}/audit/")
    rows = list(csv.DictReader(io.StringIO(text_of(answer))))
    events = JournalEvent.objects.filter(object_kind="dispute", object_id=dispute.pk).count()
    assert len({row["event_number"] for row in rows}) == events
    stages = [(row["before"], row["after"]) for row in rows if row["field"] == "stage"]
    assert stages == [("draft", "pending"), ("pending", "resolved")]
    assert JournalEvent.objects.filter(event="list.exported").count() == 1


def test_the_policy_of_today_stands_beside_the_frozen_one(
    world: World, manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    page = page_of(client, f"/disputes/{dispute}/?tab=policy")
    assert ("The same today" in page, "Only this dispute itself is in the way." in page) == (True, True)
    rules: list[dict[str, object]] = [
        {"type": "no_open_dispute", "severity": "block"},
        {"type": "explanation", "min_chars": 200, "severity": "warn"},
    ]
    operations.publish_policy(SYSTEM, program=world.program, rules=rules, note="Fewer")
    page = page_of(client, f"/disputes/{dispute}/?tab=policy")
    assert [words for words in ("new rule", "rule is gone", "is-differing") if words not in page] == []


def test_the_source_record_is_for_who_sees_payouts_with_numbers_masked(
    world: World, manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    raw = {"callerId": "+12125550142", "ani": 2125550199, "paid": "30.00", "legs": [{"to": "(212) 555-0177"}],
           "at": "2026-11-20 09:12:00", "id": "call 5551", "said": "call +12125550142 back"}  # fmt: skip
    dispute = make_dispute(raw=raw)
    page = page_of(signed_in(manager), f"/disputes/{dispute}/?tab=raw")
    assert ("+12125550142" in page, "30.00" in page) == (True, True)
    without = User.objects.get(pk=manager.id)
    verbs = [verb for verb in without.role.verbs if verb != Verb.PHONE_VIEW]
    without.role = Role.objects.create(key="desk", name="Desk", verbs=verbs)
    without.save()
    page = page_of(signed_in(principal_of(without)), f"/disputes/{dispute}/?tab=raw")
    assert [digits for digits in ("2125550142", "2125550199", "555-0177") if digits in page] == []
    assert ("*** 0142" in page, "2026-11-20 09:12:00" in page, "call 5551" in page) == (True, True, True)


def test_each_sees_what_the_permissions_say(
    world: World, buyer: Principal, qa: Principal, biller: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute = make_dispute()
    assert "mg-case" not in page_of(signed_in(buyer), f"/disputes/{dispute}/")
    page = page_of(signed_in(qa), f"/disputes/{dispute}/?tab=audit")
    assert [tab for tab in TABS if f'href="?tab={tab}"' in page] == ["story", "policy", "recording"]
    assert ("dispute.submitted" in page, "/lane/" in page, "/handling/" in page) == (False, False, False)
    page = page_of(signed_in(biller), f"/disputes/{dispute}/?tab=raw")
    assert [tab for tab in TABS if f'href="?tab={tab}"' in page] == ["story", "money", "policy", "similar", "audit"]
    for person, path, status in (
        (qa, "audit/", 403), (qa, "steps/credit/", 403), (qa, "handling/assign/", 403), (buyer, "steps/close/", 403),
        (buyer, "audit/", 403), (biller, "steps/nonsense/", 404),
    ):  # fmt: skip
        page_of(signed_in(person), f"/disputes/{dispute}/{path}", status)


def addresses(dispute: Dispute) -> Iterable[str]:
    tabs = [f"?tab={tab}" for tab in TABS]
    steps = ("credit", "reverse", "fee", "close", "reopen", "reopen-and-reverse", "reverse-and-reject", "put-right")
    yield from (f"/disputes/{dispute}/{path}" for path in (*tabs, "audit/", "handling/assign/"))
    yield from (f"/disputes/{dispute}/steps/{slug}/" for slug in steps)
    yield f"/buyers/{dispute.customer_id}/"
    yield f"/vendors/{Charge.objects.get(pk=dispute.charge_id).vendor_id}/"


def test_out_of_scope_reads_like_absent(manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn) -> None:
    dispute = make_dispute()
    User.objects.get(pk=manager.id).grants.all().delete()
    client = signed_in(manager)
    absent = page_of(client, "/disputes/D-99999999/", 404)
    with unchanged():
        for path in addresses(dispute):
            assert page_of(client, path, 404).count("Not found, or not yours.") == absent.count(
                "Not found, or not yours."
            )
        for path in (f"/disputes/{dispute}/steps/close/", f"/disputes/{dispute}/handling/follow/"):
            assert client.post(path, {"version": "1"}).status_code == 404


def test_money_above_the_limit_asks_again_who_sits_there(
    world: World, manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"reauth_above_micros": {"USD": 10_000_000}})
    dispute, client = make_dispute(), signed_in(manager)
    at = f"/disputes/{dispute}/steps/credit/"
    typed = posting_of(page_of(client, at), amount="45", note="As heard.")
    answer = client.post(at, typed)
    assert (answer.status_code, Posting.objects.count()) == (403, 0)
    assert "confirm_secret" in answer.content.decode()
    assert client.post(at, {**typed, "confirm_secret": "correct horse battery"}).status_code == 303
    assert Adjustment.objects.count() == 1


def test_buyer_and_vendor_have_a_page(
    world: World, buyer: Principal, manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute = make_dispute()
    credited(manager, make_dispute())
    client = signed_in(manager)
    customer, vendor = Customer.objects.get(number="B1"), Vendor.objects.get(number="V1")
    page = page_of(client, f"/disputes/{dispute}/")
    assert (f"/buyers/{customer.pk}/" in page, f"/vendors/{vendor.pk}/" in page) == (True, True)
    for path, name in ((f"/buyers/{customer.pk}/", "Acme Plumbing"), (f"/vendors/{vendor.pk}/", "North Ads")):
        page = page_of(client, path)
        for words in (name, "Asked and undecided", "$45.00", str(dispute), "2&times;", "+1 212-555-0142"):
            assert words in page, (path, words)
    page_of(signed_in(buyer), f"/buyers/{customer.pk}/", 403)
    page_of(client, "/buyers/999999/", 404)
    page_of(client, "/vendors/999999/", 404)


def test_limits_that_a_buyer_used_are_told(
    world: World, manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    rules = [{"type": "cap_count", "per": "buyer", "period": "day", "limit": 25, "severity": "block"}]
    operations.publish_policy(SYSTEM, program=world.program, rules=rules, note="Capped")
    make_dispute()
    page = page_of(signed_in(manager), f"/buyers/{world.customer.pk}/")
    assert "1 of 25" in page


def test_comments_and_questions_are_kept_when_refused(
    manager: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    dispute, client = make_dispute(), signed_in(manager)
    operations.claim(manager, items=[Ref(dispute.pk)])
    operations.request_info(manager, items=[WordsItem(dispute.pk, "Which number?")])
    operations.comment(manager, items=[CommentItem(dispute.pk, "Seen.")])
    with unchanged():
        answer = client.post(f"/disputes/{dispute}/ask/", {"text": "And when?", "version": ""})
    assert (answer.status_code, "And when?" in answer.content.decode()) == (409, True)
