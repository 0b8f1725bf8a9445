"""Pages of a customer for representatives, without JavaScript: found, billed, used, paid, disputed."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from makegood.billing.models import Charge
from makegood.billing.states import ChargeKind
from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Dispute
from makegood.parties.entries import Principal
from makegood.parties.models import Role, User
from makegood.web.templatetags.mg import NONE
from makegood.web.tests.conftest import SignedIn
from tests.billed import Billed, billed
from tests.world import World, standing_world

SAID = "The customer says nobody ordered it and wants it gone."


@pytest.fixture
def telecom(db: None) -> World:
    return standing_world("telecom_billing")


@pytest.fixture
def made(telecom: World) -> Billed:
    return billed(telecom)


@pytest.fixture
def rep(telecom: World) -> Principal:
    return telecom.person("csr", "rep")


@pytest.fixture
def desk(rep: Principal, signed_in: SignedIn) -> Client:
    return signed_in(rep)


def words(html: str) -> str:
    """The text of a page in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", " ", html, flags=re.DOTALL)))


def read(client: Client, path: str) -> str:
    """A page that answers, as text."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return words(answer.content.decode())


def links(client: Client, path: str, part: str) -> list[str]:
    """The addresses on a page that hold a text."""
    found = re.findall(r'href="([^"]+)"', client.get(path).content.decode())
    return [one.replace("&amp;", "&") for one in found if part in one]


def file(rep: Principal, charge: Charge) -> Dispute:
    """A dispute that the representative filed."""
    (answer,) = operations.submit(rep, items=[SubmitItem(charge.pk, "UNEXPECTED_CHARGE", SAID)])
    assert answer.ok, answer
    return Dispute.objects.get(pk=answer.id)


def home(made: Billed) -> str:
    return f"/accounts/{made.world.customer.pk}/"


@pytest.mark.parametrize("text", ["B1", "Acme Plumbing", "202-555-0142", "1984953"])
def test_one_exact_hit_goes_straight_there(made: Billed, desk: Client, text: str) -> None:
    answer = desk.get("/accounts/", {"q": text})
    assert (answer.status_code, answer["Location"]) == (303, home(made))


def test_several_are_listed_with_why_and_nobody_says_where_was_searched(made: Billed, desk: Client) -> None:
    listed = read(desk, "/accounts/?q=B1&list=1")
    assert "1 customer for “B1”" in listed
    assert "account number B1" in listed
    nobody = read(desk, "/accounts/?q=nobody+at+all")
    assert "No customer was found for “nobody at all”." in nobody
    assert "Who is calling?" in read(desk, "/accounts/")


def test_the_page_shows_balance_bills_usage_and_payments(made: Billed, rep: Principal, desk: Client) -> None:
    made.pay(made.bills[0].total_micros or 0, made.bills[0])
    dispute = file(rep, made.lines[made.latest.number][1])
    said = read(desk, home(made))
    assert "Balance $203.88 $289.19 billed, $85.31 paid" in said
    assert "In dispute $19.99 1 open dispute" in said
    assert "Latest bill $118.57 1984953 , +$33.26 against the one before" in said
    assert "is $118.57, $33.26 more than the bill before (+39%)." in said
    assert "1 in dispute $19.99" in said
    assert "Not billed yet; only billed items can be disputed. Expected" in said
    assert "9 GB +80% 5 GB 2 $0.00" in said
    assert "bill 1984951 P-1 $85.31" in said
    assert f"{dispute.label} " in read(desk, f"{home(made)}?tab=disputes")


def test_every_bill_leads_to_explain_and_dispute(made: Billed, desk: Client) -> None:
    found = links(desk, home(made), "bill=")
    for bill in made.bills:
        assert f"{home(made)}inquiries/bill/?bill={bill.number}" in found
        assert f"{home(made)}dispute/new/?bill={bill.number}" in found


def test_a_bill_marks_disputed_lines_and_offers_the_others(made: Billed, rep: Principal, desk: Client) -> None:
    lines = made.lines[made.latest.number]
    dispute = file(rep, lines[1])
    at = f"{home(made)}bills/{made.latest.number}/"
    said = read(desk, at)
    assert f"Premium Voice CKT-88/A {NONE} $19.99 $1.60 $21.59 {dispute.label} Open" in said
    assert "Fiber 500 CKT-88/A 1 line $59.00 $4.72 $63.72 can be disputed" in said
    assert f"Promotion {NONE} {NONE} -$8.00 {NONE} -$8.00 gives money back" in said
    assert "All lines $118.57" in said
    html = desk.get(at).content.decode()
    offered = re.findall(r'name="charge" value="(\d+)"', html)
    assert offered == [str(lines[0].pk), str(lines[2].pk)]
    records = links(desk, at, "what=data")[0]
    assert len(re.findall(r'id="call-\d+"', desk.get(records).content.decode())) == 2


@pytest.mark.parametrize(
    ("subject", "aloud"),
    [
        ("data", "you used 9 GB, 80% more than from"),
        ("calls", "you made 3 calls, 21 min of talk, as many as from"),
    ],
)
def test_plain_inquiries_say_it_and_lead_to_exactly_the_charges(
    made: Billed, desk: Client, subject: str, aloud: str
) -> None:
    at = f"{home(made)}inquiries/{subject}/"
    assert aloud in read(desk, at)
    for address in links(desk, at, "/calls/?"):
        narrowed = parse_qs(urlsplit(address).query)
        if "from" not in narrowed:
            continue
        shown = {int(pk) for pk in re.findall(r'id="call-(\d+)"', desk.get(address).content.decode())}
        assert shown == expected(made, narrowed), address


def expected(made: Billed, narrowed: dict[str, list[str]]) -> set[int]:
    """The charges that an address of the log names, found another way."""
    usage = Charge.objects.filter(customer=made.world.customer, kind=ChargeKind.USAGE)
    days = (narrowed["from"][0], narrowed["to"][0])
    found = [one for one in usage if days[0] <= f"{one.occurred_at:%Y-%m-%d}" <= days[1]]
    if "what" in narrowed:
        found = [one for one in found if one.subkind == narrowed["what"][0]]
    if "called" in narrowed:
        like = Charge.objects.get(pk=int(narrowed["called"][0]))
        found = [one for one in found if one.destination_e164 == like.destination_e164]
    return {one.pk for one in found}


def test_numbers_called_are_masked_without_the_permission(made: Billed, telecom: World, signed_in: SignedIn) -> None:
    rep = telecom.person("csr", "half-blind")
    role = rep_role(rep)
    role.verbs = [verb for verb in role.verbs if verb != "phone.view"]
    role.save()
    client = signed_in(rep)
    html = client.get(f"{home(made)}inquiries/calls/").content.decode()
    assert "+1 *** *** 0104" in html
    assert "Dearest calls" in html
    assert "2025550104" not in html
    assert "202-555-0104" not in html
    address = next(one for one in links(client, f"{home(made)}inquiries/calls/", "called="))
    page = client.get(address).content.decode()
    assert "to +1 *** *** 0104" in page
    assert "2025550104" not in page


def rep_role(person: Principal) -> Role:
    """The role of a person."""
    return User.objects.get(pk=person.id).role


def test_payments_and_balance_run(made: Billed, desk: Client) -> None:
    first = made.bills[0]
    made.pay(first.total_micros or 0, first)
    said = read(desk, f"{home(made)}inquiries/payments/")
    assert "$289.19 was billed, of which $85.31 (29%) came in. As far as is known here, $203.88 is open." in said
    assert "Payment · Card · P-1 -$85.31 $0.00" in said


@pytest.mark.parametrize(
    ("subject", "rows", "amount"), [("data", 1, "0.00"), ("calls", 1, "0.36"), ("payments", 3, "118.57")]
)
def test_tables_as_csv(made: Billed, desk: Client, subject: str, rows: int, amount: str) -> None:
    answer = desk.get(f"{home(made)}inquiries/{subject}/export/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    found = list(csv.DictReader(io.StringIO(content.decode())))
    assert len(found) == rows
    assert found[0]["amount" if subject == "payments" else "charged"] == amount
    assert found[0]["time_zone"] == "UTC"


def test_a_customer_without_anything_says_so(made: Billed, desk: Client) -> None:
    other = f"/accounts/{made.world.other_customer.pk}/"
    said = read(desk, other)
    assert "No bill was issued yet." in said
    assert "No payment is known here." in said
    assert "So there is no balance to show" in read(desk, f"{other}inquiries/payments/")
    assert "no data use is recorded" in read(desk, f"{other}inquiries/data/")


@pytest.mark.parametrize("path", ["", "bills/1984953/", "inquiries/data/", "inquiries/payments/export/"])
def test_out_of_scope_is_not_found(made: Billed, telecom: World, signed_in: SignedIn, path: str) -> None:
    stranger = telecom.person("buyer", "stranger", customer_number="B2")
    assert signed_in(stranger).get(home(made) + path).status_code == 404


def test_no_such_subject_and_no_such_bill(made: Billed, desk: Client) -> None:
    assert desk.get(f"{home(made)}inquiries/weather/export/").status_code == 404
    assert desk.get(f"{home(made)}bills/77/").status_code == 404
