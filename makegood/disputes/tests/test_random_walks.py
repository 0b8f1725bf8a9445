"""120,000 random sequences of verbs on the pure model: the money laws, the words, and the history that rebuilds it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

import pytest

from makegood.disputes.lifecycle import Verb
from makegood.disputes.states import VOCABULARIES, DecisionKind, Facts, Outcome, Stage
from makegood.disputes.tests.model import OPEN_STAGES, ROWS, Case, Charge, Rules, rebuilt

WALKS = 120_000
SEED = 20_261_130

Act = Callable[[Charge, Case, Random], str]
FactTuple = tuple[Stage | None, Outcome | None, str, bool, bool, int]


def _amount(random: Random, most: int) -> int:
    """Mostly inside 1..most, sometimes nothing, everything, or a little too much."""
    pick = random.random()
    if pick < 0.1:
        return most + random.randrange(3) - 1
    return 1 + int(random.random() * max(most, 1))


def _submit(charge: Charge, case: Case, random: Random) -> str:
    asked = None if random.random() < 0.5 else _amount(random, charge.remaining)
    return charge.submit(asked, case if case.stage is Stage.DRAFT else None, marks=random.random() < 0.2)


def _typed(charge: Charge, random: Random) -> int | None:
    return _amount(random, charge.payout - charge.clawed) if random.random() < 0.1 else None


def _partial(charge: Charge, case: Case, random: Random) -> str:
    window = 10 if random.random() < 0.6 else 0
    micros = _amount(random, case.amount)
    return charge.decide(case, DecisionKind.PARTIAL, micros, window, _typed(charge, random))


def _reopen(charge: Charge, case: Case, random: Random) -> str:
    return charge.reopen(case) if random.random() < 0.7 else charge.correct(case)


ACTS: dict[Verb, Act] = {
    Verb.SAVE_DRAFT: lambda charge, case, random: charge.save_draft(),
    Verb.SUBMIT: _submit,
    Verb.EDIT: lambda charge, case, random: charge.edit(case, _amount(random, charge.remaining)),
    Verb.WITHDRAW: lambda charge, case, random: charge.step(case, Verb.WITHDRAW),
    Verb.CLAIM: lambda charge, case, random: charge.step(case, Verb.CLAIM),
    Verb.RELEASE: lambda charge, case, random: charge.step(case, Verb.RELEASE),
    Verb.REQUEST_INFO: lambda charge, case, random: charge.step(case, Verb.REQUEST_INFO),
    Verb.PROVIDE_INFO: lambda charge, case, random: charge.step(case, Verb.PROVIDE_INFO),
    Verb.LAPSE: lambda charge, case, random: charge.step(case, Verb.LAPSE),
    Verb.BREACH: lambda charge, case, random: charge.step(case, Verb.BREACH),
    Verb.AUTO_ACCEPT: lambda charge, case, random: charge.auto_accept(case),
    Verb.ACCEPT: lambda charge, case, random: charge.decide(case, DecisionKind.ACCEPT, typed=_typed(charge, random)),
    Verb.ACCEPT_PARTIAL: _partial,
    Verb.REJECT: lambda charge, case, random: charge.decide(case, DecisionKind.REJECT),
    Verb.UNDO: lambda charge, case, random: charge.undo(case),
    Verb.COMMIT: lambda charge, case, random: charge.commit(case),
    Verb.ADJUST: lambda charge, case, random: charge.adjust(case, _amount(random, case.amount), _typed(charge, random)),
    Verb.REVERSE: lambda charge, case, random: charge.reverse(case),
    Verb.APPLY_FEE: lambda charge, case, random: charge.apply_fee(case, _amount(random, 25_000_000), 25_000_000),
    Verb.CLOSE: lambda charge, case, random: charge.step(case, Verb.CLOSE),
    Verb.REOPEN: _reopen,
    Verb.REQUEST_RE_REVIEW: lambda charge, case, random: charge.reopen(case, Verb.REQUEST_RE_REVIEW),
}
EVERY = tuple(ACTS)
FROM = {stage: tuple(verb for verb in EVERY if stage in ROWS[verb].source) or EVERY for stage in (None, *Stage)}
FILING = frozenset({Verb.SAVE_DRAFT, Verb.SUBMIT})
MODES = ("none", "proportional", "proportional", "full_on_accept", "capped_at_credit")
RATES = (Fraction(0), Fraction(33, 400))
NOTHING = Case(Stage.WITHDRAWN, 0)


def _new_charge(random: Random) -> Charge:
    grain = random.choice((1, 10_000, 1_000_000))
    billed = grain * (1 + int(random.random() * 10 ** random.randrange(1, 9)))
    return Charge(
        billed=billed,
        tax=int(billed * 0.08) if random.random() < 0.5 else 0,
        payout=int(billed * random.random() * 1.2) if random.random() < 0.8 else 0,
        same_currency=random.random() < 0.7,
        vendor=random.random() < 0.9,
        rules=Rules(random.random() < 0.5, random.choice(MODES), random.choice((1, 2, 3)), random.choice(RATES)),
    )


def _print(charge: Charge) -> tuple[object, ...]:
    """What a refusal may not change."""
    cases = tuple(
        (c.stage, c.outcome, c.round, c.amount, c.held, len(c.adjustments), len(c.journal)) for c in charge.cases
    )
    return charge.held, charge.credited, charge.tax_credited, charge.clawed, len(charge.entries), cases


def _step(charge: Charge, random: Random) -> None:
    """One verb, mostly one that the table has from where the dispute stands; every eighth refusal is watched."""
    cases, chance = charge.cases, random.random
    case = NOTHING if not cases else cases[-1] if chance() < 0.9 else cases[int(chance() * len(cases))]
    verbs = FROM[case.stage if cases else None] if chance() < 0.85 else EVERY
    verb = verbs[int(chance() * len(verbs))]
    if not cases and verb not in FILING:
        return
    watched = _print(charge) if chance() < 0.125 else None
    if not ACTS[verb](charge, case, random):
        _check_balance(charge)
    elif watched is not None:
        assert _print(charge) == watched, verb
    charge.now += int(chance() * 8)


def _check_balance(charge: Charge) -> None:
    held, opened = 0, 0
    for case in charge.cases:
        held += case.held
        opened += case.stage in OPEN_STAGES
        assert case.held == 0 or case.stage is Stage.DECIDED
    assert held == charge.held >= 0
    assert opened <= 1
    assert 0 <= charge.credited <= charge.billed - held
    assert 0 <= charge.tax_credited <= charge.tax
    assert 0 <= charge.clawed <= charge.payout
    assert charge.credited or not charge.marked
    if charge.credited == charge.billed:
        assert charge.tax_credited == charge.tax
        in_proportion = charge.rules.clawback == "proportional" and charge.vendor
        assert not in_proportion or charge.was_typed or charge.clawed == charge.payout


def _check_books(charge: Charge) -> None:
    receivable = 0
    for entry in charge.entries:
        sums = {"base": 0, "payout": 0}
        for account, currency, micros in entry:
            sums[currency] += micros
            receivable += micros if account == "AR" else 0
        assert sums == {"base": 0, "payout": 0}
        assert len(entry) >= 2
    adjustments = [a for case in charge.cases for a in case.adjustments]
    assert receivable == sum(a.amount + a.tax for a in adjustments)
    live = [a for case in charge.cases for a in case.live]
    assert charge.credited == -sum(a.amount for a in live)
    assert charge.tax_credited == -sum(a.tax for a in live)
    assert charge.clawed == -sum(a.clawback for a in live)


def _check_history(charge: Charge) -> None:
    for case in charge.cases:
        told = rebuilt(case.journal, auto_close=charge.rules.auto_close)
        assert told == (case.stage, case.outcome, case.round), case.journal
        credits = [a.round for a in case.adjustments if a.kind == "credit"]
        assert len(credits) == len(set(credits))


def _tuple_of(facts: Facts) -> FactTuple:
    live = "none" if not facts.live_micros else "full" if facts.live_micros >= facts.billed_micros else "part"
    return facts.stage, facts.outcome, live, facts.reversed, facts.fee, min(facts.round, 2)


@pytest.mark.slow
def test_random_walks_keep_every_law_and_every_fact_has_its_words() -> None:
    random = Random(SEED)  # noqa: S311 - a seeded walk, not a secret
    seen: dict[FactTuple, Facts] = {}
    full = 0
    for _ in range(WALKS):
        charge = _new_charge(random)
        for _ in range(4 + int(random.random() * 10)):
            _step(charge, random)
        _check_books(charge)
        _check_history(charge)
        for case in charge.cases:
            facts = case.facts(charge.billed, marked=charge.marked)
            seen.setdefault(_tuple_of(facts), facts)
        full += charge.credited == charge.billed
    assert full > WALKS // 100
    assert {key[0] for key in seen} == set(Stage)
    assert 90 <= len(seen) <= 120, f"{len(seen)} distinct fact tuples"
    for facts in seen.values():
        assert [name for name, word in VOCABULARIES.items() if not word(facts).label] == []
