"""Pure words of webhooks: events that are sent, states of endpoints and of deliveries."""

from __future__ import annotations

from enum import StrEnum


class EventType(StrEnum):
    """What a webhook can tell of."""

    DISPUTE_SUBMITTED = "dispute.submitted"
    DISPUTE_UPDATED = "dispute.updated"
    DISPUTE_CLAIMED = "dispute.claimed"
    DISPUTE_INFO_REQUESTED = "dispute.info_requested"
    DISPUTE_INFO_PROVIDED = "dispute.info_provided"
    DISPUTE_WITHDRAWN = "dispute.withdrawn"
    DISPUTE_DECIDED = "dispute.decided"
    DISPUTE_CLOSED = "dispute.closed"
    DISPUTE_REOPENED = "dispute.reopened"
    DISPUTE_RE_REVIEW_REQUESTED = "dispute.re_review_requested"
    ADJUSTMENT_POSTED = "adjustment.posted"
    ADJUSTMENT_REVERSED = "adjustment.reversed"
    ADJUSTMENT_FEE_APPLIED = "adjustment.fee_applied"
    VENDOR_REVENUE_ADJUSTED = "vendor.revenue_adjusted"
    REVIEW_COMPLETED = "review.completed"
    EVIDENCE_ADDED = "evidence.added"
    SLA_BREACHED = "sla.breached"
    BULK_PLAN_FINISHED = "bulk_plan.finished"
    IMPORT_FINISHED = "import.finished"
    POLICY_PUBLISHED = "policy.published"
    ENDPOINT_TEST = "endpoint.test"


TOLD_WHEN: dict[EventType, str] = {
    EventType.DISPUTE_SUBMITTED: "A dispute was filed.",
    EventType.DISPUTE_UPDATED: "An open dispute was edited; `changed` names the fields, with new codes and amount.",
    EventType.DISPUTE_CLAIMED: "A reviewer took it.",
    EventType.DISPUTE_INFO_REQUESTED: "A reviewer asked the submitter side a question.",
    EventType.DISPUTE_INFO_PROVIDED: "The submitter side answered.",
    EventType.DISPUTE_WITHDRAWN: "It was taken back before a decision.",
    EventType.DISPUTE_DECIDED: "A decision was committed, or made at once by an adjustment. One that is undone in its"
    " undo window is never told.",
    EventType.DISPUTE_CLOSED: "It was closed, by somebody or by its decision where the program closes at once.",
    EventType.DISPUTE_REOPENED: "It was opened again by the operator.",
    EventType.DISPUTE_RE_REVIEW_REQUESTED: "The submitter side asked for another look.",
    EventType.ADJUSTMENT_POSTED: "A decision credited money.",
    EventType.ADJUSTMENT_REVERSED: "A credit was taken back; amounts are those of the credit.",
    EventType.ADJUSTMENT_FEE_APPLIED: "A fee was charged for a reversal.",
    EventType.VENDOR_REVENUE_ADJUSTED: "A vendor's revenue changed; `signed_change` is below zero when it fell.",
    EventType.REVIEW_COMPLETED: "A quality review ended. The name is kept for it; nothing sends it yet.",
    EventType.EVIDENCE_ADDED: "Files were added to a dispute, as it was filed or later; a draft's are not told.",
    EventType.SLA_BREACHED: "A clock of a dispute ran out.",
    EventType.BULK_PLAN_FINISHED: "A bulk plan was carried out.",
    EventType.IMPORT_FINISHED: "A file of bills or charges was imported and changed something.",
    EventType.POLICY_PUBLISHED: "A version of a program's policy was published.",
    EventType.ENDPOINT_TEST: "Somebody pressed the test button. Every endpoint gets it, once.",
}
"""When each event is sent, as the reference says it."""


class EndpointState(StrEnum):
    """Whether an endpoint is sent to."""

    ACTIVE = "active"
    PAUSED = "paused"  # what happens meanwhile is kept, and can be replayed
    DISABLED = "disabled"  # nothing is kept


LISTENING = frozenset({EndpointState.ACTIVE, EndpointState.PAUSED})


class Cause(StrEnum):
    """Why an endpoint is not sent to."""

    FAILURES = "failures"  # too many attempts in a row failed
    BY_HAND = "by_hand"
    GONE = "gone"  # the receiver answered 410
    OWNER = "owner"  # whoever made it may no longer manage webhooks


class DeliveryState(StrEnum):
    """How a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # every attempt of the schedule failed, or the receiver is gone
    DROPPED = "dropped"  # never tried: the endpoint was not sent to


REPLAYED_SINCE = frozenset({DeliveryState.FAILED, DeliveryState.DROPPED})
"""What a replay of everything since a time sends again; what was delivered is replayed one by one."""
