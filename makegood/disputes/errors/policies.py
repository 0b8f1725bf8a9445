"""What stands in the way of a policy and its versions."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class PolicyMissing(Refusal):
    """The program "{program}" has no published policy yet."""

    code = "POLICY_MISSING"


class PolicyNotReadable(Refusal):
    """The policy cannot be published: {cause}."""

    code = "POLICY_NOT_READABLE"
    status = 422


class VersionUnknown(Refusal):
    """The policy has no version {number}."""

    code = "VERSION_UNKNOWN"
    status = 404


class VersionPublished(Refusal):
    """Version {number} is published and stays as it is; save a new draft instead."""

    code = "VERSION_PUBLISHED"


class PolicyContradicts(Refusal):
    """Rule {place} stands in the way: {cause}"""

    code = "POLICY_CONTRADICTS"
    status = 422


class DraftChanged(Refusal):
    """{who} changed draft {number} meanwhile, so nothing was changed now; look at it and go on from there."""

    code = "DRAFT_CHANGED"
    status = 409


class VersionNotScheduled(Refusal):
    """Version {number} does not wait for its start, so it cannot be withdrawn."""

    code = "VERSION_NOT_SCHEDULED"


class WindowTooLong(Refusal):
    """A policy is tried on at least one day and at most {days} days of the past."""

    code = "WINDOW_TOO_LONG"
    status = 422


class WholeProgramNeeded(Refusal):
    """What a policy would change is told to those who see the whole program."""

    code = "WHOLE_PROGRAM_NEEDED"
    status = 403


class UnknownPreset(Refusal):
    """There is no preset "{preset}"; they are {presets}."""

    code = "UNKNOWN_PRESET"
    status = 422


class WindowOutOfRange(Refusal):
    """A window of {hours} hours cannot be; it has at least 1 and at most {most}, or no limit."""

    code = "WINDOW_OUT_OF_RANGE"
    status = 422
