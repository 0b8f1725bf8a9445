"""One case on the screen of the lane: all that it takes to decide, gathered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.dateparse import parse_datetime

from makegood.billing.selectors import ChargeFacts
from makegood.billing.selectors.earlier import earlier_calls
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.lifecycle import stages_for
from makegood.disputes.models import Dispute
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.policy.suggestions import Suggestion, suggest
from makegood.disputes.selectors import detail as details
from makegood.disputes.selectors.deciders import somebody_else_reviews
from makegood.disputes.selectors.effect_tables import EffectTable, effect_tables
from makegood.disputes.selectors.exhibits import files_shown
from makegood.disputes.selectors.handling import HandlingView, handling_of
from makegood.disputes.selectors.leases import Lease, lease_on
from makegood.disputes.selectors.line import InLine, Line, Place, line_of
from makegood.disputes.selectors.matrix import cells_of
from makegood.disputes.selectors.partial_amounts import part_for
from makegood.disputes.selectors.rows import DisputeRow
from makegood.disputes.selectors.story import Step as StoryStep
from makegood.disputes.selectors.turns import older_in_turn
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionKind, Stage
from makegood.evidence.selectors.files import FileView
from makegood.evidence.selectors.listening import heard_ms_of
from makegood.evidence.selectors.recordings import recording_of
from makegood.insights.selectors.beside import Beside, beside
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.errors import NotFound
from makegood.web import deciding, programs
from makegood.web.deciding import Panel, Typed
from makegood.web.lane_query import carried, query_of
from makegood.web.middleware import PageRequest
from makegood.web.players import Player, player_of

AHEAD = 3
"""How many of the next ones a page gets ready."""
ACCEPT, PARTIAL, REJECT = DecisionKind.ACCEPT, DecisionKind.PARTIAL, DecisionKind.REJECT
WORDS: Mapping[str, str] = {
    ACCEPT: "accept",
    PARTIAL: "accept",
    REJECT: "reject",
}

PRESSED: Mapping[str, str] = {**WORDS, PARTIAL: "accept in part"}
PRESSES: Mapping[str, str] = {
    ACCEPT: "accepts",
    PARTIAL: "accepts in part",
    REJECT: "rejects",
}
KEYS: Mapping[str, str] = {ACCEPT: "a", PARTIAL: "↵", REJECT: "r"}
NOUNS: Mapping[str, str] = {
    ACCEPT: "an acceptance",
    PARTIAL: "a part",
    REJECT: "a rejection",
}


@dataclass(frozen=True)
class Advice:
    """What is suggested: a decision with its effects, and why; a suggestion never decides."""

    kind: DecisionKind
    words: str
    why: str
    table: EffectTable | None
    clawback: str = ""


@dataclass(frozen=True)
class Money:
    """What the decisions would do, and what is suggested."""

    panel: Panel
    advice: Advice | None


@dataclass(frozen=True)
class Bar:
    """The bar of decisions: the panel and what stands in its way.

    ``refused`` is why the last press did not decide, ``changes`` what happened since the case came on screen. ``asks``
    is what a second press is waited for, ``explains`` a decision that waits for its explanation. ``stuck``: this person
    cannot have it at all. ``not_yours`` is why somebody else has to review it this time.
    """

    detail: details.DisputeDetail
    panel: Panel | None
    advice: Advice | None
    lease: Lease | None = None
    before: str = ""
    refused: Answer | None = None
    changes: tuple[StoryStep, ...] = ()
    asks: str = ""
    explains: str = ""
    cause: str = ""
    seen: str = ""
    text: str = ""
    stuck: bool = False
    not_yours: str = ""

    @property
    def row(self) -> DisputeRow:
        """The dispute as lists show it."""
        return self.detail.row

    @property
    def words(self) -> str:
        """What the press that is waited for does: ``rejects``."""
        return PRESSES.get(self.explains or self.asks, "")

    @property
    def words_to(self) -> str:
        """The same as something to do: ``reject``."""
        return PRESSED.get(self.asks, "")

    @property
    def key(self) -> str:
        """The key that is waited for, as it is without anybody's own map."""
        return KEYS.get(self.asks, "")

    @property
    def needs_note(self) -> tuple[str, ...]:
        """What needs an explanation in this program."""
        return tuple(words for kind, words in NOUNS.items() if kind in self.detail.note_required)

    @property
    def watches(self) -> bool:
        """Whether somebody else has it in their hands."""
        return self.lease is not None

    @property
    def is_open(self) -> bool:
        """Whether the decisions can be pressed."""
        stopped = self.before or self.stuck or self.not_yours
        return self.panel is not None and self.lease is None and not stopped


@dataclass(frozen=True)
class LaneCase:
    """Everything on the screen, the bar of decisions included. ``carried`` are the filters of the address."""

    bar: Bar
    player: Player | None
    attached: tuple[FileView, ...]
    beside: Beside | None
    handling: HandlingView
    place: Place
    ahead: tuple[InLine, ...]
    carried: str
    earlier: tuple[ChargeFacts, ...] = ()

    @property
    def hears(self) -> bool:
        """Whether there is something to hear."""
        return self.player is not None and self.player.view is not None and self.player.view.playable


def dispute_of(request: PageRequest, number: str) -> Dispute:
    """The dispute of an address of the lane. Raises NotFound."""
    return details.visible_dispute(request.principal, number)


def case_named(request: PageRequest, number: str) -> Dispute:
    """The same with nothing but its program and reason at hand. Raises NotFound."""
    found = disputes_visible_to(request.principal).select_related("program", "reason")
    dispute = found.filter(label=f"D-{number}").first()
    if dispute is None:
        raise NotFound()
    return dispute


