"""What the IDI-compatible resources take and give: bodies of calls, and shapes of answers for the document."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import UNSET
from msgspec import UnsetType as Unset

from makegood.api.amounts import Amount

Id = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
Description = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
Number = int | Decimal
_FEW = msgspec.Meta(max_length=100)


class _Body(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A body; a member that is not named here is refused."""


class NewDispute(_Body):
    """A claim on one billed item: a feature of an invoice, or a usage record billed with it."""

    invoiceNumber: Id
    amount: Amount
    description: Description
    resolutionID: Id | None = None
    featureID: Id | None = None
    usageRecordID: Id | None = None
    type: str | None = None
    reason: str | None = None


class NewAdjustment(_Body):
    """A credit: without ``amount`` what was asked, else that part of it."""

    amount: Amount | None = None
    resolutionID: Id | None = None
    description: Description | None = None


class NewReversal(_Body):
    """The inverse of a credit: of the newest that stands, or of ``adjustmentID``."""

    adjustmentID: Id | None = None


class NewReversalFee(_Body):
    """A fee for a reversal; without ``amount`` the program's own."""

    amount: Amount | None = None


class Closing(_Body):
    """The end of a dispute, with a label or without; ``description`` explains it."""

    resolutionID: Id | None = None
    description: Description | None = None


class Reopening(_Body):
    """The cause of a further round."""

    description: Description | None = None


class CustomerQuery(_Body):
    """Whom to look for: values of one member are alternatives, several members are conditions."""

    name: str | Annotated[list[str], _FEW] | None = None
    accountNumber: str | Annotated[list[str], _FEW] | None = None
    customerID: Id | Annotated[list[Id], _FEW] | None = None


class DisputeRecord(msgspec.Struct):
    """A dispute, letter by letter as IDI's clients know it."""

    adjustmentAmount: Number | None
    adjustmentID: int | None
    amount: Number
    billPeriodID: int | None
    closeDate: datetime | None
    description: str
    disputeID: int
    disputeDate: datetime
    feature: str | None
    featureID: int | None
    invoiceCategoryid: int | None
    invoiceNumber: int | None
    lastModifiedDate: datetime
    lastModifiedUser: str
    resolution: str | None
    resolutionID: int | None
    reversalAdjustmentID: int | None
    reversalFeeAdjustmentID: int | None
    serviceID: int | None
    serviceNumber: int | str | None
    usageBatchID: int | None
    usageRecordNumber: int | None


class ListedDispute(msgspec.Struct, omit_defaults=True):
    """A dispute of a search: all members, or those that $select names."""

    adjustmentAmount: Number | Unset | None = UNSET
    adjustmentID: int | Unset | None = UNSET
    amount: Number | Unset = UNSET
    billPeriodID: int | Unset | None = UNSET
    closeDate: datetime | Unset | None = UNSET
    description: str | Unset = UNSET
    disputeID: int | Unset = UNSET
    disputeDate: datetime | Unset = UNSET
    feature: str | Unset | None = UNSET
    featureID: int | Unset | None = UNSET
    invoiceCategoryid: int | Unset | None = UNSET
    invoiceNumber: int | Unset | None = UNSET
    lastModifiedDate: datetime | Unset = UNSET
    lastModifiedUser: str | Unset = UNSET
    resolution: str | Unset | None = UNSET
    resolutionID: int | Unset | None = UNSET
    reversalAdjustmentID: int | Unset | None = UNSET
    reversalFeeAdjustmentID: int | Unset | None = UNSET
    serviceID: int | Unset | None = UNSET
    serviceNumber: int | str | Unset | None = UNSET
    usageBatchID: int | Unset | None = UNSET
    usageRecordNumber: int | Unset | None = UNSET


class DisputeList(msgspec.Struct, omit_defaults=True):
    """Disputes; ``@odata.nextLink`` leads to those that follow."""

    value: list[ListedDispute]
    count: int | Unset = msgspec.field(name="@odata.count", default=UNSET)
    next: str | Unset = msgspec.field(name="@odata.nextLink", default=UNSET)


class AdjustmentRecord(msgspec.Struct):
    """A credit (below zero), its reversal or a fee (above zero), net of tax."""

    adjustmentID: int
    disputeID: int
    customerID: int
    parentAdjustmentID: int | None
    billPeriodID: int | None
    kind: str
    currency: str
    createdUser: str
    amount: Number
    tax: Number
    round: int
    createdDate: datetime


class ResolutionRecord(msgspec.Struct):
    """A label that a dispute may carry; one that is not ``active`` can no longer be given."""

    resolutionID: int
    resolution: str
    active: bool


class ResolutionList(msgspec.Struct):
    """The labels of the programs in scope."""

    value: list[ResolutionRecord]


class CustomerRecord(msgspec.Struct):
    """A customer as the search finds it."""

    customerID: int
    accountNumber: str
    customerName: str


class CustomerList(msgspec.Struct):
    """The customers that were found."""

    value: list[CustomerRecord]
