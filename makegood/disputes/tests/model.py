"""A pure model of the lifecycle: one charge, its disputes, its money and its history, folded over the Python table.

Written apart from the SQL on purpose. Each verb returns the code of a refusal, or an empty text when it went
through; whether a verb is possible at all is asked of ``lifecycle.TABLE`` alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from makegood.disputes.lifecycle import TABLE, Effect, Verb
from makegood.disputes.states import FINISHED, OPEN, OUTCOME_OF, DecisionKind, Facts, Outcome, Stage
from makegood.kernel.allocation import cumulative_share

ROWS = {row.verb: row for row in TABLE}
VERB_OF = {
    DecisionKind.ACCEPT: Verb.ACCEPT,
    DecisionKind.PARTIAL: Verb.ACCEPT_PARTIAL,
    DecisionKind.REJECT: Verb.REJECT,
}
KIND_OF = {outcome: kind for kind, outcome in OUTCOME_OF.items()}
SUBMITTERS = frozenset({Verb.EDIT, Verb.WITHDRAW, Verb.PROVIDE_INFO, Verb.REQUEST_RE_REVIEW})
OPEN_STAGES = frozenset({Stage.PENDING, Stage.IN_REVIEW, Stage.INFO_NEEDED, Stage.DECIDED, Stage.RESOLVED})


@dataclass(frozen=True, slots=True)
class Rules:
    """What a program decides: whether a commit closes, how the payout follows, how often a case is reviewed again,
    and the tax on a fee.
    """

    auto_close: bool = True
    clawback: str = "proportional"
    max_rounds: int = 2
    fee_tax: Fraction = Fraction(0)


@dataclass(slots=True)
class Adjustment:
    """A credit (< 0), its reversal (> 0) or a fee (> 0), as the customer's and the vendor's balances see it."""

    kind: str
    round: int
    amount: int
    tax: int = 0
    clawback: int = 0
    child: Adjustment | None = None


@dataclass(slots=True)
class Case:
    """One dispute."""

    stage: Stage
    amount: int
    outcome: Outcome | None = None
    round: int = 1
    decided: int = 0
    typed: int | None = None
    marks: bool = False
    commit_after: int = 0
    held: int = 0
    adjustments: list[Adjustment] = field(default_factory=list)
    journal: list[tuple[str, Outcome | None]] = field(default_factory=list)

    @property
    def live(self) -> list[Adjustment]:
        """Its credits that were not reversed."""
        return [a for a in self.adjustments if a.kind == "credit" and a.child is None]

    def facts(self, billed: int, *, marked: bool = False) -> Facts:
        """What words are derived from; ``marked``: the whole charge is off the bill."""
        kinds = {a.kind for a in self.adjustments}
        return Facts(
            stage=self.stage,
            outcome=self.outcome,
            live_micros=-sum(a.amount for a in self.live),
            billed_micros=billed,
            reversed="reversal" in kinds,
            fee="fee" in kinds,
            round=self.round,
            non_billable=marked,
        )


def wrong_stage(verb: Verb, stage: Stage) -> str:
    """The code for a verb that the table does not have from a stage."""
    if stage in FINISHED:
        return "ALREADY_CLOSED" if verb is Verb.CLOSE else "DISPUTE_CLOSED"
    if verb is Verb.REOPEN and stage in OPEN:
        return "NOT_CLOSED"
    if stage is Stage.DECIDED and verb in SUBMITTERS:
        return "WRONG_STAGE"  # the submitter hears of no decision before it is committed
    if stage is Stage.DECIDED and verb in {Verb.ADJUST, Verb.REVERSE, Verb.APPLY_FEE, Verb.CLOSE}:
        return "DECISION_PENDING"
    if stage in {Stage.DECIDED, Stage.RESOLVED}:
        return "ALREADY_DECIDED"
    return "LEASED" if verb is Verb.CLAIM and stage is Stage.IN_REVIEW else "WRONG_STAGE"


@dataclass(slots=True)
class Charge:
    """A billed item with everything that ever happened to it. Amounts in micros, ``now`` in seconds."""

    billed: int
    tax: int = 0
    payout: int = 0
    same_currency: bool = True
    vendor: bool = True
    rules: Rules = field(default_factory=Rules)
    now: int = 0
    held: int = 0
    credited: int = 0
    tax_credited: int = 0
    clawed: int = 0
    marked: bool = False
    was_typed: bool = False
    cases: list[Case] = field(default_factory=list)
    entries: list[tuple[tuple[str, str, int], ...]] = field(default_factory=list)

    @property
    def remaining(self) -> int:
        """What can still be asked for."""
        return self.billed - self.held - self.credited

    @property
    def is_disputed(self) -> bool:
        """Whether a dispute on it is open."""
        return any(case.stage in OPEN_STAGES for case in self.cases)

    # Filing

    def save_draft(self) -> str:
        """Rows 1: one draft per author and charge."""
        draft = next((case for case in self.cases if case.stage is Stage.DRAFT), None)
        if draft is None:
            draft = Case(Stage.DRAFT, self.billed)
            self.cases.append(draft)
        self._tell(draft, Verb.SAVE_DRAFT)
        return ""

    def submit(self, asked: int | None = None, draft: Case | None = None, *, marks: bool = False) -> str:
        """Row 2; ``asked`` None asks for what is left, ``marks``: the reason takes the whole charge off the bill."""
        if asked is not None and asked <= 0:
            return "AMOUNT_NOT_POSITIVE"
        if self.is_disputed:
            return "ALREADY_DISPUTED"
        amount = self.remaining if asked is None else asked
        if not 0 < amount <= self.remaining:
            return "AMOUNT_EXCEEDS_REMAINING"
        if draft is None:
            draft = Case(Stage.DRAFT, amount)
            self.cases.append(draft)
        draft.amount, draft.marks = amount, marks
        return self._move(draft, Verb.SUBMIT)

    def edit(self, case: Case, asked: int | None = None) -> str:
        """Row 3; ``asked`` None changes words only."""
        if case.stage not in ROWS[Verb.EDIT].source:
            return wrong_stage(Verb.EDIT, case.stage)
        if asked is not None:
            if case.stage is Stage.RESOLVED:
                return "ALREADY_DECIDED"
            if asked <= 0:
                return "AMOUNT_NOT_POSITIVE"
            if asked > self.remaining:
                return "AMOUNT_EXCEEDS_REMAINING"
            case.amount = asked
        return self._move(case, Verb.EDIT)

    def step(self, case: Case, verb: Verb) -> str:
        """Rows without a money effect and without a guard of their own, and withdraw (first round only)."""
        if case.stage in ROWS[verb].source and verb is Verb.WITHDRAW and case.round > 1:
            return "LATER_ROUND"
        return self._move(case, verb)

    # Deciding

    def decide(
        self, case: Case, kind: DecisionKind, micros: int = 0, window: int = 10, typed: int | None = None
    ) -> str:
        """Rows 8 to 10 and 21: hold, and commit at once where there is no window; ``typed``: a claw-back by hand."""
        verb = VERB_OF[kind]
        if case.stage not in ROWS[verb].source:
            return wrong_stage(verb, case.stage)
        if kind is DecisionKind.REJECT and case.live:
            return "CREDIT_LIVE"
        if kind is DecisionKind.PARTIAL and not 0 < micros < case.amount:
            return "PARTIAL_OUT_OF_RANGE"
        amount = {DecisionKind.ACCEPT: case.amount, DecisionKind.PARTIAL: micros, DecisionKind.REJECT: 0}[kind]
        if case.round > 1 and kind is DecisionKind.ACCEPT:
            amount = min(amount, self.remaining) or 1  # a top-up within what remains; with nothing left, refused
        typed = None if kind is DecisionKind.REJECT else typed
        if code := self._refused(amount, typed):
            return code
        case.outcome, case.decided, case.typed = OUTCOME_OF[kind], amount, typed
        case.commit_after = self.now + window
        case.held = amount if ROWS[verb].effect is Effect.HOLD else 0
        self.held += case.held
        self._move(case, verb)
        return "" if window else self.commit(case)

    def auto_accept(self, case: Case) -> str:
        """Row 2a: the whole, by the system, at once."""
        if case.stage not in ROWS[Verb.AUTO_ACCEPT].source:
            return wrong_stage(Verb.AUTO_ACCEPT, case.stage)
        return self.decide(case, DecisionKind.ACCEPT, window=0)

    def undo(self, case: Case) -> str:
        """Row 11."""
        if case.stage not in ROWS[Verb.UNDO].source:
            return wrong_stage(Verb.UNDO, case.stage)
        if self.now >= case.commit_after:
            return "UNDO_EXPIRED"
        self._release_hold(case)
        case.outcome, case.decided, case.typed = None, 0, None
        return self._move(case, Verb.UNDO)

    def commit(self, case: Case) -> str:
        """Row 12."""
        if case.stage not in ROWS[Verb.COMMIT].source:
            return wrong_stage(Verb.COMMIT, case.stage)
        if self.now < case.commit_after:
            return "NOT_DUE"
        self._release_hold(case)
        self._credit(case, case.decided)
        return self._settle(case, Verb.COMMIT)

    def adjust(self, case: Case, micros: int, typed: int | None = None) -> str:
        """Row 13: decide and commit at once, the outcome by the amount."""
        if case.stage is Stage.RESOLVED and case.outcome is not Outcome.REJECTED:
            return "ALREADY_ADJUSTED"
        if case.stage not in ROWS[Verb.ADJUST].source:
            return wrong_stage(Verb.ADJUST, case.stage)
        if micros <= 0:
            return "AMOUNT_NOT_POSITIVE"
        if micros > case.amount:
            return "AMOUNT_EXCEEDS_ASKED"
        if code := self._refused(micros, typed):
            return code
        whole = case.amount if case.round == 1 else min(case.amount, self.remaining)
        case.outcome = Outcome.ACCEPTED if micros >= whole else Outcome.ACCEPTED_PARTIAL
        case.decided, case.typed = micros, typed
        self._credit(case, micros)
        return self._settle(case, Verb.ADJUST)

    # Afterward

    def reverse(self, case: Case) -> str:
        """Row 14: the exact inverse of the newest live credit."""
        if case.stage not in ROWS[Verb.REVERSE].source:
            return wrong_stage(Verb.REVERSE, case.stage)
        if not case.live:
            return "ALREADY_REVERSED" if any(a.kind == "credit" for a in case.adjustments) else "NOT_ADJUSTED"
        credit = case.live[-1]
        credit.child = Adjustment("reversal", case.round, -credit.amount, -credit.tax, -credit.clawback)
        self._book(case, credit.child)
        self.marked = self.marked and self.credited > 0
        return self._move(case, Verb.REVERSE)

    def apply_fee(self, case: Case, micros: int, largest: int) -> str:
        """Row 15: one fee per reversal, and the tax on it."""
        if case.stage not in ROWS[Verb.APPLY_FEE].source:
            return wrong_stage(Verb.APPLY_FEE, case.stage)
        free = [a for a in case.adjustments if a.kind == "reversal" and a.child is None]
        if not free:
            return "FEE_ALREADY_APPLIED" if any(a.kind == "reversal" for a in case.adjustments) else "NOT_REVERSED"
        if not 0 < micros <= largest:
            return "FEE_OUT_OF_RANGE"
        free[-1].child = Adjustment("fee", case.round, micros, round(micros * self.rules.fee_tax))
        self._book(case, free[-1].child)
        return self._move(case, Verb.APPLY_FEE)

    def reopen(self, case: Case, verb: Verb = Verb.REOPEN) -> str:
        """Rows 18 and 19: a further round, unless it had been withdrawn."""
        if case.stage not in ROWS[verb].source:
            return wrong_stage(verb, case.stage)
        if verb is Verb.REQUEST_RE_REVIEW and case.round >= self.rules.max_rounds:
            return "ROUNDS_USED_UP"
        if any(other.stage in OPEN_STAGES for other in self.cases if other is not case):
            return "ALREADY_DISPUTED"
        case.round += case.stage is not Stage.WITHDRAWN
        case.outcome, case.decided, case.typed = None, 0, None
        return self._move(case, verb)

    def correct(self, case: Case) -> str:
        """Reopen, reverse everything, close: one confirmation."""
        if case.stage not in ROWS[Verb.REOPEN].source:
            return wrong_stage(Verb.REOPEN, case.stage)
        if case.stage is Stage.WITHDRAWN or not case.live:
            return "NOT_ADJUSTED"
        if code := self.reopen(case):
            return code
        while case.live:
            self.reverse(case)
        return self._move(case, Verb.CLOSE)

    # Inside

    def _refused(self, amount: int, typed: int | None) -> str:
        """What no grant may exceed: what is left of the charge, and of the payout."""
        if amount > self.remaining:
            return "AMOUNT_EXCEEDS_REMAINING"
        left = self.payout - self.clawed if self.vendor else 0
        return "" if typed is None or 0 <= typed <= left else "CLAWBACK_OUT_OF_RANGE"

    def _tell(self, case: Case, verb: Verb) -> None:
        case.journal.append((ROWS[verb].event, case.outcome))

    def _move(self, case: Case, verb: Verb) -> str:
        row = ROWS[verb]
        if case.stage not in row.source:
            return wrong_stage(verb, case.stage)
        if row.to is not None:
            case.stage = row.to
        self._tell(case, verb)
        return ""

    def _settle(self, case: Case, verb: Verb) -> str:
        self._move(case, verb)
        if verb is Verb.COMMIT and self.rules.auto_close:
            case.stage = Stage.CLOSED
        return ""

    def _release_hold(self, case: Case) -> None:
        self.held -= case.held
        case.held = 0

    def _credit(self, case: Case, micros: int) -> None:
        if micros == 0:
            return
        tax = cumulative_share(self.tax, self.credited, micros, self.billed, self.tax_credited)
        claw = self._clawback(case, micros) if case.typed is None else case.typed
        self._book(case, Adjustment("credit", case.round, -micros, -tax, -claw))
        self.marked = self.marked or case.marks
        self.was_typed = self.was_typed or case.typed is not None

    def _clawback(self, case: Case, micros: int) -> int:
        left = self.payout - self.clawed
        share = cumulative_share(self.payout, self.credited, micros, self.billed, self.clawed)
        mode = self.rules.clawback if self.vendor else "none"
        if mode == "full_on_accept":
            return left if case.outcome is Outcome.ACCEPTED else share
        if mode == "capped_at_credit":
            return min(left, micros) if self.same_currency else 0
        return share if mode == "proportional" else 0

    def _book(self, case: Case, entry: Adjustment) -> None:
        case.adjustments.append(entry)
        if entry.kind != "fee":
            self.credited -= entry.amount
            self.tax_credited -= entry.tax
            self.clawed -= entry.clawback
        paid = "base" if self.same_currency else "payout"
        lines = (
            ("AR", "base", entry.amount + entry.tax),
            ("FEE_INCOME" if entry.kind == "fee" else "REV_CONTRA", "base", -entry.amount),
            ("TAX", "base", -entry.tax),
            ("AP", paid, -entry.clawback),
            ("PAYOUT_CONTRA", paid, entry.clawback),
        )
        self.entries.append(tuple(line for line in lines if line[2]))


def rebuilt(journal: list[tuple[str, Outcome | None]], *, auto_close: bool) -> tuple[Stage, Outcome | None, int]:
    """Stage, outcome and round from the history alone: (event, outcome it names)."""
    stage, outcome, round_ = Stage.DRAFT, None, 1
    targets = {row.event: row.to for row in TABLE}
    for event, named in journal:
        if event in {"decided", "adjusted"}:
            outcome = named
        elif event in {"undone", "reopened", "re_review_requested"}:
            outcome = None
            round_ += event != "undone" and stage is not Stage.WITHDRAWN
        stage = targets[event] or stage
        if event == "committed" and auto_close:
            stage = Stage.CLOSED
    return stage, outcome, round_
