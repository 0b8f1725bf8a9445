"""Builders of small call logs in the layouts of the formats, with made-up values."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from makegood.billing.models import Charge
from makegood.imports.entries import ImportAnswer, Options
from makegood.imports.operations import import_calls
from makegood.parties.entries import SYSTEM

Row = Mapping[str, Any]
Importer = Callable[..., ImportAnswer]

CALL: dict[str, str] = {
    "call_id": "c1",
    "started_at": "2026-03-02T13:09:14Z",
    "ended_at": "2026-03-02T13:10:13Z",
    "caller": "+19045550181",
    "buyer_id": "B1",
    "vendor_id": "V1",
    "duration_s": "59",
    "connected_s": "43",
    "answered": "yes",
    "converted": "yes",
    "revenue": "99.50",
    "payout": "60.00",
    "currency": "USD",
}


def call(**facts: str) -> dict[str, str]:
    """A line of the generic log: one billed call of buyer B1 from vendor V1."""
    return {**CALL, **facts}


def write_csv(path: Path, rows: Iterable[Row], *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """The rows as a CSV file with a header."""
    path.write_bytes(csv_text(rows, delimiter).encode(encoding))
    return path


def csv_text(rows: Iterable[Row], delimiter: str = ",") -> str:
    """The rows as CSV text with a header."""
    listed = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(listed[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(listed)
    return out.getvalue()


def trackdrive(**facts: Any) -> dict[str, Any]:
    """A TrackDrive call: converted for the buyer at 120.25, 70.00 to the vendor."""
    return {
        "id": 420000001,
        "uuid": "a519ba17-0000-4000-8000-000000000001",
        "created_at": "2026-03-02T14:25:15.000+00:00",
        "updated_at": "2026-03-02T14:27:00.000+00:00",
        "ended_at": "2026-03-02T14:26:02.000+00:00",
        "category": "inbound",
        "status": "finished",
        "caller_number": "+13535550101",
        "number_called": "+18335550142",
        "connected_to": "+18005550100",
        "offer": "Roofing",
        "user_offer_id": "C7",
        "traffic_source": "Blue Media",
        "user_traffic_source_id": "V1",
        "sub_id": "s4",
        "buyer": "Acme Plumbing",
        "user_buyer_id": "B1",
        "total_duration": 47,
        "attempted_duration": 7,
        "answered_duration": 40,
        "buyer_converted": True,
        "buyer_repeat_caller": True,
        "buyer_revenue": "120.25",
        "traffic_source_converted": True,
        "traffic_source_payout": "70.00",
        "hangup_cause": "buyer_hangup",
        "recording_url": None,
        **facts,
    }


def retreaver_v2(**facts: Any) -> dict[str, Any]:
    """A Retreaver v2 call: receivable at 170.5, payable at 99.25, decided after it ended."""
    return {
        "uuid": "cb57a415-0000-4000-8000-000000000002",
        "caller": "+19045550181",
        "dialed_call_duration": 43,
        "total_duration": 59,
        "hold_duration": 16,
        "status": "finished",
        "start_time": "2026-03-02T13:09:14.034Z",
        "forwarded_time": "2026-03-02T13:09:30.000Z",
        "end_time": "2026-03-02T13:10:13.000Z",
        "conversions_determined_at": "2026-03-02T13:10:35.000Z",
        "cid": "C1",
        "campaign_name": "Rehab",
        "afid": "V1",
        "affiliate_name": "North Ads",
        "tid": "B1",
        "target_name": "Acme Plumbing",
        "dialed_number": "+18005550100",
        "number": "+18445550152",
        "revenue": 170.5,
        "payout": 99.25,
        "hung_up_by": "target",
        "receivable_duplicate": False,
        "payable_duplicate": True,
        "keys_pressed": ["1"],
        "conversion_seconds": 120,
        "converted": True,
        "payable": True,
        "receivable": True,
        "connected": True,
        "recording_url": "https://recordings.example.com/1.mp3",
        **facts,
    }


def retreaver_v1(**facts: Any) -> dict[str, Any]:
    """A Retreaver v1 call: no money, no buyer."""
    return {
        "uuid": "addcf985-0000-4000-8000-000000000003",
        "caller": "+19145550120",
        "dialed_call_duration": 193,
        "total_duration": 204,
        "status": "finished",
        "start_time": "2012-04-29T12:29:40Z",
        "forwarded_time": "2012-04-29T12:29:51Z",
        "end_time": "2012-04-29T12:32:46Z",
        "cid": "0003",
        "afid": "03994",
        "sid": None,
        "dialed_number": "+18665550107",
        **facts,
    }


def write_json(path: Path, value: Any) -> Path:
    """The value as a JSON file."""
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")
    return path


def importer(program: str) -> Importer:
    """Imports a file into the program as the system does; options by name."""

    def run(path: Path, *, chunk_rows: int = 20_000, **options: Any) -> ImportAnswer:
        return import_calls(SYSTEM, path=path, options=Options(program=program, **options), chunk_rows=chunk_rows)

    return run


def rejected(path: Path) -> list[dict[str, str]]:
    """The rows of the rejects file beside a log."""
    with path.with_name(f"{path.stem}.rejects.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def only_charge() -> Charge:
    """The one charge there is."""
    return Charge.objects.get()


def raw_of(charge: Charge) -> dict[str, Any]:
    """The source record kept with a charge."""
    raw: dict[str, Any] = charge.raw or {}
    return raw
