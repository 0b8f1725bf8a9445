"""The calls: documents, options, addresses, headers, and the words of every refusal."""

from __future__ import annotations

from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from makegood.api.odata.query import Query
from makegood.api.odata.sets import SETS
from makegood.api.tests.odata.scene import ALIAS, Scene
from makegood.parties.states import Verb
from tests.api_client import Answer, ApiClient, ClientMaker

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


@pytest.fixture
def client(bills: Scene, api_client: ClientMaker) -> ApiClient:
    """The manager's client; one feature and three usage records are there."""
    bills.feature(billed_micros=4_950_000)
    for number in range(3):
        bills.usage(number=number)
    return api_client(bills.manager)


def told(answer: Answer) -> tuple[int, str, str]:
    """Status, code and sentence of a refusal, which says the same to readers of RFC 9457, of IDI and of OData."""
    body = answer.json
    assert body["error"] == {"code": body["code"], "message": body["detail"]}
    assert body["errors"][0]["message"] == body["detail"]
    assert (answer.headers["Content-Type"], answer.headers["OData-Version"]) == ("application/problem+json", "4.0")
    return answer.status, body["code"], body["detail"]


def test_the_service_document_names_the_sets(client: ApiClient) -> None:
    for path in ("/odata", "/odata/"):
        answer = client.get(path)
        assert answer.headers["OData-Version"] == "4.0"
        assert answer.json["@odata.context"] == "http://testserver/odata/$metadata"
        assert [row["url"] for row in answer.json["value"]] == list(SETS)


def test_the_metadata_describe_every_property(client: ApiClient) -> None:
    answer = client.get("/odata/$metadata")
    assert (answer.headers["Content-Type"], answer.headers["OData-Version"]) == ("application/xml", "4.0")
    schema = ElementTree.fromstring(answer.content).find(f".//{EDM}Schema")  # noqa: S314 - our own
    assert schema is not None
    for one in SETS.values():
        kind = schema.find(f"{EDM}EntityType[@Name='{one.name}Type']")
        assert kind is not None
        assert [ref.get("Name") for ref in kind.findall(f"{EDM}Key/{EDM}PropertyRef")] == list(one.key)
        found = {row.get("Name"): row.attrib for row in kind.findall(f"{EDM}Property")}
        assert list(found) == [row.name for row in one.described]
        assert all((row.nullable) == ("Nullable" not in found[row.name]) for row in one.described)
    assert found["Amount"] == {
        "Name": "Amount", "Type": "Edm.Decimal", "Nullable": "false", "Precision": "20", "Scale": "6"
    }  # fmt: skip
    assert client.get("/odata/$metadata").content == answer.content


def test_a_page_is_json_with_exact_numbers(client: ApiClient, bills: Scene) -> None:
    answer = client.get("/odata/InvoiceFeature?$filter=Feature eq 'MONTHLY FEE 0'&$select=FeatureID,Amount&$count=true")
    assert answer.headers["Content-Type"] == "application/json;odata.metadata=minimal"
    assert (answer.headers["OData-Version"], answer.headers["Cache-Control"]) == ("4.0", "no-store")
    assert answer.content == (
        b'{"@odata.context":"http://testserver/odata/$metadata#InvoiceFeature(FeatureID,Amount)","@odata.count":1,'
        b'"value":[{"FeatureID":103254,"Amount":4.95}]}'
    )
    entity = client.get("/odata/Invoice(1984950)").json
    assert entity["@odata.context"] == "http://testserver/odata/$metadata#Invoice/$entity"
    assert (entity["InvoiceDate"], entity["PeriodEnd"], entity["UsageAlias"]) == ("2026-03-01", "2026-02-28", ALIAS)
    assert client.get("/odata/invoice(InvoiceNumber=1984950)?$select=Status").json["Status"] == "issued"
    assert client.get("/odata/Invoice/$count?$filter=Amount ne null&$top=1").content == b"2"
    assert client.send("HEAD", "/odata/Invoice").content == b""


def test_the_same_query_in_other_spellings(client: ApiClient) -> None:
    spellings = [
        "$filter=CustomerID gt 0 and contains(Feature,'FEE')",
        "%24filter=CustomerID%20gt%200%20and%20contains(Feature,%27FEE%27)",
        "$filter=CustomerID+gt+0+and+contains(Feature,'FEE')",
        "$filter=((CustomerID gt 0) and (contains(Feature,'FEE')))&$orderby=&$format=json".replace("&$orderby=", ""),
        "$filter=CustomerID gt 0 and contains(Feature,'FEE')&utm_source=x",
    ]
    for text in spellings:
        environ_safe = text.replace(" ", "%20")
        assert len(client.get(f"/odata/InvoiceFeature?{environ_safe}").json["value"]) == 1, text


