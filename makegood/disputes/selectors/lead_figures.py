"""Counts of leads: by status, outcome, how they came in, campaign, tag and reason, each as its list would count it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from makegood.billing.selectors.log_query import CHANNELS, OTHER_CHANNEL
from makegood.disputes.selectors.call_log import LogWanted
from makegood.disputes.selectors.lead_counts import LeadCount, lead_counts
from makegood.disputes.selectors.leads import BILLABILITY
from makegood.disputes.states import VOCABULARIES
from makegood.parties.entries import Principal

COMPLETED, NON_BILLABLE = "completed", "non_billable"
_MARKS = VOCABULARIES[BILLABILITY]


@dataclass
class Tally:
    """Counts by key: of all leads, of those of the last 30 days, and of those in the list's range."""

    every: Counter[str] = field(default_factory=Counter)
    month: Counter[str] = field(default_factory=Counter)
    ranged: Counter[str] = field(default_factory=Counter)

    def add(self, key: str, count: LeadCount) -> None:
        """Count leads under a key, in every span that they lie in."""
        self.every[key] += count.every
        self.month[key] += count.month
        self.ranged[key] += count.ranged

    def of(self, span: str, keys: Iterable[str]) -> int:
        """How many lie in a span under any of some keys."""
        counted: Counter[str] = getattr(self, span)
        return sum(counted[key] for key in keys)


@dataclass(frozen=True)
class LeadFigures:
    """What a filter comes to. Keys are those of addresses: status and outcome keys, channels, ids of campaigns (or
    ``none``), tags, codes of reasons. ``completed`` and ``non_billable`` count reviewed leads by reason.

    ``total`` counts under the empty key.
    """

    total: Tally = field(default_factory=Tally)
    status: Tally = field(default_factory=Tally)
    mark: Tally = field(default_factory=Tally)
    channel: Tally = field(default_factory=Tally)
    campaign: Tally = field(default_factory=Tally)
    tag: Tally = field(default_factory=Tally)
    reason: Tally = field(default_factory=Tally)
    completed: Tally = field(default_factory=Tally)
    non_billable: Tally = field(default_factory=Tally)
    campaigns: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def lead_figures(principal: Principal, wanted: LogWanted, vocabulary: str) -> LeadFigures:
    """The figures of the leads that a list is narrowed to, whatever its range; ``vocabulary`` words their status."""
    found = LeadFigures()
    for one in lead_counts(principal, wanted):
        if _is_wanted(wanted, one):
            _add(found, one, VOCABULARIES[vocabulary](one.facts).key, _MARKS(one.facts).key)
    return found


def _is_wanted(wanted: LogWanted, one: LeadCount) -> bool:
    """Whether leads meet what a list asks of their words, tags and reason."""
    words = (wanted.status, wanted.mark)
    return (
        all(said is None or VOCABULARIES[said.vocabulary](one.facts).key in said.keys for said in words)
        and (not wanted.tag or wanted.tag in one.tags)
        and (not wanted.reason or wanted.reason == one.code)
    )


def _add(found: LeadFigures, one: LeadCount, status: str, mark: str) -> None:
    campaign = "none" if one.campaign_id is None else str(one.campaign_id)
    found.campaigns[campaign] = one.campaign or "No campaign"
    found.reasons[one.code] = one.reason
    decided = bool(one.code) and status == COMPLETED
    for tally, keys in (
        (found.total, ("",)), (found.status, (status,)), (found.mark, (mark,)), (found.campaign, (campaign,)),
        (found.channel, (_channel(one.channel),)), (found.tag, dict.fromkeys(one.tags)),
        (found.reason, (one.code,) * bool(one.code)), (found.completed, (one.code,) * decided),
        (found.non_billable, (one.code,) * (decided and mark == NON_BILLABLE)),
    ):  # fmt: skip
        for key in keys:
            tally.add(key, one)


def _channel(channel: str) -> str:
    return channel if channel in CHANNELS else OTHER_CHANNEL
