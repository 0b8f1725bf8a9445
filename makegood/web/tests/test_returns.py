"""The returns file: every row gets an answer, the result is a file, and the same file again changes nothing."""

from __future__ import annotations

import csv
import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from makegood.disputes.models import Dispute
from makegood.parties.entries import Principal
from makegood.web.tests.conftest import SignedIn
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

URL = "/disputes/returns/"
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def upload(client: Client, text: str) -> str:
    return client.post(URL, {"file": SimpleUploadedFile("returns.csv", text.encode(), "text/csv")}).content.decode()


def token_of(page: str) -> str:
    match = TOKEN.search(page)
    assert match, page
    return match[1]


def result_of(client: Client, token: str) -> list[dict[str, str]]:
    """The rows of the result file."""
    answer = client.post(URL, {"token": token, "format": "csv"})
    assert answer["Content-Disposition"].startswith('attachment; filename="returns-result-')
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def test_rows_are_shown_then_filed_then_answered_in_a_file(
    world: World, buyer: Principal, make_dispute: DisputeMaker, signed_in: SignedIn
) -> None:
    client = signed_in(buyer)
    first, second, third = world.charge(), world.charge(caller_e164="+12015550111"), world.charge()
    disputed = make_dispute()
    foreign = world.charge(customer=world.other_customer)
    text = "\n".join([
        "Call ID,Reason,Note", f"{first.external_id},spam,Recorded voice", '"(201) 555-0111",Bot traffic,=1+1',
        f"{third.external_id},bot trafic,x", f"{first.external_id},SPAM,again",
        f"{disputed.charge.external_id},SPAM,x", f"{foreign.external_id},SPAM,x", "1.2E+10,SPAM,x",
    ])  # fmt: skip
    with unchanged():
        page = upload(client, text)
    assert "2 of 7 rows can be filed" in page
    assert "Did you mean Bot traffic?" in page
    assert "The same item as in line 2." in page
    result = client.post(URL, {"token": token_of(page)}).content.decode()
    assert "2 of 7 rows filed" in result
    filed = {d.charge_id: f"D-{d.number}" for d in Dispute.objects.exclude(pk=disputed.pk)}
    assert set(filed) == {first.pk, second.pk}
    with unchanged(but=("journal_event",)):
        rows = result_of(client, token_of(page))
    assert [(row["line"], row["result"], row["dispute"], row["code"]) for row in rows] == [
        ("2", "filed", filed[first.pk], ""),
        ("3", "filed", filed[second.pk], ""),
        ("4", "refused", "", "UNKNOWN_REASON"),
        ("5", "refused", "", "REPEATED_ROW"),
        ("6", "refused", f"D-{disputed.number}", "ALREADY_DISPUTED"),
        ("7", "refused", "", "NOT_FOUND"),
        ("8", "refused", "", "NAME_SHORTENED"),
    ]
    assert (rows[1]["note"], rows[1]["asked"], rows[1]["asked_micros"]) == ("'=1+1", "45.00", "45000000")
    with unchanged():
        again = upload(client, text)
    assert "0 of 7 rows can be filed" in again
    assert again.count("ALREADY_DISPUTED") >= 3
    assert "data-send" not in again.split("Choose another file")[0]


def test_a_preview_of_somebody_else_or_one_that_is_none_files_nothing(
    world: World, buyer: Principal, other_buyer: Principal, signed_in: SignedIn
) -> None:
    mine, theirs = signed_in(buyer), signed_in(other_buyer)
    page = upload(mine, f"call_id,reason\n{world.charge().external_id},SPAM")
    with unchanged():
        stolen = theirs.post(URL, {"token": token_of(page)})
        late = mine.post(URL, {"token": f"{token_of(page)}x"})
    for answer in (stolen, late):
        assert answer.status_code == 422
        assert "nothing was filed" in answer.content.decode()


def test_a_file_that_cannot_be_read_says_why(buyer: Principal, signed_in: SignedIn) -> None:
    client = signed_in(buyer)
    with unchanged():
        wrong = upload(client, "when,who\n1,2")
        none = client.post(URL, {})
    assert "It says &quot;when&quot;, &quot;who&quot;." in wrong
    assert (none.status_code, "Choose a file first." in none.content.decode()) == (422, True)


def test_the_template_is_read_by_the_page_itself(world: World, buyer: Principal, signed_in: SignedIn) -> None:
    client = signed_in(buyer)
    world.charge(external_id="call-20931")
    assert "SPAM" in client.get(URL).content.decode()
    template = client.get(f"{URL}template/").getvalue().decode()
    assert "1 of 1 row can be filed" in upload(client, template)