REFUSED: list[tuple[str, int, str]] = [
    ("filter=Amount gt 5", 400, "filter: write it as $filter; it would be ignored otherwise."),
    ("Top=5", 400, "Top: write it as $top; it would be ignored otherwise."),
    ("CustomerID=5", 400, "CustomerID: write $filter=CustomerID eq ...; it would be ignored otherwise."),
    ("$filter=Amount gt 5&$filter=Amount gt 6", 400, "$filter: it is given more than once."),
    ("$inlinecount=allpages", 400, "$inlinecount: there is no such option."),
    ("$Filter=Amount gt 5", 400, "$Filter: there is no such option."),
    ("$foo=1", 400, "$foo: there is no such option."),
    ("$expand=Lines", 501, "The option $expand is OData, but this service does not offer it."),
    ("$apply=x", 501, "The option $apply is OData, but this service does not offer it."),
    ("$compute=x", 501, "The option $compute is OData, but this service does not offer it."),
    ("$search=x", 501, "The option $search is OData, but this service does not offer it."),
    ("@p=1", 501, "A parameter alias is OData, but this service does not offer it."),
    ("$filter=", 400, "$filter: it is empty (position 1)."),
    ("$select=", 400, "$select: it is empty (position 1)."),
    ("$select=Amout", 400, '$select: Invoice has no property "Amout" (position 1).'),
    ("$select=Amount/x", 501, "A property path (position 1) is OData, but this service does not offer it."),
    ("$orderby=owner/name", 400, '$orderby: Invoice has no property "owner" (position 1).'),
    ("$orderby=now()", 501, "Order by an expression (position 1) is OData, but this service does not offer it."),
    ("$top=-1", 400, "$top: a whole number from 0 on is needed."),
    ("$top=1.5", 400, "$top: a whole number from 0 on is needed."),
    ("$top=", 400, "$top: a whole number from 0 on is needed."),
    ("$top=" + "9" * 5_000, 400, "$top: a whole number from 0 on is needed."),
    ("$skip=100001", 400, "$skip: at most 100,000 rows are skipped; follow @odata.nextLink instead."),
    ("$skip=1&$skiptoken=x", 400, "$skip: $skiptoken says already where to go on."),
    ("$skiptoken=x", 400, "$skiptoken is damaged, or belongs to another query or caller; begin again without it."),
    ("$count=yes", 400, "$count: it is true or false."),
    ("$format=xml", 406, "The answer cannot be given as xml."),
    ("$format=json;odata.metadata=full", 406, "The answer cannot be given as json;odata.metadata=full."),
    ("$filter=Status eq 'a%00'", 400, "query: it holds a NUL character."),
    ("$filter=Status eq '%FF'", 400, "query: it is not UTF-8 text, or has too many parts."),
]  # fmt: skip


def test_options_that_are_refused(client: ApiClient) -> None:
    found = {query: told(client.get(f"/odata/Invoice?{query}"))[0::2] for query, _, _ in REFUSED}
    assert found == {query: (status, message) for query, status, message in REFUSED}


def test_forms_of_the_answer(client: ApiClient) -> None:
    plain = client.get("/odata/Invoice?$top=1&$count=true&$format=application/json;odata.metadata=none")
    assert list(plain.json) == ["@odata.count", "value"]
    assert plain.headers["Content-Type"] == "application/json;odata.metadata=none"
    for accept in ("*/*", "application/json", "application/json;odata.metadata=minimal", "text/html, application/json"):
        assert client.get("/odata/Invoice", headers={"Accept": accept}).status == 200
    for accept in ("application/json;odata.metadata=full", "text/html", "application/atom+xml"):
        assert told(client.get("/odata/Invoice", headers={"Accept": accept}))[0] == 406
    assert client.get("/odata/$metadata?$format=xml", headers={"Accept": "application/json"}).status == 200
    assert client.get("/odata/Invoice?$format=json", headers={"Accept": "text/html"}).status == 200
    assert client.get("/odata/Invoice/$count", headers={"Accept": "application/json"}).content == b"3"
    assert told(client.get("/odata/$metadata?$format=json"))[0] == 406
    assert told(client.get("/odata/Invoice", headers={"OData-MaxVersion": "3.0"}))[0] == 400


