"""Lives the past: the people of the demo file, withdraw and decide through the real verbs, at the time it happened.

The clock stands at each moment in turn, so limits, undo windows and messages work as they would have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from fractions import Fraction
from functools import partial

from makegood.billing.selectors import charges_visible_to
from makegood.disputes import operations as disputes
from makegood.disputes.entries import DecisionItem, Ref, SubmitItem
from makegood.disputes.states import DecisionKind, Door, Origin
from makegood.kernel.answers import Answer
from makegood.kernel.rounding import partial_by_percent
from makegood.notifications import tasks as notifications
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.states import RoleKey
from makegood.project.demo.history import Case, Ending
from makegood.project.demo.life import OUT_OF_TURN, Moment, Order, commit_all
from makegood.project.demo.people import MANAGER, filer
from makegood.project.problems import OperatorProblem

_UNDO = timedelta(seconds=61)
_WINDOW = timedelta(hours=4)
_KINDS = {
    Ending.ACCEPTED: DecisionKind.ACCEPT,
    Ending.PARTLY: DecisionKind.PARTIAL,
    Ending.REJECTED: DecisionKind.REJECT,
}


class StoryRefused(OperatorProblem):
    """A step of the demo's past was refused."""

    def __init__(self, call_id: str, answer: Answer) -> None:
        super().__init__(f"The demo could not go on with call {call_id}: {answer.code} {answer.message}")


class Verb(IntEnum):
    """What happens at a moment, in this order when several things do."""

    TELL = 0
    COMMIT = 1
    FILE = 2
    WITHDRAW = 3
    DECIDE = 4


_ORDER = {
    Verb.TELL: Order.TELL,
    Verb.COMMIT: Order.COMMIT,
    Verb.FILE: Order.FILE,
    Verb.WITHDRAW: Order.DO,
    Verb.DECIDE: Order.DO,
}


@dataclass(frozen=True)
class Bill:
    """A charge as the past needs it."""

    id: int
    micros: int
    currency: str


@dataclass(frozen=True, order=True)
class Step:
    """One thing that somebody does at one moment, for one or many cases."""

    at: datetime
    verb: Verb
    actor: str = ""
    cases: tuple[Case, ...] = field(default=(), compare=False)


def steps_of(cases: Iterable[Case], now: datetime) -> list[Step]:
    """Everything that happened, moment by moment, up to now."""
    groups: dict[tuple[datetime, Verb, str], list[Case]] = defaultdict(list)
    for case in cases:
        who = filer(case.buyer).email
        groups[case.filed_at, Verb.FILE, who].append(case)
        if case.ended_at is None:
            continue
        if case.ending is Ending.WITHDRAWN:
            groups[case.ended_at, Verb.WITHDRAW, who].append(case)
        else:
            groups[case.ended_at, Verb.DECIDE, MANAGER.email].append(case)
    steps = [Step(at, verb, actor, tuple(group)) for (at, verb, actor), group in groups.items()]
    steps += [Step(step.at + _UNDO, Verb.COMMIT) for step in steps if step.verb is Verb.DECIDE]
    steps += [Step(at, Verb.TELL) for at in {message_time(step.at) for step in steps}]
    return sorted(step for step in steps if step.at <= now)


def message_time(at: datetime) -> datetime:
    """A full hour by which messages about that moment are due. Reading the journal that late changes nothing: windows
    count from the events.
    """
    due = at + _WINDOW
    return due.replace(minute=0, second=0) + timedelta(hours=1 + due.hour % 2)


class Chronicle:
    """The past being lived; knows who acts and which dispute came of which call."""

    def __init__(self, principals: dict[str, Principal], cases: Iterable[Case]) -> None:
        self._principals = principals
        self._bills = _bills(cases)
        self._disputes: dict[str, int] = {}
        self._verbs: dict[Verb, Callable[[Step], None]] = {
            Verb.TELL: self._tell,
            Verb.COMMIT: self._commit,
            Verb.FILE: self._file,
            Verb.WITHDRAW: self._withdraw,
            Verb.DECIDE: self._decide,
        }

    def moments(self, steps: Iterable[Step]) -> Iterator[Moment]:
        """The steps as moments of the common past. Living one may raise StoryRefused."""
        for place, step in enumerate(steps):
            yield Moment(step.at, _ORDER[step.verb], place, partial(self._verbs[step.verb], step))

    def _tell(self, step: Step) -> None:
        notifications.run()

    def _commit(self, step: Step) -> None:
        commit_all()

    def _file(self, step: Step) -> None:
        person = self._principals[step.actor]
        answers = disputes.submit(
            person,
            items=[SubmitItem(self._bills[case.call_id].id, case.reason, case.explanation) for case in step.cases],
            origin=Origin.BUYER if person.role == RoleKey.BUYER else Origin.CSR,
        )
        for case, dispute_id in _through(step, answers):
            self._disputes[case.call_id] = dispute_id

    def _withdraw(self, step: Step) -> None:
        items = [Ref(self._disputes[case.call_id]) for case in step.cases]
        _through(step, disputes.withdraw(self._principals[step.actor], items=items))

    def _decide(self, step: Step) -> None:
        answers = disputes.decide(
            self._principals[step.actor],
            items=[self._decision(case) for case in step.cases],
            door=Door.DESK if len(step.cases) == 1 else Door.BULK,
        )
        _through(step, answers)

    def _decision(self, case: Case) -> DecisionItem:
        micros = None
        if case.ending is Ending.PARTLY:
            bill = self._bills[case.call_id]
            micros = case.micros or partial_by_percent(bill.micros, Fraction(case.percent), bill.micros, bill.currency)
        return DecisionItem(
            self._disputes[case.call_id],
            _KINDS[case.ending],
            micros=micros,
            note=case.note,
            findings=(case.finding,),
            cause=OUT_OF_TURN,
        )


def _through(step: Step, answers: list[Answer]) -> list[tuple[Case, int]]:
    """The cases with their disputes. Raises StoryRefused at the first that was refused."""
    pairs = []
    for case, answer in zip(step.cases, answers, strict=True):
        if not answer.ok or answer.id is None:
            raise StoryRefused(case.call_id, answer)
        pairs.append((case, answer.id))
    return pairs


def _bills(cases: Iterable[Case]) -> dict[str, Bill]:
    rows = charges_visible_to(SYSTEM).filter(external_id__in=[case.call_id for case in cases])
    return {
        call_id: Bill(charge_id, micros, currency)
        for call_id, charge_id, micros, currency in rows.values_list("external_id", "id", "billed_micros", "currency")
    }
