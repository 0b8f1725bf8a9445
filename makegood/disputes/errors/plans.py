"""What stands in the way of a bulk plan."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class PlanParameters(Refusal):
    """The plan cannot be made: {cause}."""

    code = "PLAN_PARAMETERS"
    status = 422


class PlanTooLarge(Refusal):
    """A plan holds at most {most} disputes; narrow the selection."""

    code = "PLAN_TOO_LARGE"
    status = 422


class PlanExpired(Refusal):
    """This plan is older than {minutes} minutes. Make it again, and look at what changed."""

    code = "PLAN_EXPIRED"


class PlanEmpty(Refusal):
    """Nothing is left to do: every dispute of this plan is left out."""

    code = "PLAN_EMPTY"


class PlanRunning(Refusal):
    """This plan is still running; stop it first, or wait for its end."""

    code = "PLAN_RUNNING"


class PlanNotRunning(Refusal):
    """This plan is {state}, so it cannot be stopped."""

    code = "PLAN_NOT_RUNNING"


class PlanNotCommitted(Refusal):
    """This plan was not committed, so there is nothing to undo."""

    code = "PLAN_NOT_COMMITTED"


class PlanNotUndoable(Refusal):
    """Only decisions wait until their time to undo is over; what this plan did took effect at once."""

    code = "PLAN_NOT_UNDOABLE"
