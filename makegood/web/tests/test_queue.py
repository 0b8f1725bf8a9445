"""The queue: every filter narrows exactly, counters and groups agree with lists, files say what is on screen."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from makegood.disputes import operations
from makegood.disputes.entries import AssignItem, Ref, WordsItem
from makegood.disputes.models import Dispute, Reason, SlaClock
from makegood.disputes.selectors.pace import pace_of
from makegood.disputes.selectors.queue import QueueQuery, desk_programs, rule_bits
from makegood.disputes.selectors.queue_groups import groups_of
from makegood.disputes.selectors.queue_page import counts_of, counts_together, order_of
from makegood.disputes.states import ClockKind, ClockOutcome, ClockUnit
from makegood.disputes.tests.money import decide, item
from makegood.evidence.models import RecordingAccess
from makegood.evidence.states import AccessVia
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal, Scope
from makegood.parties.models import SavedView, User
from makegood.parties.operations import change_settings
from makegood.web.tests.conftest import SignedIn
from tests.recordings import ready_recording
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

MILLION = 1_000_000


def numbers(page: str) -> list[str]:
    """The disputes of a list, in its order."""
    rows = page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""
    return [part.split('"')[0] for part in rows.split('name="id" value="')[1:]]


def listed(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/queue/{query}")
    assert answer.status_code == 200, answer.content.decode()[:500]
    return numbers(answer.content.decode())


def due(dispute: Dispute, hours: float, *, target: float | None = None, round_: int = 1) -> None:
    """A clock that runs until then."""
    now = clock.now()
    SlaClock.objects.create(
        dispute=dispute,
        round=round_,
        kind=ClockKind.DECISION,
        unit=ClockUnit.WALL,
        started_by=dispute.pk,
        started_at=now,
        target_at=None if target is None else now + timedelta(hours=target),
        breach_at=now + timedelta(hours=hours),
        outcome=ClockOutcome.RUNNING,
    )


@pytest.fixture
def four(world: World, make_dispute: DisputeMaker, manager: Principal) -> dict[str, Dispute]:
    """Four disputes, each different in everything that a filter asks for."""
    other = world.charge(vendor=world.other_vendor, billed_micros=90 * MILLION, caller_e164="+12125550199")
    found = {
        "old": make_dispute(),
        "dear": make_dispute(charge=other, reason="NOT_QUALIFIED"),
        "mine": make_dispute(),
        "asked": make_dispute(billed_micros=10 * MILLION),
    }
    Dispute.objects.filter(pk=found["old"].pk).update(submitted_at=clock.now() - timedelta(days=3), origin="csr")
    Dispute.objects.filter(pk=found["dear"].pk).update(round=2, round_origin="re_review")
    operations.claim(manager, items=[Ref(found["mine"].pk), Ref(found["asked"].pk)])
    operations.request_info(manager, items=[WordsItem(found["asked"].pk, "Which number?")])
    due(found["old"], -1, target=-2)
    due(found["dear"], 3, target=-1)
    due(found["mine"], 40)
    return found


FILTERS = [
    ("?tab=mine", ["mine"]),
    ("?tab=info", ["asked"]),
    ("?tab=breaching", ["old", "dear"]),
    ("?tab=signature", []),
    ("?tab=decided", []),
    ("?status=in_review", ["mine"]),
    ("?status=asked", ["asked"]),
    ("?vendor={other_vendor}", ["dear"]),
    ("?buyer=B1", ["old", "dear", "mine", "asked"]),
    ("?buyer=B2", []),
    ("?reason={reason}", ["dear"]),
    ("?min=80", ["dear"]),
    ("?max=20", ["asked"]),
    ("?min=20&max=80", ["old", "mine"]),
    ("?currency=EUR", []),
    ("?age=2d", ["old"]),
    ("?sla=over", ["old"]),
    ("?sla=warned", ["dear"]),
    ("?sla=soon", ["dear"]),
    ("?sla=running", ["dear", "mine"]),
    ("?sla=none", ["asked"]),
    ("?assignee=me", ["mine", "asked"]),
    ("?assignee=nobody", ["old", "dear"]),
    ("?round=again", ["dear"]),
    ("?round=first", ["old", "mine", "asked"]),
    ("?origin=csr", ["old"]),
    ("?same={dear}", ["dear"]),
    ("?same={old}", ["old", "mine", "asked"]),
    ("?verdict=NOT_BILLED", []),
    ("?finding=WRONG_SERVICE", []),
]


def test_every_filter_narrows_exactly_and_the_nearest_deadline_comes_first(
    four: dict[str, Dispute], world: World, manager: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    assert listed(client) == [str(four[name]) for name in ("old", "dear", "mine", "asked")]
    ids: dict[str, Any] = {name: str(one) for name, one in four.items()} | {
        "other_vendor": world.other_vendor.pk,
        "reason": Reason.objects.get(program=world.program, code="NOT_QUALIFIED").pk,
    }
    for query, wanted in FILTERS:
        assert sorted(listed(client, query.format(**ids))) == sorted(str(four[name]) for name in wanted), query


def test_a_rule_that_failed_and_a_finding_narrow(
    four: dict[str, Dispute], manager: Principal, world: World, signed_in: SignedIn
) -> None:
    old, client = four["old"], signed_in(manager)
    codes = [one for one, bits in rule_bits(manager).items() if (old.policy_version_id, 1) in bits]
    assert f'<option value="{codes[0]}">' in client.get("/queue/?more=1").content.decode()
    Dispute.objects.filter(pk=old.pk).update(verdict={"policy": "x", "fail_mask": 1, "missing_mask": 0, "facts": {}})
    assert listed(client, f"?verdict={codes[0]}") == [str(old)]
    decide(manager, replace(item(four["dear"]), findings=("WRONG_SERVICE",)))
    assert listed(client, "?tab=all&finding=WRONG_SERVICE") == [str(four["dear"])]
    assert listed(client, "?tab=decided") == [str(four["dear"])]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("age=soon", "“soon” is no age. Write it like 4h, 2d or 1w."),
        ("min=80&max=20", "The highest amount is below the lowest."),
        ("min=EUR 8&max=USD 9", "Both amounts are of one currency; this one is in USD."),
        ("min=much", "Write it like 1234.50."),
        ("currency=dollars", "“dollars” is no currency. Write it in three letters, such as USD."),
        ("same=D-999999", "“D-999999” is no dispute whose caller is known."),
        ("buyer=Nobody", "No buyer in sight is called “Nobody”."),
        ("sla=late", "“late” is none of the choices."),
        ("status=lost", "“lost” is none of the choices."),
        ("verdict=%22", "is none of the choices."),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(query: str, said: str, manager: Principal, signed_in: SignedIn) -> None:
    answer = signed_in(manager).get(f"/queue/?{query}")
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_the_whole_queue_by_status(four: dict[str, Dispute], manager: Principal, signed_in: SignedIn) -> None:
    decide(manager, item(four["dear"]))
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
        shown = listed(signed_in(manager), "?tab=all")
    assert shown[-1] == str(four["dear"])
    assert sorted(shown[:3]) == sorted(str(four[name]) for name in ("old", "mine", "asked"))


def test_strict_order_of_arrival_is_said(
    four: dict[str, Dispute], world: World, manager: Principal, signed_in: SignedIn
) -> None:
    change_settings(SYSTEM, program=world.program, settings={"queue": {"order": "fifo"}})
    page = signed_in(manager).get("/queue/").content.decode()
    assert "strictly in order of arrival" in page
    assert numbers(page) == [str(four[name]) for name in ("old", "dear", "mine", "asked")]
    assert order_of(desk_programs(manager), QueueQuery("pending", clock.now())).word == "arrival"


def test_counters_are_those_of_the_lists_and_zero_is_hidden(
    four: dict[str, Dispute], manager: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    counts = counts_of(manager, QueueQuery("pending", clock.now()))
    for tab, count in counts.items():
        assert count == len(listed(client, f"?tab={tab}")), tab
    page = client.get("/queue/").content.decode()
    assert '<span id="tab-pending" class="mg-count is-pending">4</span>' in page
    assert '<span id="tab-signature" class="mg-count" hidden></span>' in page


def test_out_of_scope_is_neither_shown_nor_counted(
    four: dict[str, Dispute], world: World, manager: Principal, signed_in: SignedIn
) -> None:
    elsewhere = replace(manager, scope=Scope(paths=(world.other_customer.path,)))
    assert set(counts_of(elsewhere, QueueQuery("pending", clock.now())).values()) == {0}
    assert groups_of(elsewhere, QueueQuery("pending", clock.now()), "caller").groups == ()
    User.objects.get(pk=manager.id).grants.all().delete()
    page = signed_in(manager).get("/queue/?tab=all").content.decode()
    assert numbers(page) == []
    assert "No disputes yet." in page


@pytest.mark.parametrize("by", ["caller", "vendor"])
def test_groups_count_what_their_lists_show(
    by: str, four: dict[str, Dispute], manager: Principal, signed_in: SignedIn
) -> None:
    client, query = signed_in(manager), QueueQuery("pending", clock.now())
    found = groups_of(manager, query, by)
    assert [(group.count, found.single) for group in found.groups] == [(3, 1)]
    (group,) = found.groups
    assert [group.count] == counts_together(manager, [group.query])
    key = "same" if by == "caller" else "vendor"
    assert len(listed(client, f"?{key}={group.key}")) == group.count
    page = client.get(f"/queue/?group={by}&open={group.key}&pick=1").content.decode()
    part = client.get(f"/queue/?group={by}&open={group.key}", headers={"HX-Request": "true"}).content.decode()
    assert ("style=" in part, "<html" in part) == (False, False)
    picked = re.findall(r'aria-label="Select (D-[0-9]+)" checked>', page)
    assert len(picked) == group.count
    made = client.post("/plans/", {"verb": "accept", "query": f"group={by}", "group_all": group.key}, follow=True)
    assert "3 selected, 1 left out" in made.content.decode()


def test_what_came_in_waits_behind_a_bar(make_dispute: DisputeMaker, manager: Principal, signed_in: SignedIn) -> None:
    make_dispute()
    client = signed_in(manager)
    page = client.get("/queue/").content.decode()
    address = page.split('id="news"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    quiet = client.get(address)
    assert "came in" not in quiet.content.decode()
    assert client.get(address, headers={"If-None-Match": quiet["ETag"]}).status_code == 304
    with clock.shifted(timedelta(minutes=1)):
        make_dispute()
        news = client.get(address, headers={"If-None-Match": quiet["ETag"]})
    assert news.status_code == 200
    assert "<b>1 new</b>" in news.content.decode()
    assert client.get("/queue/news/?since=yesterday").status_code == 404


def test_the_file_says_what_is_on_screen(four: dict[str, Dispute], manager: Principal, signed_in: SignedIn) -> None:
    client = signed_in(manager)
    client.post("/queue/columns/", {"tab": "pending", "column": ["buyer", "asked", "caller"]})
    answer = client.get("/queue/export.csv?sla=over")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode())))
    assert rows[0] == ["dispute", "buyer", "asked", "asked_currency", "asked_micros", "caller", "zone"]
    assert [row[0] for row in rows[1:]] == [str(four["old"])]
    assert rows[1][2:5] == ["45.00", "USD", "45000000"]
    lines = b"".join(client.get("/queue/export.jsonl")).decode().splitlines()
    assert [json.loads(line)["dispute"] for line in lines] == listed(client)
    told = JournalEvent.objects.filter(event="list.exported").order_by("id")
    assert [(one.changes["list"], one.changes["rows"], one.changes["whole"]) for one in told] == [
        ("queue", 1, True),
        ("queue", 4, True),
    ]
    assert client.get("/queue/export.xls").status_code == 404


def test_columns_are_kept_for_the_person(four: dict[str, Dispute], manager: Principal, signed_in: SignedIn) -> None:
    client = signed_in(manager)
    client.post("/queue/columns/", {"tab": "pending", "column": ["asked", "origin"]})
    page = client.get("/queue/").content.decode()
    assert ('class="is-origin"' in page, 'class="is-vendor"' in page) == (True, False)
    settled = client.get("/queue/?tab=all").content.decode()
    assert 'class="is-decided"' in settled
    client.post("/queue/columns/", {"tab": "pending", "reset": "1"})
    assert 'class="is-vendor"' in client.get("/queue/").content.decode()


def test_a_saved_view_says_how_many_it_finds_and_may_open_first(
    four: dict[str, Dispute], manager: Principal, signed_in: SignedIn
) -> None:
    client = signed_in(manager)
    client.post("/queue/views/", {"name": "Late", "query": "sla=over&more=1&evil=1", "default": "1"})
    view = SavedView.objects.get()
    assert (view.page, view.query, view.is_default) == ("queue", "sla=over", True)
    opened = client.get("/queue/", follow=True).content.decode()
    assert numbers(opened) == [str(four["old"])]
    assert '<span>Late</span><span class="mg-count">1</span>' in opened
    with unchanged():
        again = client.post("/queue/views/", {"name": "Late", "query": "sla=soon"})
    assert again.status_code in {409, 422}
    client.post(f"/queue/views/{view.pk}/", {"verb": "delete"})
    assert not SavedView.objects.exists()


def test_a_row_says_how_it_sounds_who_has_it_and_what_a_rule_advises(
    four: dict[str, Dispute], manager: Principal, other_manager: Principal, signed_in: SignedIn
) -> None:
    recording = ready_recording(four["old"].charge)
    recording.segments, recording.duration_ms = [], 9_000
    recording.save()
    now = clock.now()
    RecordingAccess.objects.create(
        recording=recording, user_id=manager.id, via=AccessVia.PAGE, link="x", at=now, last_at=now,
        from_ms=0, to_ms=900, heard=True,
    )  # fmt: skip
    advice = {
        "policy": "p@1",
        "rules": [{"code": "LOOKS_VALID", "place": 0, "severity": "recommend", "outcome": "rejected"}],
    }
    Dispute.objects.filter(pk=four["old"].pk).update(suggestion=advice)
    operations.assign(manager, items=[AssignItem(four["dear"].pk, other_manager.id)])
    page = signed_in(manager).get("/queue/").content.decode()
    assert "no speech 9 s" in page
    assert '<b class="mg-strong">reject?</b> looks valid' in page
    assert "given to other_manager" in page
    assert '<b class="mg-strong">you</b>' in page
    assert "1 h over" in page


def test_pace_is_nothing_before_the_first_decision(manager: Principal) -> None:
    assert pace_of(manager, clock.now() - timedelta(days=1)) is None
