"""The one statement that files claims on charges of one program, with its counters and its grants around it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from makegood.disputes import errors
from makegood.disputes.eligibility import facts_of, granting, masks_of, verdict_of
from makegood.disputes.entries import SubmitItem, Together
from makegood.disputes.operations.auto_accept import Candidate, Cause, grant
from makegood.disputes.operations.filing_files import brought_for_filing, file_parameters, tell_of_files
from makegood.disputes.operations.limits import NONE, count_usage, counts, has_limits, limits_of, lock_counters, uses_of
from makegood.disputes.policy import Rule, Severity
from makegood.disputes.policy.rules.caps import CapPercent
from makegood.disputes.policy.unasked import binds_reviewers
from makegood.disputes.selectors.exhibits import Exhibit, brings_files
from makegood.disputes.selectors.offer import Offer
from makegood.disputes.selectors.policies import PolicyInForce, moment_for
from makegood.disputes.states import OUTCOME_OF, DecisionKind, Origin
from makegood.journal.operations import actor_parameters
from makegood.kernel import clock, ids, sql
from makegood.kernel.answers import Answer, accepted, at_places, in_order
from makegood.kernel.errors import Refusal
from makegood.kernel.money import format_money
from makegood.kernel.prepared import fetch_for
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

_SUGGESTING = frozenset({Severity.RECOMMEND, Severity.AUTO_ACCEPT, Severity.ROUTE})


class _Row(NamedTuple):
    """What the statement answers of one item; ``id`` None when nothing was filed."""

    ordinal: int
    id: int | None
    label: str
    customer_id: int
    amount_micros: int
    currency: str
    remaining_micros: int
    fail_mask: int
    missing_mask: int
    facts: Any
    counters: Any
    is_first_of_charge: bool

    @property
    def spoken(self) -> dict[str, Any]:
        """The facts as a mapping; jsonb comes as text."""
        found: dict[str, Any] = self.facts if isinstance(self.facts, dict) else json.loads(self.facts or "{}")
        return found


def _hint(place: int, rule: Rule) -> dict[str, Any]:
    """What a suggestion keeps of a rule that speaks; its sentence is rendered on read."""
    said: dict[str, Any] = {"code": rule.code, "place": place, "severity": rule.severity.value}
    if rule.suggests:
        said["outcome"] = OUTCOME_OF[DecisionKind(rule.suggests)].value
    if rule.queue:
        said["queue"] = rule.queue
    return {"bit": 1 << place, "rule": said}


class _Marks(NamedTuple):
    """What filing asks of the rules of a policy, whatever is filed. Masks have a bit per rule; ``hints`` is JSON.

    ``early`` are the places judged first: parts of what was billed are expensive to ask for, and asked once, of what
    passes all else.
    """

    block: int
    override: int
    grants: int
    hint_mask: int
    hints: str
    early: frozenset[int]
    counts: bool
    limited: bool


def _marks(rules: Sequence[Rule]) -> _Marks:
    hints = [_hint(place, rule) for place, rule in enumerate(rules) if rule.severity in _SUGGESTING]
    return _Marks(
        *masks_of(rules),
        grants=sum(1 << n for n, rule in enumerate(rules) if rule.severity is Severity.AUTO_ACCEPT),
        hint_mask=sum(hint["bit"] for hint in hints),
        hints=json.dumps(hints),
        early=frozenset(place for place, rule in enumerate(rules) if not isinstance(rule, CapPercent)),
        counts=counts(rules),
        limited=has_limits(rules),
    )


def _marks_unasked(rules: Sequence[Rule]) -> _Marks:
    """The same where a reviewer files: what is asked of buyers does not bind, nothing counts and nothing grants."""
    binding = sum(1 << place for place, rule in enumerate(rules) if binds_reviewers(rule))
    own = _marks(rules)
    return own._replace(
        block=own.block & binding, override=own.override & binding, grants=0, counts=False, limited=False
    )


@dataclass(frozen=True)
class Filing:
    """Who files what kind of claims under which policy. ``together`` makes them the lines of one submission."""

    principal: Principal
    policy: PolicyInForce
    offer: Offer
    origin: Origin
    together: Together | None = None

    @cached_property
    def _may_override(self) -> bool:
        return self.principal.can(Verb.DISPUTE_OVERRIDE)

    @cached_property
    def _marks(self) -> _Marks:
        return self.policy.once(_marks_unasked if self.origin is Origin.QA_PROACTIVE else _marks)

    @property
    def is_one_statement(self) -> bool:
        """Whether nothing is counted and nothing granted around the statement: then it is a transaction by itself."""
        return not self._marks.grants and not self._marks.counts

    def file(self, items: Sequence[SubmitItem]) -> list[Answer]:
        """Judge and file; unless that is one statement, in a transaction that the caller has opened. Raises
        IntegrityError for a lost race.
        """
        brought: Sequence[tuple[Exhibit, ...] | Refusal] = [()] * len(items)
        if brings_files(items):
            brought = brought_for_filing(self.principal, items, self.policy.program_id)
        unfit = ((n, self._unfit(items[n], shown)) for n, shown in enumerate(brought))
        answers = {n: Answer.refused(n, why) for n, why in unfit if why is not None}
        going = [ordinal for ordinal in range(len(items)) if ordinal not in answers]
        if going:
            part = [items[ordinal] for ordinal in going]
            exhibits = {
                item: files
                for item, files in zip(items, brought, strict=True)
                if files and not isinstance(files, Refusal)
            }
            filed = self._file(part, exhibits)
            shown = {one.id: exhibits.get(part[one.ordinal], ()) for one in accepted(filed)} if exhibits else {}
            tell_of_files(self.principal, shown)
            answers.update(at_places(filed, going))
        return in_order(answers)

    def _unfit(self, item: SubmitItem, shown: tuple[Exhibit, ...] | Refusal) -> Refusal | None:
        if isinstance(shown, Refusal) or self.origin is Origin.QA_PROACTIVE:
            return shown if isinstance(shown, Refusal) else None
        return self.offer.lacks_evidence(item, len(shown))

    def _file(self, items: Sequence[SubmitItem], exhibits: Mapping[SubmitItem, Sequence[Exhibit]]) -> list[Answer]:
        rules = self.policy.rules
        at = moment_for(self.policy, self.principal.id)
        limits = limits_of(rules, at) if self._marks.limited else NONE
        compiled = self.policy.compiled(at, places=self._marks.early)
        params = self._parameters(items, exhibits)
        lock_counters(limits, params)
        linking = sql.load("disputes.link_files") if params["file_ids"] else ""
        text = sql.spliced("disputes.submit", {**compiled.fragments, "limits": limits.part, "exhibits": linking})
        found = fetch_for(len(items), text, {**params, **compiled.params, **limits.params})
        rows = [_Row(*row) for row in found]
        filed = [row for row in rows if row.id is not None]
        if limits.locks:
            uses = uses_of(rules, ((row.fail_mask, row.amount_micros, row.counters) for row in filed))
            count_usage(self.policy.program_id, uses)
        granted = self._granted(filed)
        return [self._answer(row, items[row.ordinal - 1], granted) for row in rows]

    def _parameters(
        self, items: Sequence[SubmitItem], exhibits: Mapping[SubmitItem, Sequence[Exhibit]]
    ) -> dict[str, Any]:
        marks, offer, together = self._marks, self.offer, self.together
        return {
            **file_parameters(items, exhibits),
            "charge_ids": [item.charge_id for item in items],
            "asked": [item.amount_micros for item in items],
            "least": offer.least_micros,
            "reason_ids": [offer.reason_id(item.reason) for item in items],
            "reason_codes": [item.reason or None for item in items],
            "types": [offer.type_of(item.type, offer.reasons.get(item.reason)) for item in items],
            "resolution_ids": [offer.resolution_id(item.resolution) for item in items],
            "descriptions": [item.description for item in items],
            "causes": [item.override_cause.strip() for item in items],
            "public_ids": [ids.ulid("dsp") for _ in items],
            "draft_ids": [item.draft_id for item in items],
            "block_mask": marks.block,
            "override_mask": marks.override,
            "may_override": self._may_override,
            "hints": marks.hints,
            "hint_mask": marks.hint_mask,
            "grant_mask": marks.grants,
            "together": together is not None,
            "submission_public_id": ids.ulid("sub") if together else "",
            "note": together.note.strip() if together else "",
            "invoice_id": together.invoice_id if together else None,
            "policy_version_id": self.policy.id,
            "policy": self.policy.label,
            "origin": self.origin.value,
            **actor_parameters(self.principal),
        }

    def _granted(self, filed: Sequence[_Row]) -> Mapping[int, str]:
        """The code of the rule that granted, by dispute; nobody is told of a grant that waits in an undo window."""
        speaking = [row for row in filed if row.fail_mask & self._marks.grants]
        if not speaking:
            return {}
        candidates = [
            Candidate(row.id or 0, row.customer_id, row.currency, row.amount_micros, self._causes(row))
            for row in speaking
        ]
        found = grant(self.policy.program_id, candidates)
        now = clock.now()
        return {
            pk: granted.cause.code
            for pk, granted in found.items()
            if granted.answer.ok and granted.answer.data["commit_after"] <= now
        }

    def _causes(self, row: _Row) -> tuple[Cause, ...]:
        causes = []
        for place in granting(self.policy.rules, row.fail_mask):
            rule = self.policy.rules[place]
            if rule.budget is not None:
                sentence = rule.message(facts_of(row.spoken, place), clock.now())
                causes.append(Cause(rule.code, f"Accepted by the rule {rule.code}: {sentence}", rule.budget))
        return tuple(causes)

    def _answer(self, row: _Row, item: SubmitItem, granted: Mapping[int, str]) -> Answer:
        ordinal = row.ordinal - 1
        if row.id is not None:
            data = {"number": row.label, "amount_micros": row.amount_micros, "currency": row.currency}
            if self.together is not None:
                data["submission"] = row.label.rpartition(".")[0]
            if row.id in granted:
                data["granted_by"] = granted[row.id]
            return Answer(ordinal, ok=True, id=row.id, data=data)
        return replace(self._refused(row, item), ordinal=ordinal)

    def _refused(self, row: _Row, item: SubmitItem) -> Answer:
        if not row.is_first_of_charge:
            return Answer.refused(0, errors.AlreadyDisputed())
        block, override = self._marks.block, self._marks.override
        overridden = self._may_override and bool(item.override_cause.strip())
        if row.fail_mask & block or (row.fail_mask & override and not overridden):
            verdict = verdict_of(
                self.policy.label,
                self.policy.rules,
                row.fail_mask,
                row.spoken,
                clock.now(),
                missing_mask=row.missing_mask,
            )
            if (headline := verdict.headline) is not None:
                data = {"would_pass_if": headline.would_pass_if, "policy": self.policy.label}
                return Answer(0, ok=False, code=headline.code, message=headline.message, data=data)
        if max(item.amount_micros or 0, self.offer.least_micros) > row.remaining_micros:
            left = format_money(row.remaining_micros, row.currency)
            return Answer.refused(0, errors.AmountExceedsRemaining(remaining=left))
        # A draft that is gone, or is somebody else's, says so; it is no open dispute.
        return Answer.refused(0, errors.AlreadyDisputed() if item.draft_id is None else errors.Conflict())
