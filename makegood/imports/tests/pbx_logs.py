"""Builders of call logs as telephone systems write them, with made-up values. A row is a dict in the file's order."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]

HOUSE: Mapping[str, str] = {"timezone": "America/New_York", "customer": "B1"}
"""What such a file does not say."""


def asterisk(**facts: Any) -> Row:
    """A call of 59 seconds, 43 of them talk, at 08:09:14; Asterisk's own file has 18 columns."""
    return {
        "accountcode": "",
        "src": "9045550181",
        "dst": "8445550152",
        "dcontext": "from-pstn",
        "clid": '"9045550181" <9045550181>',
        "channel": "PJSIP/trunk-00000000",
        "dstchannel": "PJSIP/T1-00000001",
        "lastapp": "Dial",
        "lastdata": "PJSIP/T1,30,tT",
        "start": "2026-03-02 08:09:14",
        "answer": "2026-03-02 08:09:30",
        "end": "2026-03-02 08:10:13",
        "duration": 59,
        "billsec": 43,
        "disposition": "ANSWERED",
        "amaflags": "DOCUMENTATION",
        "uniqueid": "1772456954.0",
        "userfield": "C001",
        **facts,
    }


def without(row: Row, *names: str) -> Row:
    """The row without some columns."""
    return {name: value for name, value in row.items() if name not in names}


def custom(**facts: Any) -> Row:
    """The same call in the order of cdr_custom."""
    row = asterisk(**facts)
    first = ("clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer", "end")
    last = ("duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield")
    return {name: row[name] for name in (*first, *last)}


def freepbx(**facts: Any) -> Row:
    """The same call as FreePBX exports it, recorded."""
    return {
        "calldate": "2026-03-02 08:09:14",
        "clid": '"9045550181" <9045550181>',
        "src": "9045550181",
        "dst": "600",
        "dcontext": "ext-queues",
        "channel": "PJSIP/trunk-00000000",
        "dstchannel": "PJSIP/101-00000001",
        "lastapp": "Queue",
        "lastdata": "600",
        "duration": "59",
        "billsec": "43",
        "disposition": "ANSWERED",
        "amaflags": "3",
        "accountcode": "",
        "uniqueid": "1772456954.0",
        "userfield": "",
        "did": "8445550152",
        "recordingfile": "q-600-9045550181-20260302-080914-1772456954.0.wav",
        "cnum": "9045550181",
        "cnam": "",
        "linkedid": "1772456954.0",
        **facts,
    }


def freeswitch(**facts: Any) -> Row:
    """The same call in FreeSWITCH's default template."""
    return {
        "caller_id_name": "+19045550181",
        "caller_id_number": "+19045550181",
        "destination_number": "+18445550152",
        "context": "public",
        "start_stamp": "2026-03-02 08:09:14",
        "answer_stamp": "2026-03-02 08:09:30",
        "end_stamp": "2026-03-02 08:10:13",
        "duration": "59",
        "billsec": "43",
        "hangup_cause": "NORMAL_CLEARING",
        "uuid": "cb57a415-0000-4000-8000-000000000001",
        "bleg_uuid": "d69c6e85-0000-4000-8000-000000000001",
        "accountcode": "C001",
        "read_codec": "PCMU",
        "write_codec": "PCMU",
        **facts,
    }


def threecx(**facts: Any) -> Row:
    """The same call as 3CX writes it in the order it proposes; the duration is the talk."""
    return {
        "historyid": "CallHistory1",
        "callid": "00000001_0",
        "duration": "00:00:43",
        "time-start": "2026/03/02 08:09:14",
        "time-answered": "2026/03/02 08:09:30",
        "time-end": "2026/03/02 08:10:13",
        "reason-terminated": "src_participant_terminated",
        "from-no": "+19045550181",
        "to-no": "Ext.800",
        "from-dn": "10000",
        "to-dn": "800",
        "dial-no": "+18445550152",
        "reason-changed": "",
        "final-number": "Ext.101",
        "final-dn": "101",
        "bill-code": "",
        "bill-rate": "",
        "bill-cost": "0.0220",
        "bill-name": "",
        "chain": "Chain: +19045550181;Ext.800;Ext.101;",
        "from-type": "external_line",
        "to-type": "queue",
        "final-type": "extension",
        "from-dispname": "+19045550181",
        "to-dispname": "Sales",
        "final-dispname": "",
        "missed-queue-calls": "",
        **facts,
    }


def cdr_stats(**facts: Any) -> Row:
    """The same call as CDR-Stats imports it, without prices."""
    return {
        "switch": "127.0.0.1",
        "cdr_source_type": "1",
        "callid": "96aa82fe-0000-11e5-a230-000000000001",
        "caller_id_number": "+19045550181",
        "caller_id_name": "",
        "destination_number": "+34000650863",
        "dialcode": "34",
        "state": "",
        "channel": "",
        "starting_date": "2026-03-02 08:09:14",
        "duration": "59",
        "billsec": "43",
        "progresssec": "",
        "answersec": "",
        "waitsec": "16",
        "hangup_cause_id": "16",
        "hangup_cause": "",
        "direction": "outbound",
        "country_code": "",
        "accountcode": "1000",
        "buy_rate": "",
        "buy_cost": "",
        "sell_rate": "",
        "sell_cost": "",
        "extradata": "{}",
        **facts,
    }


def idi_usage(**facts: Any) -> Row:
    """A usage record on invoice 1984950: the same call, 60 seconds of it billed at 0.0220."""
    return {
        "UsageRecordID": "465000",
        "UsageBatchID": "77",
        "BillPeriodID": "21180214",
        "InvoiceNumber": "1984950",
        "CustomerID": "B1",
        "ServiceID": "10430092",
        "ServiceNumber": "8445550152",
        "OriginatingNumber": "9045550181",
        "TerminatingNumber": "8445550152",
        "UsageDate": "2026-03-02T08:09:14",
        "BilledSeconds": "60",
        "Seconds": "59",
        "UsageType": "TOLL FREE",
        "Amount": "0.0220",
        **facts,
    }


def bare_text(rows: Iterable[Row], quoting: int = csv.QUOTE_NONNUMERIC) -> str:
    """The rows as CSV without a header; Asterisk quotes what is no number."""
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator="\n").writerows(row.values() for row in rows)  # type: ignore[arg-type]
    return out.getvalue()


def write_bare(path: Path, rows: Iterable[Row], quoting: int = csv.QUOTE_NONNUMERIC) -> Path:
    """The rows as a CSV file without a header."""
    path.write_text(bare_text(rows, quoting), encoding="utf-8")
    return path
