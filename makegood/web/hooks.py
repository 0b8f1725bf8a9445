"""Webhooks in the words of the pages: what each event tells, why an endpoint rests, how a delivery stands."""

from __future__ import annotations

from makegood.webhooks.states import Cause, DeliveryState, EventType

EVENTS: tuple[tuple[str, tuple[tuple[EventType, str], ...]], ...] = (
    (
        "Disputes",
        (
            (EventType.DISPUTE_SUBMITTED, "filed"),
            (EventType.DISPUTE_UPDATED, "changed"),
            (EventType.DISPUTE_CLAIMED, "taken into review"),
            (EventType.DISPUTE_INFO_REQUESTED, "question asked"),
            (EventType.DISPUTE_INFO_PROVIDED, "question answered"),
            (EventType.DISPUTE_WITHDRAWN, "withdrawn"),
            (EventType.DISPUTE_DECIDED, "decided"),
            (EventType.DISPUTE_CLOSED, "closed"),
            (EventType.DISPUTE_REOPENED, "reopened"),
            (EventType.DISPUTE_RE_REVIEW_REQUESTED, "second look asked for"),
            (EventType.EVIDENCE_ADDED, "evidence added"),
            (EventType.SLA_BREACHED, "not decided in time"),
        ),
    ),
    (
        "Money",
        (
            (EventType.ADJUSTMENT_POSTED, "credit posted"),
            (EventType.ADJUSTMENT_REVERSED, "credit reversed"),
            (EventType.ADJUSTMENT_FEE_APPLIED, "reversal fee charged"),
            (EventType.VENDOR_REVENUE_ADJUSTED, "revenue of a vendor changed"),
        ),
    ),
    (
        "Work",
        (
            (EventType.REVIEW_COMPLETED, "review complete"),
            (EventType.BULK_PLAN_FINISHED, "bulk decision done"),
            (EventType.IMPORT_FINISHED, "import done"),
            (EventType.POLICY_PUBLISHED, "policy published"),
        ),
    ),
)
CAUSES: dict[str, str] = {
    Cause.FAILURES.value: "too many attempts in a row failed",
    Cause.BY_HAND.value: "somebody paused it",
    Cause.GONE.value: "the receiver said that it is gone",
    Cause.OWNER.value: "whoever made it may no longer manage webhooks",
}
DELIVERIES: dict[str, tuple[str, str]] = {
    DeliveryState.PENDING.value: ("Waiting", "clock"),
    DeliveryState.DELIVERED.value: ("Delivered", "check"),
    DeliveryState.FAILED.value: ("Failed", "alert"),
    DeliveryState.DROPPED.value: ("Not sent", "barred"),
}
