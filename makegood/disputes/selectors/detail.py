"""One dispute on one page: facts, story, verdict, money, and what can be done next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from makegood.disputes import lifecycle
from makegood.disputes.eligibility import Verdict, thawed
from makegood.disputes.errors import InAReviewersHands
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.models import Decision, Dispute, Finding, Heard
from makegood.disputes.policy.afterward import Rounds
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.credits import CreditRow, credits_of
from makegood.disputes.selectors.dues import Due, dues_of
from makegood.disputes.selectors.heard import HeardRow, clock_of, heard_by_round
from makegood.disputes.selectors.messages import Message, messages_of
from makegood.disputes.selectors.policies import policy_of_version
from makegood.disputes.selectors.rows import SHOWN, WITH_PARTIES, DisputeRow, Live, live_credits, row_of
from makegood.disputes.selectors.second_look import SecondLook, second_look
from makegood.disputes.selectors.story import Step as StoryStep
from makegood.disputes.selectors.story import story_of
from makegood.disputes.selectors.submissions import Sibling, siblings_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED, CommentKind, DecisionState, Outcome, Stage
from makegood.kernel.errors import Refusal
from makegood.kernel.money import format_money
from makegood.ledger.states import AdjustmentKind
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import ContactCard, contact_for
from makegood.parties.states import Verb

STEP_WORDS: dict[Step, str] = {
    Step.EDIT: "Change",
    Step.WITHDRAW: "Withdraw",
    Step.CLAIM: "Take into review",
    Step.RELEASE: "Put back into the queue",
    Step.ACCEPT: "Accept",
    Step.ACCEPT_PARTIAL: "Accept in part",
    Step.REJECT: "Reject",
    Step.UNDO: "Undo the decision",
    Step.REQUEST_INFO: "Ask a question",
    Step.PROVIDE_INFO: "Answer the question",
    Step.REQUEST_RE_REVIEW: "Ask for a re-review",
}
LOOKS = frozenset({"dispute.re_review_requested", "dispute.reopened"})
"""Events that begin another look."""
NEEDED = {
    Step.EDIT: Verb.DISPUTE_EDIT,
    Step.WITHDRAW: Verb.DISPUTE_CREATE,
    Step.PROVIDE_INFO: Verb.DISPUTE_CREATE,
    Step.REQUEST_RE_REVIEW: Verb.DISPUTE_CREATE,
}
"""What a step of the submitting side needs; every other is for those who decide."""


@dataclass(frozen=True)
class FindingRow:
    """What a reviewer can note; ``hotkey`` is a digit or empty."""

    code: str
    label: str
    billable: bool
    guideline: str
    hotkey: str
    chosen: bool


@dataclass(frozen=True)
class NextStep:
    """One step of the lifecycle: whether it is possible now, and if not, why not."""

    verb: str
    label: str
    possible: bool
    why_not: str


@dataclass(frozen=True)
class DisputeDetail:
    """Everything the page of one dispute shows to one principal.

    ``is_sealed`` says that a decision waits of which the principal may not know: it reads as in review and offers what
    one in review does, and a press is answered by :func:`sealed_refusal`. ``heard`` is what the standing decision rests
    on, ``question`` one that waits for an answer, ``again`` how the dispute stands to a re-review (None before a
    decision), ``reopens`` whether what was closed or withdrawn can be opened again, ``contact`` who answers further
    questions after it.
    """

    row: DisputeRow
    sentence: str
    explanation: str
    findings: tuple[FindingRow, ...]
    story: tuple[StoryStep, ...]
    verdict: Verdict | None
    steps: tuple[NextStep, ...]
    live: Live
    currency: str
    payout_currency: str
    program_id: int
    charge_id: int
    reason_id: int | None
    decisions: frozenset[str]
    note_required: frozenset[str]
    is_sealed: bool
    siblings: tuple[Sibling, ...] = ()
    heard: tuple[HeardRow, ...] = ()
    credits: tuple[CreditRow, ...] = ()
    question: Message | None = None
    due: Due | None = None
    again: SecondLook | None = None
    reopens: bool = False
    program_key: str = ""
    contact: ContactCard | None = None

    @property
    def asked_again(self) -> StoryStep | None:
        """Who asked for another look and why, while that look waits for its decision."""
        steps = [step for step in self.story if step.event in LOOKS] if self.row.is_waiting else []
        return steps[-1] if steps else None

    @property
    def stands_on(self) -> str:
        """The bill or statement that shows the newest credit; empty until one does."""
        shown = [row.stands_on for row in self.credits if row.kind is AdjustmentKind.CREDIT]
        return shown[-1] if shown else ""

    @property
    def spoken(self) -> tuple[FindingRow, ...]:
        """The findings of the decision that no second was noted for."""
        timed = {row.code for row in self.heard}
        return tuple(finding for finding in self.chosen_findings if finding.code not in timed)

    @property
    def guidelines(self) -> tuple[FindingRow, ...]:
        """The findings of the decision that a guideline speaks of."""
        return tuple(finding for finding in self.chosen_findings if finding.guideline)

    def can(self, verb: str) -> bool:
        """Whether a step is possible now."""
        return any(step.verb == verb and step.possible for step in self.steps)

    @property
    def chosen_findings(self) -> tuple[FindingRow, ...]:
        """The findings of the decision."""
        return tuple(finding for finding in self.findings if finding.chosen)

    @property
    def possible(self) -> frozenset[str]:
        """The verbs that are possible now."""
        return frozenset(step.verb for step in self.steps if step.possible)

    @property
    def impossible(self) -> tuple[NextStep, ...]:
        """The steps that are not possible now, each with its reason."""
        return tuple(step for step in self.steps if not step.possible)


def visible_dispute(principal: Principal, number: str) -> Dispute:
    """The dispute with that number, such as ``10003`` or ``10003.2``.

    Raises NotFound for one that does not exist or is out of scope.
    """
    spoken = Exists(Decision.objects.filter(dispute=OuterRef("pk")))
    found = disputes_visible_to(principal).annotate(has_decisions=spoken)
    dispute = found.filter(label=f"D-{number}").first()
    if dispute is None:
        raise NotFound()
    WITH_PARTIES.fill([dispute])
    return dispute


def was_decided(dispute: Dispute) -> bool:
    """Whether anybody decided a dispute from :func:`visible_dispute`, undone or not: nothing rests on what is not."""
    return bool(getattr(dispute, "has_decisions", True))


def _sentence(row: DisputeRow, live: Live) -> str:
    """What was decided and still stands, in one sentence; empty until the principal may know."""
    if row.outcome is None or row.decided is None:
        return "Closed without a decision." if row.stage is Stage.CLOSED and not live.credit else ""
    amount = format_money(row.decided.micros, row.decided.currency)
    asked = format_money(row.asked.micros, row.asked.currency)
    if row.outcome is Outcome.REJECTED:
        return f"Rejected: the charge of {asked} stands."
    done = "credited" if row.stage in SHOWN else "held until the undo window ends"
    if live.reversed and not live.credit and row.stage in SHOWN:
        part = " in part" if row.outcome is Outcome.ACCEPTED_PARTIAL else ""
        return f"Accepted{part}, then reversed: {amount} is charged again."
    if row.outcome is Outcome.ACCEPTED:
        return f"Accepted: {amount} {done}."
    return f"Accepted in part: {amount} of {asked} {done}."


def _findings(dispute: Dispute, *, everything: bool) -> tuple[FindingRow, ...]:
    chosen = set(dispute.finding_ids)
    known = Finding.objects.filter(program=dispute.program_id).order_by("sort", "id")
    return tuple(
        FindingRow(f.code, f.label, f.billable, f.guideline, "" if f.hotkey is None else str(f.hotkey), f.pk in chosen)
        for f in known
        if (everything and f.is_active) or f.pk in chosen
    )


def findings_on_offer(
    principal: Principal, dispute_ids: Sequence[int], chosen: Collection[str] = ()
) -> tuple[FindingRow, ...]:
    """The findings that the programs of some disputes have in common by code, those chosen already marked."""
    programs = disputes_visible_to(principal).filter(pk__in=dispute_ids).values("program")
    known = Finding.objects.filter(program__in=programs, is_active=True).order_by("sort", "id")
    by_code = {
        f.code: FindingRow(
            f.code, f.label, f.billable, f.guideline, "" if f.hotkey is None else str(f.hotkey), f.code in chosen
        )
        for f in known
    }
    return tuple(by_code.values())


def finding_called(program_id: int, code: str) -> str:
    """The label of a finding; its code where there is none. The caller has scoped the program."""
    return Finding.objects.filter(program=program_id, code=code).values_list("label", flat=True).first() or code


@dataclass(frozen=True)
class Words:
    """What a decision that was taken back had said; ``heard`` is the time of a finding (``0:41``) by its code."""

    note: str
    findings: tuple[str, ...]
    heard: Mapping[str, str] = field(default_factory=dict)


def words_before_undo(principal: Principal, dispute: Dispute) -> Words:
    """Note and findings (by code) of the latest decision that this person took back; empty where there is none."""
    if not was_decided(dispute):
        return Words("", ())
    undone = Decision.objects.filter(dispute=dispute, by=principal.id, state=DecisionState.UNDONE)
    found = undone.order_by("-id").first()
    if found is None:
        return Words("", ())
    codes = Finding.objects.filter(pk__in=found.finding_ids).order_by("id").values_list("code", flat=True)
    places = Heard.objects.filter(decision=found).order_by("-start_ms").values_list("finding__code", "start_ms")
    return Words(found.note, tuple(codes), {code: clock_of(start) for code, start in places})


def verdict_then(dispute: Dispute) -> Verdict | None:
    """The verdict that was frozen when the dispute was submitted."""
    if dispute.policy_version_id is None or not dispute.verdict:
        return None
    return thawed(dispute.verdict, policy_of_version(dispute.policy_version_id).rules)


def _why_not(principal: Principal, dispute: Dispute, step: Step) -> str:
    stage = Stage(dispute.stage)
    if step is Step.PROVIDE_INFO and stage is not Stage.INFO_NEEDED:
        return "No question waits for an answer."
    if not lifecycle.allows(step, stage):
        stages = sorted(one.value.replace("_", " ") for one in lifecycle.stages_for(step))
        return f"Possible while {' or '.join(stages)}; this one is {stage.value.replace('_', ' ')}."
    if step is Step.WITHDRAW and dispute.round > 1:
        return "Only in the first round; a later round is closed instead."
    if step is Step.RELEASE and dispute.assignee_id != principal.id:
        return "Only whoever reviews it can put it back."
    if step is Step.EDIT and stage not in UNDECIDED:
        return "Only before a decision."
    if step is Step.REQUEST_RE_REVIEW:
        refusal = second_look(principal, dispute).refusal
        return refusal.message if refusal else ""
    return ""


def sealed_refusal(number: str) -> Refusal:
    """What a press of the submitting side on a sealed dispute is answered; it does not tell that one decided."""
    return InAReviewersHands(number=number)


def _steps(principal: Principal, dispute: Dispute) -> tuple[NextStep, ...]:
    """What may be done with the dispute as the principal may know it: a sealed one offers what one in review does."""
    offered = [step for step in STEP_WORDS if principal.can(NEEDED.get(step, Verb.DISPUTE_DECIDE))]
    rows = []
    for step in offered:
        why = _why_not(principal, dispute, step)
        rows.append(NextStep(step.value, STEP_WORDS[step], not why, why))
    return tuple(rows)


def is_sealed(principal: Principal, dispute: Dispute) -> bool:
    """Outside the deciding side nobody sees a decision inside its undo window: the dispute reads as in review."""
    return dispute.stage == Stage.DECIDED and not principal.can(Verb.DISPUTE_DECIDE)


def _seal(dispute: Dispute) -> None:
    dispute.stage = Stage.IN_REVIEW
    dispute.outcome = dispute.decided_micros = dispute.decided_at = dispute.commit_after = None
    dispute.finding_ids, dispute.decision_note = [], ""


def dispute_detail(principal: Principal, number: str) -> DisputeDetail:
    """The page of one dispute. Raises NotFound for one that does not exist or is out of scope."""
    return detail_of(principal, visible_dispute(principal, number))


def detail_of(principal: Principal, dispute: Dispute) -> DisputeDetail:
    """The same of a dispute from :func:`visible_dispute`."""
    if sealed := is_sealed(principal, dispute):
        _seal(dispute)
    live = live_credits([dispute.pk]).get(dispute.pk, Live())
    row = row_of(principal, dispute, live)
    decides = principal.can(Verb.DISPUTE_DECIDE)
    told = decides or dispute.stage in SHOWN
    stage = Stage(dispute.stage)
    settings = DisputeSettings.of(dispute.program.settings)
    return DisputeDetail(
        row=row,
        sentence=_sentence(row, live),
        explanation=(dispute.buyer_explanation or dispute.decision_note) if told else "",
        findings=_findings(dispute, everything=decides) if told else (),
        story=story_of(principal, dispute, decided=was_decided(dispute) or stage in SHOWN),
        verdict=verdict_then(dispute),
        steps=_steps(principal, dispute),
        live=live,
        currency=dispute.currency,
        payout_currency=dispute.charge.payout_currency,
        program_id=dispute.program_id,
        charge_id=dispute.charge_id,
        reason_id=dispute.reason_id,
        decisions=settings.decisions,
        note_required=settings.note_required,
        is_sealed=sealed,
        siblings=siblings_of(principal, dispute),
        heard=heard_by_round(dispute.pk, held=decides).get(dispute.round, ()) if told and was_decided(dispute) else (),
        credits=tuple(credits_of(principal, dispute.pk)),
        question=_question(principal, dispute),
        due=dues_of([(dispute.pk, stage)]).get(dispute.pk),
        again=second_look(principal, dispute) if stage in SHOWN else None,
        reopens=Rounds.of(dispute.program.settings).reopens,
        program_key=dispute.program.key,
        contact=contact_for(dispute.customer_id, dispute.program_id) if stage in SHOWN else None,
    )


def _question(principal: Principal, dispute: Dispute) -> Message | None:
    """The question that waits for an answer."""
    if dispute.stage != Stage.INFO_NEEDED:
        return None
    asked = [one for one in messages_of(principal, dispute.pk) if one.kind is CommentKind.QUESTION]
    return asked[-1] if asked else None