def test_next_links_lead_on_by_themselves(client: ApiClient, bills: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makegood.api.odata.query.PAGE", 2)
    headers = {"CustomerID": str(bills.world.customer.pk), "UsageAlias": ALIAS}
    first = client.get("/odata/UsageDetail?$filter=Amount gt 1&$orderby=UsageDate desc&$count=true", headers=headers)
    assert (first.json["@odata.count"], len(first.json["value"])) == (3, 2)
    link = urlsplit(first.json["@odata.nextLink"])
    assert (link.scheme, link.netloc, link.path) == ("http", "testserver", "/odata/UsageDetail")
    second = client.get(f"{link.path}?{link.query}")
    assert [row["UsageRecordID"] for row in second.json["value"]] == [465_322]
    assert "@odata.nextLink" not in second.json
    other = client.get(f"{link.path}?{link.query}&$top=0").json
    assert other["value"] == []


def test_usage_is_of_one_customer_and_one_alias(client: ApiClient, bills: Scene) -> None:
    customer, other = bills.world.customer.pk, bills.world.other_customer.pk
    path = f"/odata/UsageDetail?CustomerID={customer}&UsageAlias={ALIAS}"
    assert len(client.get(path).json["value"]) == 3
    assert len(client.get(path, headers={"CustomerID": str(customer), "UsageAlias": ALIAS}).json["value"]) == 3
    assert client.get(f"/odata/UsageDetail?CustomerID={other}&UsageAlias={ALIAS}").json["value"] == []
    assert client.get(f"/odata/UsageDetail?CustomerID={customer}&UsageAlias=none").json["value"] == []
    assert client.get(f"/odata/UsageDetail/$count?CustomerID={customer}&UsageAlias={ALIAS}").content == b"3"
    one = client.get(
        f"/odata/UsageDetail(UsageRecordID=465321,BillPeriodID=21180214)?CustomerID={customer}&UsageAlias={ALIAS}"
    )
    assert (one.json["UsageRecordID"], one.json["UsageDate"]) == (465_321, "2026-02-27T04:59:00Z")
    for query, words in (
        ("", "CustomerID: CustomerID and UsageAlias must be given as a header."),
        (f"?CustomerID={customer}", "UsageAlias: UsageAlias must be given as a header."),
        (f"?UsageAlias={ALIAS}", "CustomerID: CustomerID must be given as a header."),
    ):
        assert told(client.get(f"/odata/UsageDetail{query}")) == (400, "BAD_OPTION", words)
    differs = client.get(path, headers={"CustomerID": "77"})
    assert told(differs) == (400, "BAD_OPTION", "CustomerID: it is given twice, with different values.")


NOWHERE: list[tuple[str, str]] = [
    ("Invoice(7)", "You do not have access to Invoice ID 7 or it does not exist."),
    ("Invoice(abc)", "You do not have access to Invoice ID abc or it does not exist."),
    ("Invoice('1984950')", "You do not have access to Invoice ID '1984950' or it does not exist."),
    ("Invoice()", "You do not have access to Invoice ID  or it does not exist."),
    ("Invoice(99999999999999999)", "You do not have access to Invoice ID 99999999999999999 or it does not exist."),
    ("Dispute(10003)", "You do not have access to Dispute ID 10003 or it does not exist."),
    ("Dispute(1000001000300002)", "You do not have access to Dispute ID 1000001000300002 or it does not exist."),
    ("CustomerSummary(1000000)", "You do not have access to Customer ID 1000000 or it does not exist."),
    ("Nothing", "There is nothing at this address."),
    ("Nothing(1)", "There is nothing at this address."),
    ("Invoice(1", "There is nothing at this address."),
    ("Invoice(1984950)/$count", "There is nothing at this address."),
    ("Invoice/Amount", "There is nothing at this address."),
]  # fmt: skip


def test_addresses_that_lead_nowhere(client: ApiClient) -> None:
    found = {path: told(client.get(f"/odata/{path}"))[0::2] for path, _ in NOWHERE}
    assert found == {path: (404, message) for path, message in NOWHERE}


def test_what_an_entity_does_not_take(client: ApiClient) -> None:
    assert (
        told(client.get("/odata/Invoice(1984950)?$top=1"))[2] == "$top: a single entity takes $select, $format alone."
    )
    assert told(client.get("/odata/Invoice(1984950)/Amount"))[0] == 501
    assert told(client.get("/odata?$top=1"))[0] == 400
    assert told(client.post("/odata/Invoice", {}))[0] == 405


def test_permissions_by_set(bills: Scene, api_client: ClientMaker) -> None:
    reader = api_client(bills.manager, scopes=[Verb.CUSTOMER_VIEW, Verb.CHARGE_VIEW])
    judge = api_client(bills.manager, scopes=[Verb.DISPUTE_VIEW])
    for name, one in SETS.items():
        query = f"?CustomerID={bills.world.customer.pk}&UsageAlias={ALIAS}" if one.of_one_bill else ""
        allowed, other = (reader, judge) if one.verb is Verb.CUSTOMER_VIEW else (judge, reader)
        assert allowed.get(f"/odata/{name}{query}").status == 200
        assert told(other.get(f"/odata/{name}{query}"))[0] == 403
        assert told(other.get(f"/odata/{name}/$count{query}"))[0] == 403
    assert judge.get("/odata/$metadata").status == 200
    assert told(ApiClient("").get("/odata/Invoice"))[0] == 401


def test_over_the_limit_of_time_it_says_so(client: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makegood.api.odata.query.LIMIT_S", 0.001)
    monkeypatch.setattr(Query, "_from", lambda *_: "(SELECT v.*, pg_sleep(1) FROM billing_invoice v) i")
    answer = client.get("/odata/Invoice/$count")
    assert told(answer)[:2] == (503, "STATEMENT_LIMIT")
    assert answer.headers["Retry-After"] == "1"
