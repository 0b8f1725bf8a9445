"""What stands in the way of reviewing a charge that nobody disputed."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class ReviewsOff(Refusal):
    """{program} reviews nothing unasked. Switch it on where the program is changed, then draw again."""

    code = "REVIEWS_OFF"


class ReviewerRequired(Refusal):
    """Only a person listens: a review needs somebody who is signed in."""

    code = "REVIEWER_REQUIRED"
    status = 403


class ReviewTaken(Refusal):
    """{reviewer} is reviewing this. Take the next one, or come back when it is free again."""

    code = "REVIEW_TAKEN"


class ReviewFinished(Refusal):
    """This review is finished already. Its verdict can be taken back for a short time."""

    code = "REVIEW_FINISHED"


class ReviewOvertaken(Refusal):
    """Somebody disputed this charge or corrected it meanwhile, so it is no longer reviewed unasked."""

    code = "REVIEW_OVERTAKEN"


class ReviewReasonRequired(Refusal):
    """A non-billable verdict says why: mark a finding that a reason goes with, or choose the reason."""

    code = "REVIEW_REASON_REQUIRED"
    status = 422


class ReviewNotYours(Refusal):
    """{reviewer} gave this verdict, and takes it back."""

    code = "REVIEW_NOT_YOURS"
    status = 403


class TakeBackEnded(Refusal):
    """The time to take this verdict back is over. A credit is reversed on the page of its dispute."""

    code = "TAKE_BACK_ENDED"


class VerdictRequired(Refusal):
    """Say what you heard: billable, non-billable or unclear."""

    code = "VERDICT_REQUIRED"
    status = 422


class NothingToTakeBack(Refusal):
    """There is no verdict to take back: it was never given, or it was taken back already."""

    code = "NOTHING_TO_TAKE_BACK"


class BadTag(Refusal):
    """A review has at most {most} tags of 1 to {longest} characters each; "{tag}" does not fit."""

    code = "BAD_TAG"
    status = 422
