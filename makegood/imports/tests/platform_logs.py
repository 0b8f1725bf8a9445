"""Builders of calls as the platforms export them, with made-up values: buyer B1, vendor V1, 59 seconds on March 2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Call = dict[str, Any]


def ringba(**facts: Any) -> Call:
    """A Ringba calllogs record: converted at 120.25, 70.00 to the publisher."""
    return {
        "inboundCallId": "RGB01",
        "callDt": 1772456954000,
        "campaignId": "CA7",
        "campaignName": "Roofing",
        "publisherId": "V1",
        "publisherName": "North Ads",
        "targetNumber": "+18005550100",
        "buyerId": "B1",
        "buyer": "Acme Plumbing",
        "inboundPhoneNumber": "+19045550181",
        "number": "+18445550152",
        "tag:InboundNumber:State": "FL",
        "callCompletedDt": 1772457013000,
        "endCallSource": "Target",
        "hasConnected": True,
        "timeToConnectInSeconds": 16,
        "callLengthInSeconds": 59,
        "connectedCallLengthInSeconds": 43,
        "isDuplicate": True,
        "hasConverted": True,
        "hasPayout": True,
        "conversionAmount": 120.25,
        "payoutAmount": 70.0,
        "hasRecording": True,
        "recordingUrl": "https://recordings.example.com/1.mp3",
        **facts,
    }


def ringba_json(*calls: Call) -> dict[str, Any]:
    """Records as the web service wraps them."""
    return {"isSuccessful": True, "report": {"partialResult": False, "records": list(calls)}}


def ringba_report(**facts: Any) -> Call:
    """A line of Ringba's Reporting screen, in New York."""
    return {
        "Campaign": "Roofing",
        "Publisher": "V1",
        "Buyer": "B1",
        "Call Date": "03/02/2026 08:09:14 AM",
        "Caller ID": "+19045550181",
        "Dialed #": "+18445550152",
        "Inbound Call ID": "RGB01",
        "Duplicate": "Yes",
        "Hangup": "Caller",
        "Connected": "Yes",
        "Converted": "Yes",
        "Duration": "00:00:59",
        "Connected Call Length": "00:00:43",
        "Time To Connect": "00:00:16",
        "Revenue": "$1,120.25",
        "Payout": "$70.00",
        "Recording": "",
        "InboundNumber:State": "FL",
        **facts,
    }


def callrail(**facts: Any) -> Call:
    """A CallRail call with a value of 80.00, in company B1."""
    return {
        "answered": True,
        "business_phone_number": "+18005550100",
        "customer_phone_number": "+19045550181",
        "direction": "inbound",
        "duration": 59,
        "id": "CAL1",
        "recording": "https://recordings.example.com/1.json",
        "recording_duration": "43",
        "start_time": "2026-03-02T08:09:14.000-05:00",
        "tracking_phone_number": "+18445550152",
        "voicemail": False,
        "first_call": False,
        "lead_status": "good_lead",
        "value": "$80.00",
        "tags": ["Sales", "Roof"],
        "source_name": "V1",
        "company_id": "B1",
        "company_name": "Acme Plumbing",
        **facts,
    }


def invoca(**facts: Any) -> Call:
    """An Invoca transaction: earned 120.25, paid 70.00."""
    return {
        "transaction_id": "AAAA-0001",
        "corrects_transaction_id": "",
        "transaction_type": "Call",
        "advertiser_id_from_network": "B1",
        "advertiser_name": "Acme Plumbing",
        "affiliate_id_from_network": "V1",
        "affiliate_name": "North Ads",
        "call_source_description": "844-555-0152",
        "call_result_description_detail": "Paid",
        "advertiser_payin_localized": "120.25",
        "affiliate_payout_localized": "70.00",
        "repeat_calling_phone_number": "No",
        "calling_phone_number": "904-555-0181",
        "duration": "59",
        "connect_duration": "43",
        "hangup_cause": "destination",
        "start_time_local": "2026-03-02 08:09:14 -05:00",
        "start_time_utc": "1772456954000",
        "start_time_xml": "2026-03-02T08:09:14-05:00",
        "recording": "",
        "complete_call_id": "AAAA-9001",
        **facts,
    }


