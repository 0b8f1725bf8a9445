"""What a random walk does next: the model answers first, and says what to send to the operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

from makegood.disputes.entries import (
    AdjustItem,
    CloseItem,
    DecisionItem,
    DraftItem,
    EditItem,
    FeeItem,
    Ref,
    ReverseItem,
    SubmitItem,
    WordsItem,
)
from makegood.disputes.lifecycle import Verb
from makegood.disputes.states import Door, Stage
from makegood.disputes.tests.model import ROWS, SUBMITTERS, VERB_OF, Case, Charge

KINDS = {verb: kind for kind, verb in VERB_OF.items()}
CORRECT = "correct"
FILING = frozenset({Verb.SAVE_DRAFT, Verb.SUBMIT})
KEYED = frozenset({Verb.SUBMIT, *KINDS, Verb.ADJUST, Verb.REVERSE, Verb.APPLY_FEE, CORRECT})
OF_TWO = frozenset({Verb.TAKE_OVER, Verb.RECOMMEND, Verb.APPROVE, Verb.DECLINE, Verb.WITHDRAW_RECOMMENDATION})
"""What takes two people who decide; it is walked in test_lifecycle and in the races of signatures."""
WALKED = tuple(verb for verb in Verb if verb not in OF_TWO)
UNSEEN = frozenset(Verb) - FILING - SUBMITTERS - {Verb.AUTO_ACCEPT, Verb.BREACH, Verb.COMMIT}
"""Verbs of those who do not see a draft."""
LARGEST_FEE = 25_000_000
FEE_TAX = Fraction(33, 400)


@dataclass
class Walk:
    """A charge in the model, its number in the database, and the numbers of its disputes in the model's order."""

    charge: Charge
    charge_id: int
    ids: list[int] = field(default_factory=list)


@dataclass
class Task:
    """One verb of one walk: what to send, and the code the model answered."""

    walk: Walk
    verb: str
    item: Any
    code: str
    place: int


def _amount(random: Random, most: int) -> int:
    return most + random.randrange(-1, 2) if random.random() < 0.15 else random.randrange(1, max(most, 1) + 1)


def _filing(walk: Walk, verb: Verb, case: Case, place: int, random: Random) -> Task:
    charge = walk.charge
    if verb is Verb.SAVE_DRAFT:
        code = charge.save_draft()
        return Task(walk, verb, DraftItem(walk.charge_id, "SPAM", "to be told"), code, place)
    asked = None if random.random() < 0.5 else _amount(random, charge.remaining)
    draft = case if case.stage is Stage.DRAFT and charge.cases else None
    reason = random.choice(("BOT", "SPAM", "PRANK"))
    code = charge.submit(asked, draft, marks=reason == "BOT")
    item = SubmitItem(walk.charge_id, reason, "a robot", asked, draft_id=walk.ids[place] if draft else None)
    return Task(walk, verb, item, code, place)


def _typed(charge: Charge, random: Random) -> int | None:
    return _amount(random, charge.payout - charge.clawed) if random.random() < 0.15 else None


def _money(charge: Charge, case: Case, verb: Verb, pk: int, door: Door, random: Random) -> tuple[str, Any]:
    """What a verb with an amount answers in the model, and the item that asks for it."""
    if verb is Verb.EDIT:
        asked = _amount(random, charge.remaining)
        return charge.edit(case, asked), EditItem(pk, {"amount_micros": asked, "description": "more words"})
    if verb is Verb.APPLY_FEE:
        micros = _amount(random, LARGEST_FEE)
        return charge.apply_fee(case, micros, LARGEST_FEE), FeeItem(pk, micros, note="as agreed")
    micros, typed = _amount(random, case.amount), _typed(charge, random)
    if verb is Verb.ADJUST:
        return charge.adjust(case, micros, typed), AdjustItem(pk, micros, "as heard", clawback_micros=typed)
    code = charge.decide(case, KINDS[verb], micros, 10 if door is Door.DESK else 0, typed)
    part = micros if verb is Verb.ACCEPT_PARTIAL else None
    return code, DecisionItem(pk, KINDS[verb], part, "as heard", clawback_micros=typed)


def _plain(charge: Charge, case: Case, verb: str, pk: int) -> tuple[str, Any]:
    """The same for a verb without an amount."""
    match verb:
        case Verb.REVERSE:
            return charge.reverse(case), ReverseItem(pk)
        case Verb.CLOSE:
            return charge.step(case, Verb.CLOSE), CloseItem(pk)
        case Verb.REOPEN | Verb.REQUEST_RE_REVIEW:
            return charge.reopen(case, Verb(verb)), WordsItem(pk, "Another look")
        case Verb.REQUEST_INFO | Verb.PROVIDE_INFO:
            return charge.step(case, Verb(verb)), WordsItem(pk, "The number, please")
        case Verb.BREACH:
            code = charge.step(case, Verb.BREACH) if case.stage not in ROWS[Verb.BREACH].source else "NO_CLOCK_DUE"
            return code, Ref(pk)
        case "correct":
            return charge.correct(case), WordsItem(pk, "Posted by mistake")
    acts: dict[str, Callable[[Case], str]] = {
        Verb.UNDO: charge.undo,
        Verb.COMMIT: charge.commit,
        Verb.AUTO_ACCEPT: charge.auto_accept,
    }
    return acts[verb](case) if verb in acts else charge.step(case, Verb(verb)), Ref(pk)


def next_task(walk: Walk, random: Random, door: Door) -> Task | None:
    """Choose a verb, mostly one that the table has from here, and let the model answer first."""
    charge = walk.charge
    place = len(charge.cases) - 1 if random.random() < 0.9 or not charge.cases else random.randrange(len(charge.cases))
    case = charge.cases[place] if charge.cases else Case(Stage.WITHDRAWN, 0)
    legal = [verb for verb in WALKED if (case.stage if charge.cases else None) in ROWS[verb].source]
    verb = random.choice(legal if legal and random.random() < 0.85 else WALKED)
    if verb is Verb.SAVE_DRAFT and random.random() < 0.7:
        verb = Verb.SUBMIT
    if verb in FILING:
        return _filing(walk, verb, case, place, random)
    if not charge.cases or (verb is Verb.AUTO_ACCEPT and case.stage is Stage.DRAFT):
        return None
    dispute_id, stage = walk.ids[place], case.stage
    action: str = CORRECT if verb is Verb.REOPEN and random.random() < 0.3 else verb
    if verb in {Verb.EDIT, Verb.APPLY_FEE, Verb.ADJUST, *KINDS}:
        code, item = _money(charge, case, verb, dispute_id, door, random)
    else:
        code, item = _plain(charge, case, action, dispute_id)
    unseen = stage is Stage.DRAFT and action in {*UNSEEN, CORRECT}
    return Task(walk, action, item, "NOT_FOUND" if unseen else code, place)
