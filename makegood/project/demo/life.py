"""Lives the contests of bills and leads: each deed through the operation that everybody uses, at its own time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from makegood.billing.selectors import charges_visible_to
from makegood.disputes import operations as disputes
from makegood.disputes.entries import (
    AdjustItem,
    CloseItem,
    DecisionItem,
    FeeItem,
    Ref,
    ReverseItem,
    SubmitItem,
    Together,
    WordsItem,
)
from makegood.disputes.states import DecisionKind, Door, Origin
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.states import RoleKey
from makegood.project.demo.contests import Contest, Deed, Did
from makegood.project.demo.guided import FILING, file_guided
from makegood.project.demo.problems import ContestRefused

UNDO = timedelta(seconds=61)
"""How long after a decision at the desk its money has moved for certain."""
OUT_OF_TURN = "The customer was on the phone."
"""Why some decisions of the sample were made before older ones, where the program asks for it."""


class Order(IntEnum):
    """Which of several things at one moment comes first."""

    TELL = 0
    COMMIT = 1
    FILE = 2
    DO = 3


@dataclass(frozen=True, order=True)
class Moment:
    """Something to be done when the clock stands there."""

    at: datetime
    order: Order
    number: int
    act: Callable[[], object] = field(compare=False)


def live(moments: Iterable[Moment], told: Callable[[int], None]) -> None:
    """Do everything at its time, the clock standing still at each moment."""
    for done, moment in enumerate(sorted(moments)):
        with clock.frozen(moment.at):
            moment.act()
        told(done)


def commit_all() -> None:
    """Commit whatever is due, however many those are."""
    while disputes.commit_due():
        pass


class Life:
    """Knows the charges, who acts, and which disputes came of which contest."""

    def __init__(self, principals: Mapping[str, Principal], charges: Mapping[str, int]) -> None:
        self._principals = principals
        self._charges = charges
        self._disputes: dict[int, list[int]] = {}

    def moments(self, contests: Sequence[Contest]) -> Iterator[Moment]:
        """Everything that happens, in no order; commits follow whatever is decided at the desk."""
        for place, contest in enumerate(contests):
            yield Moment(contest.filed_at, Order.FILE, place, lambda c=contest, n=place: self._file(n, c))  # type: ignore[misc]
            for deed in contest.deeds:
                yield Moment(deed.at, Order.DO, place, lambda c=contest, n=place, d=deed: self._do(n, c, d))  # type: ignore[misc]
                if deed.did in _DECIDES:
                    yield Moment(deed.at + UNDO, Order.COMMIT, place, commit_all)

    def _file(self, place: int, contest: Contest) -> None:
        person = self._principals[contest.by.email]
        charges = [self._charges[item] for item in contest.items]
        if contest.is_guided:
            self._disputes[place] = file_guided(person, contest, charges)
            return
        answers = disputes.submit(
            person,
            items=[
                SubmitItem(
                    charge,
                    contest.reason,
                    contest.explanation,
                    amount_micros=contest.micros,
                    resolution=contest.resolution,
                )
                for charge in charges
            ],
            origin=Origin.BUYER if person.role == RoleKey.BUYER else Origin.CSR,
            together=Together(note=contest.explanation) if len(contest.items) > 1 else None,
        )
        self._disputes[place] = [_id(contest.items[0], FILING, answer) for answer in answers]

    def _do(self, place: int, contest: Contest, deed: Deed) -> None:
        actor = self._principals[deed.by.email]
        filed = self._disputes[place]
        answers = _VERBS[deed.did](actor, filed if deed.line is None else [filed[deed.line]], deed)
        for answer in answers:
            _id(contest.items[0], deed.did, answer)


def charges_of_features(keys: Iterable[str]) -> dict[str, int]:
    """The charges of invoice lines named ``invoice/feature``."""
    wanted = set(keys)
    invoices = {int(key.partition("/")[0]) for key in wanted}
    rows = charges_visible_to(SYSTEM).filter(invoice_number__in=invoices, feature_id__isnull=False)
    found = {
        f"{number}/{feature}": pk for number, feature, pk in rows.values_list("invoice_number", "feature_id", "id")
    }
    return {key: found[key] for key in wanted}


def charges_of_ids(ids: Iterable[str]) -> dict[str, int]:
    """The charges with those ids at their source."""
    return dict(charges_visible_to(SYSTEM).filter(external_id__in=set(ids)).values_list("external_id", "id"))


def _id(item: str, what: str, answer: Answer) -> int:
    if not answer.ok or answer.id is None:
        raise ContestRefused(item, what, answer)
    return answer.id


def _decide(kind: DecisionKind) -> Callable[[Principal, Sequence[int], Deed], list[Answer]]:
    def act(actor: Principal, ids: Sequence[int], deed: Deed) -> list[Answer]:
        findings = (deed.finding,) if deed.finding else ()
        items = [
            DecisionItem(pk, kind, micros=deed.micros, note=deed.words, findings=findings, cause=OUT_OF_TURN)
            for pk in ids
        ]
        return disputes.decide(actor, items=items, door=Door.DESK)

    return act


def _adjust(actor: Principal, ids: Sequence[int], deed: Deed) -> list[Answer]:
    return disputes.adjust(
        actor, items=[AdjustItem(pk, deed.micros or 0, note=deed.words, cause=OUT_OF_TURN) for pk in ids]
    )


def _reverse(actor: Principal, ids: Sequence[int], deed: Deed) -> list[Answer]:
    return disputes.reverse(actor, items=[ReverseItem(pk, note=deed.words) for pk in ids])


def _fee(actor: Principal, ids: Sequence[int], deed: Deed) -> list[Answer]:
    return disputes.apply_fee(actor, items=[FeeItem(pk, deed.micros, note=deed.words) for pk in ids])


def _close(actor: Principal, ids: Sequence[int], deed: Deed) -> list[Answer]:
    return disputes.close(actor, items=[CloseItem(pk, deed.resolution, deed.words) for pk in ids])


def _refs(
    verb: Callable[..., list[Answer]],
) -> Callable[[Principal, Sequence[int], Deed], list[Answer]]:
    return lambda actor, ids, deed: verb(actor, items=[Ref(pk) for pk in ids])


def _words(
    verb: Callable[..., list[Answer]],
) -> Callable[[Principal, Sequence[int], Deed], list[Answer]]:
    return lambda actor, ids, deed: verb(actor, items=[WordsItem(pk, deed.words) for pk in ids])


_VERBS: Mapping[Did, Callable[[Principal, Sequence[int], Deed], list[Answer]]] = {
    Did.ACCEPT: _decide(DecisionKind.ACCEPT),
    Did.PARTIAL: _decide(DecisionKind.PARTIAL),
    Did.REJECT: _decide(DecisionKind.REJECT),
    Did.ADJUST: _adjust,
    Did.REVERSE: _reverse,
    Did.FEE: _fee,
    Did.CLOSE: _close,
    Did.REOPEN: _words(disputes.reopen),
    Did.RE_REVIEW: _words(disputes.request_re_review),
    Did.ASK: _words(disputes.request_info),
    Did.ANSWER: _words(disputes.provide_info),
    Did.WITHDRAW: _refs(disputes.withdraw),
    Did.CLAIM: _refs(disputes.claim),
}
_DECIDES = frozenset({Did.ACCEPT, Did.PARTIAL, Did.REJECT})
