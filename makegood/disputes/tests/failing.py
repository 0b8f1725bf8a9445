"""How a test says that a case fails a guard of the lifecycle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from makegood.disputes.entries import DecisionItem
from makegood.disputes.lifecycle import Verb
from makegood.disputes.states import DecisionKind, Stage
from makegood.disputes.tests.desk import Case, Desk
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.operations import change_settings
from makegood.parties.states import Verb as Permission

Ask = Callable[[], list[Answer]]


@dataclass(frozen=True)
class Guarded:
    """A case that fails a guard: how it is asked, the code, and the sentence with ``{number}`` for the dispute's."""

    case: Case
    ask: Ask
    code: str
    sentence: str


GUARDS: list[tuple[Verb, Callable[[Desk], Guarded]]] = []


def guards(verb: Verb) -> Callable[[Callable[[Desk], Guarded]], Callable[[Desk], Guarded]]:
    """Register a case that fails the guard of a verb."""

    def register(arrange: Callable[[Desk], Guarded]) -> Callable[[Desk], Guarded]:
        GUARDS.append((verb, arrange))
        return arrange

    return register


def asked(desk: Desk, verb: Verb, case: Case, code: str, sentence: str, who: Principal | None = None) -> Guarded:
    """The plain way of asking."""
    return Guarded(case, lambda: desk.ask(verb, case, who), code, sentence)


def configure(desk: Desk, **settings: object) -> None:
    change_settings(SYSTEM, program=desk.world.program, settings=settings)


def decision(case: Case, kind: DecisionKind, micros: int | None = None, note: str = "heard") -> list[DecisionItem]:
    return [DecisionItem(case.pk, kind, micros, note)]


def without(who: Principal, *verbs: Permission) -> Principal:
    return replace(who, verbs=who.verbs - set(verbs))


def again(desk: Desk) -> Case:
    """A case in its second round, with a credit of the first."""
    return desk.case(Stage.PENDING, Verb.REVERSE)
