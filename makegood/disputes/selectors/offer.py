"""What a program lets a claim say: its reasons, resolutions and types, and whether it takes reports without money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from makegood.disputes import errors
from makegood.disputes.entries import SubmitItem
from makegood.disputes.models import Reason, Resolution
from makegood.disputes.policy import Rule
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.reasons import is_on_offer
from makegood.disputes.states import ReasonType
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.models import Program

_TYPES = frozenset(ReasonType)


class OfferedReason(Protocol):
    """What filing asks of a reason."""

    @property
    def pk(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def min_explanation_chars(self) -> int: ...
    @property
    def requires_evidence(self) -> bool: ...


@dataclass(frozen=True)
class Offer:
    """Reasons on offer by code; ``known`` are all of the program by id, those that were taken off as well.

    ``named`` are the ids of the resolutions on offer that claims name, where somebody looked them up with the claims;
    None asks for all when a claim names one. ``needs_reason`` holds unless the policy has a rule of its own that says
    who gives one; ``no_money`` takes reports on which nothing is asked back.
    """

    program_id: int
    reasons: Mapping[str, OfferedReason]
    known: Mapping[int, OfferedReason]
    needs_reason: bool
    no_money: bool
    named: Mapping[str, int] | None = None

    @cached_property
    def resolutions(self) -> Mapping[str, int]:
        """Ids by code; asked for only when a claim names one."""
        if self.named is not None:
            return self.named
        offered = Resolution.objects.filter(program_id=self.program_id, is_active=True)
        return dict(offered.values_list("code", "id"))

    @property
    def least_micros(self) -> int:
        """The smallest amount that can be asked for."""
        return 0 if self.no_money else 1

    def reason_id(self, code: str) -> int | None:
        """The reason's id; None for no reason. Raises ReasonRequired."""
        if not code and not self.needs_reason:
            return None
        if code not in self.reasons:
            raise errors.ReasonRequired()
        return self.reasons[code].pk

    def type_of(self, given: str, reason: OfferedReason | None) -> str:
        """What the claim is about: as given, else as its reason says. Raises UnknownType."""
        if given and given not in _TYPES:
            raise errors.UnknownType(type=given)
        return given or (reason.type if reason else "")

    def resolution_id(self, code: str) -> int | None:
        """The resolution's id; None for none. Raises UnknownResolution."""
        if code and code not in self.resolutions:
            raise errors.UnknownResolution(resolution=code)
        return self.resolutions[code] if code else None

    def lacks_evidence(self, item: SubmitItem, files: int) -> Refusal | None:
        """Why a claim with so many files cannot be made under its reason; None when it can."""
        try:
            check_shown(self.reasons.get(item.reason), files)
        except errors.EvidenceRequired as refusal:
            return refusal
        return None

    def refusal_of(self, item: SubmitItem, *, unasked: bool = False) -> Refusal | None:
        """Why a claim cannot be made in this form; None when it can be judged.

        ``unasked`` is a claim of quality assurance, to whom nobody has to explain anything.
        """
        try:
            self.reason_id(item.reason)
            reason = self.reasons.get(item.reason)
            if not unasked:
                check_explained(reason, item.description)
            self.type_of(item.type, reason)
            self.resolution_id(item.resolution)
        except Refusal as refusal:
            return refusal
        if item.amount_micros is not None and item.amount_micros < self.least_micros:
            return errors.AmountNotPositive()
        return None


def check_explained(reason: OfferedReason | None, description: str) -> None:
    """Raise ExplanationRequired when the reason asks for more words."""
    if reason is not None and len(description.strip()) < reason.min_explanation_chars:
        raise errors.ExplanationRequired()


def check_shown(reason: OfferedReason | None, files: int) -> None:
    """Raise EvidenceRequired when the reason asks for a file and there is none."""
    if reason is not None and reason.requires_evidence and not files:
        raise errors.EvidenceRequired(reason=reason.label)


def needs_reason(rules: Sequence[Rule]) -> bool:
    """Whether every claim gives a reason, because no rule of the policy says who does."""
    return not any(rule.type == "reason_required" for rule in rules)


def says_who_files(rules: Sequence[Rule]) -> bool:
    """Whether the policy has a rule of its own for accounts that are switched off; without one they file nothing."""
    return any(rule.type == "permission" for rule in rules)


def offer_of(program_id: int, rules: Sequence[Rule], settings: Mapping[str, Any] | None = None) -> Offer:
    """What a program offers now under a policy; ``settings`` are the program's, where they are at hand."""
    now = clock.now()
    if settings is None:
        settings = Program.objects.values_list("settings", flat=True).get(pk=program_id)
    known = {reason.pk: reason for reason in Reason.objects.filter(program=program_id).select_related("program__zone")}
    return Offer(
        program_id=program_id,
        reasons={reason.code: reason for reason in known.values() if is_on_offer(reason, now)},
        known=known,
        needs_reason=needs_reason(rules),
        no_money=bool(DisputeSettings.of(settings).raw.get("no_money", False)),
    )
