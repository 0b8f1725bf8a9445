"""The table of the IDI-compatible resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from makegood.api.costguard import creating, reading, updating, working
from makegood.api.costguard.bodies import (
    AdjustmentRecord,
    Closing,
    CustomerList,
    CustomerQuery,
    DisputeList,
    DisputeRecord,
    NewAdjustment,
    NewDispute,
    NewReversal,
    NewReversalFee,
    Reopening,
    ResolutionList,
)
from makegood.api.costguard.errors import ExactlyOneItem
from makegood.api.costguard.scoping import customer, dispute, record
from makegood.api.errors import FieldInvalid, MatchFailed
from makegood.api.odata.errors import BadOption, BadSkipToken, FilterTooComplex, NotOffered, TooSlow
from makegood.api.patching import MEDIA
from makegood.api.patching import REFUSALS as PATCH_REFUSALS
from makegood.api.routing import SMALL_BODY, Keyed, Param, Route
from makegood.disputes import errors
from makegood.disputes.policy import RULE_TYPES
from makegood.kernel.errors import Refusal
from makegood.parties.states import Verb

LIST = "/api/customer/{customerID}/dispute"
ONE = f"{LIST}/{{disputeID}}"
RULES: tuple[str, ...] = tuple(sorted({rule.code for rule in RULE_TYPES.values()}))
"""The codes that a policy may answer to a claim."""

_DISPUTES, _WORK, _LOOK_UPS = "Disputes", "Working a dispute", "Look-ups"
_CLAIM: tuple[type[Refusal] | str, ...] = (
    *RULES,
    errors.AmountExceedsRemaining,
    errors.AmountNotPositive,
    errors.ReasonRequired,
    errors.UnknownType,
    errors.UnknownResolution,
    errors.Conflict,
)
_STATE = (errors.WrongStage, errors.DecisionPending, errors.DisputeClosed, errors.VersionMismatch, MatchFailed)
_IF_MATCH = Param("If-Match", about="The ETag that was read; where it is stale nothing is done.", place="header")
_SEARCH = (
    Param("$filter", about="Which disputes, such as amount gt 5 and closeDate eq null"),
    Param("$orderby", about="Members, each with asc or desc; disputeDate desc by default"),
    Param("$select", about="Members to show; all by default"),
    Param("$top", int, "How many disputes at most"),
    Param("$skip", int, "How many disputes to leave out first"),
    Param("$skiptoken", about="Where to go on, from @odata.nextLink"),
    Param("$count", bool, "Whether to say how many disputes match"),
)
_CUSTOMERS = (
    Param("name", about="A part of the name, two characters or more, in any case; several are alternatives"),
    Param("accountNumber", about="The account number exactly; several are alternatives"),
    Param("customerID", int, "The number of the customer; several are alternatives"),
)
_CLAIM_WORDS = "The customer says they shouldn't have been charged"
_ON_A_FEATURE: Mapping[str, Any] = {
    "invoiceNumber": 1984950,
    "amount": 4.95,
    "description": _CLAIM_WORDS,
    "resolutionID": 1,
    "featureID": 10986,
    "usageRecordID": None,
}
_ON_USAGE: Mapping[str, Any] = {
    "invoiceNumber": 1984950,
    "amount": 1.5,
    "description": _CLAIM_WORDS,
    "resolutionID": 1,
    "featureID": None,
    "usageRecordID": 465320,
}


def _work(name: str, operation: str, handler: Any, summary: str, **more: Any) -> Route:
    """A call that works a dispute: its body may be missing, and its answer is the record."""
    return Route(
        "POST",
        f"{ONE}/{name}",
        operation,
        handler,
        summary,
        _WORK,
        scope=dispute,
        optional_body=True,
        answer=DisputeRecord,
        keyed=Keyed.OPTIONAL,
        query=(_IF_MATCH,),
        **more,
    )


_OF_DISPUTES = (
    Route(
        "POST",
        LIST,
        "createDispute",
        creating.create,
        "Create a dispute on a feature or a usage record of an invoice",
        _DISPUTES,
        verb=Verb.DISPUTE_CREATE,
        scope=customer,
        body=NewDispute,
        answer=DisputeRecord,
        status=201,
        keyed=Keyed.OPTIONAL,
        refusals=(ExactlyOneItem, errors.PolicyMissing, *_CLAIM),
        examples={"On a feature": _ON_A_FEATURE, "On a usage record": _ON_USAGE},
    ),
    Route(
        "GET",
        LIST,
        "searchDisputes",
        reading.search,
        "Search the disputes of a customer",
        _DISPUTES,
        verb=Verb.DISPUTE_VIEW,
        scope=customer,
        answer=DisputeList,
        query=_SEARCH,
        refusals=(BadOption, BadSkipToken, FilterTooComplex, NotOffered, TooSlow),
    ),
    Route(
        "GET",
        ONE,
        "getDispute",
        reading.one,
        "Get a dispute",
        _DISPUTES,
        verb=Verb.DISPUTE_VIEW,
        scope=record,
        answer=DisputeRecord,
        statuses={304: None},
        query=(Param("If-None-Match", about="An ETag that is known already.", place="header"),),
    ),
    Route(
        "PATCH",
        ONE,
        "updateDispute",
        updating.patch,
        "Change an open dispute",
        _DISPUTES,
        verb=Verb.DISPUTE_EDIT,
        scope=dispute,
        body=Any,
        answer=DisputeRecord,
        keyed=Keyed.OPTIONAL,
        query=(_IF_MATCH,),
        refusals=(*PATCH_REFUSALS, *_STATE, errors.AlreadyDecided, *_CLAIM),
        description="A JSON Patch document (RFC 6902) that may change /amount, /description, /resolutionID, /type and "
        "/reason, and test every member. All of it is done, or nothing.",
        examples=updating.EXAMPLES,
        media=MEDIA,
        limit=SMALL_BODY,
    ),
    Route(
        "GET",
        f"{ONE}/adjustment/{{adjustmentID}}",
        "getDisputeAdjustment",
        reading.adjustment,
        "Get a credit, a reversal or a fee of a dispute",
        _WORK,
        verb=Verb.DISPUTE_VIEW,
        scope=record,
        answer=AdjustmentRecord,
        refusals=(TooSlow,),
    ),
)
_OF_WORK = (
    _work(
        "adjustment",
        "addDisputeAdjustment",
        working.adjust,
        "Credit a dispute, whole or in part",
        verb=Verb.DISPUTE_DECIDE,
        body=NewAdjustment,
        status=201,
        refusals=(
            *_STATE,
            errors.AlreadyAdjusted,
            errors.AlreadyDecided,
            errors.AmountExceedsAsked,
            errors.AmountExceedsRemaining,
            errors.AmountNotPositive,
            errors.ClawbackOutOfRange,
            errors.DecisionNotOffered,
            errors.ExplanationRequired,
            errors.OtherReviewer,
            errors.OutOfTurn,
            errors.OverLimit,
            errors.UnknownResolution,
            errors.Conflict,
        ),
        examples={"Part of it": {"amount": 1.25, "description": "As agreed on the phone"}},
    ),
    _work(
        "reversal",
        "addDisputeReversal",
        working.reverse,
        "Reverse a credit",
        verb=Verb.DISPUTE_REVERSE,
        body=NewReversal,
        status=201,
        refusals=(*_STATE, errors.NotAdjusted, errors.AlreadyReversed, errors.Conflict),
    ),
    _work(
        "reversalFee",
        "addDisputeReversalFee",
        working.apply_fee,
        "Charge a fee for a reversal",
        verb=Verb.DISPUTE_FEE,
        body=NewReversalFee,
        status=201,
        refusals=(
            *_STATE,
            errors.NotReversed,
            errors.FeeAlreadyApplied,
            errors.FeeNotOffered,
            errors.FeeOutOfRange,
            errors.Conflict,
        ),
    ),
    _work(
        "close",
        "closeDispute",
        working.close,
        "Close a dispute",
        verb=Verb.DISPUTE_CLOSE,
        body=Closing,
        refusals=(
            errors.WrongStage,
            errors.DecisionPending,
            errors.AlreadyClosed,
            errors.VersionMismatch,
            MatchFailed,
            errors.UnknownResolution,
            errors.PersonRequired,
            errors.CreditLive,
            errors.Conflict,
        ),
    ),
    _work(
        "reopen",
        "reopenDispute",
        working.reopen,
        "Reopen a dispute",
        verb=Verb.DISPUTE_REOPEN,
        body=Reopening,
        refusals=(
            errors.NotClosed,
            errors.VersionMismatch,
            MatchFailed,
            errors.DecisionFinal,
            errors.ReopenWindowExpired,
            errors.AlreadyDisputed,
            errors.ChargeCorrected,
            errors.Conflict,
        ),
    ),
)
_OF_LOOK_UPS = (
    Route(
        "GET",
        "/api/disputeResolution",
        "listDisputeResolutions",
        reading.list_resolutions,
        "List the resolutions that a dispute may carry",
        _LOOK_UPS,
        verb=Verb.DISPUTE_VIEW,
        answer=ResolutionList,
    ),
    Route(
        "GET",
        "/api/customer",
        "findCustomers",
        reading.find_customers,
        "Search customers by the address",
        _LOOK_UPS,
        verb=Verb.CUSTOMER_VIEW,
        answer=CustomerList,
        query=_CUSTOMERS,
        description="At least one parameter; different ones are conditions that all hold.",
    ),
    Route(
        "POST",
        "/api/customerSearch",
        "searchCustomers",
        reading.search_customers,
        "Search customers",
        _LOOK_UPS,
        verb=Verb.CUSTOMER_VIEW,
        body=CustomerQuery,
        answer=CustomerList,
        refusals=(FieldInvalid,),
        description="At least one member; different ones are conditions that all hold, a list holds alternatives.",
        examples={"By name": {"name": "Cardinal"}, "By account number": {"accountNumber": "1234"}},
    ),
)
ROUTES: tuple[Route, ...] = (*_OF_DISPUTES, *_OF_WORK, *_OF_LOOK_UPS)