def twilio(**facts: Any) -> Call:
    """The record of a call that came in on Twilio and cost 0.022."""
    return {
        "sid": "CA1",
        "parent_call_sid": None,
        "to": "+18445550152",
        "from": "+19045550181",
        "status": "completed",
        "start_time": "Mon, 02 Mar 2026 13:09:14 +0000",
        "end_time": "Mon, 02 Mar 2026 13:10:13 +0000",
        "duration": "59",
        "price": "-0.02200",
        "price_unit": "USD",
        "direction": "inbound",
        "answered_by": None,
        **facts,
    }


def twilio_child(**facts: Any) -> Call:
    """The record of its forwarding."""
    child = {"sid": "CA2", "parent_call_sid": "CA1", "direction": "outbound-dial", "duration": "43", "price": "-0.014"}
    return twilio(**{**child, "to": "+18005550100", **facts})


def dialics(**facts: Any) -> Call:
    """A line of the Dialics call log, times in UTC."""
    return {
        "Call Date": "2026-03-02 13:09:14",
        "Caller ID": "+19045550181",
        "Destination": "+18005550100",
        "Campaign": "Roofing",
        "Vendor": "V1",
        "Buyer": "B1",
        "Payout": "70.00",
        "Revenue": "120.25",
        "Call Duration": "43",
        "Status": "Completed - With Conversion",
        "Hang Up": "Target",
        "Duplicate": "No",
        "Recording": "",
        **facts,
    }


_LEAD = "local_services_lead"
_TALK = "local_services_lead_conversation.phone_call_details"


def local_services(**facts: Any) -> Call:
    """A lead of Google Local Services that was charged, in New York; facts by the last word of their name."""
    lead = {
        "resource_name": "customers/1/localServicesLeads/90",
        "id": "90",
        "category_id": "xcat:service_area_business_roofing",
        "phone_number": "+19045550181",
        "email": "jo@example.com",
        "consumer_name": "Jo Doe",
        "lead_type": "PHONE_CALL",
        "lead_status": "BOOKED",
        "creation_date_time": "2026-03-02 08:09:14",
        "lead_charged": "true",
        "credit_state": "CREDITED",
        "call_duration_millis": "59400",
        "call_recording_url": "https://recordings.example.com/1.mp3",
        **facts,
    }
    return {_LEAD_NAMES.get(name, f"{_LEAD}.{name}"): value for name, value in lead.items()}


_LEAD_NAMES = {
    **{name: f"{_LEAD}.contact_details.{name}" for name in ("phone_number", "email", "consumer_name")},
    "credit_state": f"{_LEAD}.credit_details.credit_state",
    **{name: f"{_TALK}.{name}" for name in ("call_duration_millis", "call_recording_url")},
}


def lead_feed(**facts: Any) -> Call:
    """A call of a lead seller's feed: payable, worth 120.25, 70.00 to the affiliate."""
    return {
        "call_id": "cb57a415",
        "provider_call_id": "CL1",
        "call_date": "2026-03-02T08:09:14.1234-05:00",
        "caller_phone": "+19045550181",
        "category_name": "Roofing",
        "affiliate_integration_name": "V1",
        "call_duration": 43,
        "is_adjusted": "No",
        "call_quality_tags": {"SERVICEABLE_INTENT": True, "NO_CALLER": False, "REPEAT_CALLER": True},
        "payable_status": "PAYABLE",
        "payable_status_reason": "SATISFIED_DURATION",
        "gross_call_value": 120.25,
        "did_phone": "+18445550152",
        "original_payout": 75.0,
        "final_payout": 70.0,
        **facts,
    }


def listed(*calls: Call) -> dict[str, Any]:
    """Calls as a page of a web service."""
    return {"calls": list(calls), "page": 0}


Maker = Callable[..., Call]