def money_of(request: PageRequest, dispute: Dispute, typed: Typed) -> Money | None:
    """What the decisions would do with what is typed, and what is suggested; None where nothing can be decided."""
    if dispute.stage not in stages_for(Step.ACCEPT):
        return None
    settings = DisputeSettings.of(dispute.program.settings)
    panel = deciding.panel_for(request.principal, dispute.pk, typed, settings.decisions, settings.note_required)
    return Money(panel, advice_of(request, dispute, panel))


def bar_of(request: PageRequest, dispute: Dispute, typed: Typed | None = None) -> Bar:
    """The bar of decisions for a dispute; ``typed`` is what stands in its fields already."""
    principal = request.principal
    detail = details.detail_of(principal, dispute)
    fields = typed or deciding.remembered(principal, dispute)
    panel = deciding.panel(principal, detail, fields)
    return Bar(
        detail=detail,
        panel=panel,
        advice=advice_of(request, dispute, panel) if panel else None,
        lease=lease_on(principal, dispute),
        before=str(older_in_turn(principal, dispute) or "") if dispute.stage == Stage.PENDING else "",
        seen=clock.now().isoformat(),
        not_yours=somebody_else_reviews(principal, dispute),
    )


def case_of(request: PageRequest, dispute: Dispute, bar: Bar | None = None, line: Line | None = None) -> LaneCase:
    """The whole screen of a dispute; bar and line where they are known."""
    principal, shown = request.principal, bar or bar_of(request, dispute)
    line = line or line_now(request)
    return LaneCase(
        bar=shown,
        player=player_of(request, dispute.charge_id),
        attached=files_shown(principal, dispute),
        beside=beside(principal, dispute.pk),
        handling=handling_of(principal, dispute.pk),
        earlier=earlier_calls(principal, dispute.charge),
        place=line.place(dispute.pk),
        ahead=line.next((dispute.pk,), AHEAD),
        carried=carried(request),
    )


def advice_of(request: PageRequest, dispute: Dispute, panel: Panel) -> Advice | None:
    """What the grid of reasons and findings suggests for what was heard; else what a rule recommended on filing."""
    reason = dispute.reason.code if dispute.reason else ""
    found = suggest(cells_of(dispute.program_id), reason, panel.typed.findings) if panel.typed.findings else None
    if found is not None and found.kind.value in panel.decisions:
        heard = details.finding_called(dispute.program_id, found.finding)
        why = f"{heard} where “{dispute.reason.label if dispute.reason else ''}” was claimed"
        return Advice(found.kind, _words(found), why, _table(request, dispute, panel, found), found.clawback)
    verdict = None if panel.typed.findings else details.verdict_then(dispute)
    for rule in verdict.advice if verdict else ():
        if rule.suggests in {DecisionKind.ACCEPT, DecisionKind.REJECT}:
            kind = DecisionKind(rule.suggests)
            table = panel.accept if kind is DecisionKind.ACCEPT else panel.reject
            return Advice(kind, WORDS[kind], rule.message, table)
    return None


def _words(found: Suggestion) -> str:
    return WORDS[found.kind] if found.kind is DecisionKind.REJECT else f"{WORDS[found.kind]} {found.percent}%"


def _table(request: PageRequest, dispute: Dispute, panel: Panel, found: Suggestion) -> EffectTable | None:
    """The effects of what is suggested, with the claw-back that stands in the panel."""
    if found.kind is not DecisionKind.PARTIAL:
        return panel.accept if found.kind is DecisionKind.ACCEPT else panel.reject
    if panel.partial and panel.typed.amount == f"{found.percent}%":
        return panel.partial
    micros = part_for(request.principal, dispute.pk, f"{found.percent}%")
    tables = effect_tables(request.principal, dispute.pk, micros)
    return next((table for table in tables if table.kind is DecisionKind.PARTIAL), None)


def letter_for(bar: Bar, dispute: Dispute, kind: DecisionKind) -> str:
    """What the findings say to the buyer: their guidelines, and the words of the grid."""
    if bar.panel is None:
        return ""
    chosen = [one for one in bar.detail.findings if one.code in bar.panel.typed.findings]
    said = [one.guideline for one in chosen if one.guideline]
    reason = dispute.reason.code if dispute.reason else ""
    found = suggest(cells_of(dispute.program_id), reason, bar.panel.typed.findings)
    if found is not None and found.kind is kind and found.letter:
        said.insert(0, found.letter)
    return " ".join(dict.fromkeys(said))


def waits_for_ears(request: PageRequest, dispute: Dispute, listened_ms: int) -> bool:
    """Whether a decision asks for a second press: there is sound, the program wants it heard, and nothing was."""
    if listened_ms > 0 or not DisputeSettings.of(dispute.program.settings).second_press:
        return False
    view = recording_of(request.principal, dispute.charge_id)
    return view is not None and view.playable and heard_ms_of(view, request.principal.id or 0) == 0


def since(bar: Bar, seen: str, me: str) -> tuple[StoryStep, ...]:
    """What others did to a dispute since it came on screen."""
    at = _moment(seen)
    if at is None:
        return ()
    return tuple(step for step in bar.detail.story if step.at > at and step.who != me)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def took_ms(seen: str) -> int:
    """Milliseconds since a case came on screen, by the clock of the server; 0 where it is not known."""
    at = _moment(seen)
    return 0 if at is None else max(0, int((clock.now() - at).total_seconds() * 1000))


def told(bar: Bar, **changes: object) -> Bar:
    """The same bar with something said on it."""
    return replace(bar, **changes)  # type: ignore[arg-type]


def line_now(request: PageRequest) -> Line:
    """The line that the address asks for."""
    return line_of(request.principal, query_of(request), programs.met(request))
