"""Claims on many charges at once, looked at before they are sent: what each asks for, what the policy says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from makegood.billing.models import Charge
from makegood.billing.selectors import charges_visible_to
from makegood.billing.selectors.facts import many_charge_facts
from makegood.disputes.eligibility import BLOCKED, FILING_PHASES
from makegood.disputes.entries import SubmitItem, Together
from makegood.disputes.models import Dispute, Reason
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.asking import Terms, terms_of
from makegood.disputes.selectors.call_log import CallRow, call_rows
from makegood.disputes.selectors.claim import Checked, ReasonOption, as_result, check_of, options_of
from makegood.disputes.selectors.exhibits import Exhibit, brought
from makegood.disputes.selectors.expected import Expected, expected_of
from makegood.disputes.selectors.offer import offer_of
from makegood.disputes.selectors.policies import PolicyInForce, policies_of_charges
from makegood.disputes.selectors.reasons import reasons_on_offer
from makegood.disputes.selectors.verdicts import judged
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Origin
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.selectors import programs_visible_to

_NOTHING = Checked(None, (), ())


@dataclass(frozen=True)
class Ask:
    """What is typed for one charge; ``amount`` as typed, empty for all that is left."""

    charge_id: int
    reason: str = ""
    description: str = ""
    amount: str = ""
    override_cause: str = ""
    file_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Previewed:
    """One claim before it is sent: ``item`` None where it cannot even be asked (the cause is in ``check``)."""

    call: CallRow
    ask: Ask
    terms: Terms | None
    check: Checked
    item: SubmitItem | None
    asked: Money | None

    @property
    def is_open(self) -> bool:
        """Whether nothing about the charge itself stands in the way, whatever the claim says."""
        verdict = self.call.verdict
        return verdict is not None and not verdict.in_the_way

    @property
    def may_be_sent(self) -> bool:
        """Whether it can be sent once the claim says what is asked for, or overridden with a cause."""
        verdict = self.call.verdict
        return verdict is not None and verdict.result != BLOCKED


@dataclass(frozen=True)
class ProgramReasons:
    """The reasons that a program offers for some charges; ``charges`` says how many of them are its own."""

    program_id: int
    program: str
    reasons: tuple[ReasonOption, ...]
    charges: int
    may_part: bool


@dataclass(frozen=True)
class Total:
    """What is asked for in one currency."""

    count: int
    asked: Money


def previewed(
    principal: Principal,
    asks: Sequence[Ask],
    origin: Origin = Origin.BUYER,
    known: Mapping[int, CallRow] | None = None,
) -> list[Previewed]:
    """What would come of the claims, in their order; a charge out of scope is left out. Nothing is written.

    ``known`` are the rows of all their charges, where the same principal has just read them.
    """
    calls = known
    if calls is None:
        facts = many_charge_facts(principal, [ask.charge_id for ask in asks])
        calls = dict(zip(facts, call_rows(principal, tuple(facts.values())), strict=True))
    seen = [ask for ask in asks if ask.charge_id in calls]
    found: dict[int, Previewed] = {}
    for policy, ids in policies_of_charges(list({ask.charge_id: None for ask in seen}), clock.now()):
        own = set(ids)
        found.update(_judged(principal, policy, [ask for ask in seen if ask.charge_id in own], calls, origin))
    bare = (Previewed(calls[ask.charge_id], ask, None, _NOTHING, None, None) for ask in seen)
    return [found.get(one.ask.charge_id, one) for one in bare]


def _judged(
    principal: Principal, policy: PolicyInForce, asks: Sequence[Ask], calls: Mapping[int, CallRow], origin: Origin
) -> dict[int, Previewed]:
    """The claims on charges of one program."""
    offer = offer_of(policy.program_id, policy.rules)
    terms = {ask.charge_id: _terms(policy, calls[ask.charge_id]) for ask in asks}
    items: dict[int, SubmitItem] = {}
    faults: dict[int, Refusal] = {}
    for ask in asks:
        try:
            items[ask.charge_id] = _item(ask, terms[ask.charge_id], calls[ask.charge_id].draft_id)
        except Refusal as refusal:
            faults[ask.charge_id] = refusal
    batch = list(items.values())
    attached: dict[SubmitItem, tuple[Exhibit, ...]] = {}
    for item, files in zip(batch, brought(principal, batch), strict=True):
        if isinstance(files, Refusal):
            faults[item.charge_id] = files
        else:
            attached[item] = files
    said = judged(policy, batch, FILING_PHASES, origin, attached=attached)
    found = {}
    for ask in asks:
        call, own = calls[ask.charge_id], terms[ask.charge_id]
        fault = faults.get(ask.charge_id)
        if fault is not None:
            found[ask.charge_id] = Previewed(call, ask, own, Checked(call.verdict, (as_result(fault),), ()), None, None)
        else:
            item = items[ask.charge_id]
            check = check_of(said.get(ask.charge_id), offer, item, len(attached[item]))
            found[ask.charge_id] = Previewed(call, ask, own, check, item, own.amount_of(item) if own else None)
    return found


def _terms(policy: PolicyInForce, call: CallRow) -> Terms | None:
    charged = call.charge.charged
    return terms_of(policy.rules, charged, call.credited.micros if call.credited else 0) if charged else None


def _item(ask: Ask, terms: Terms | None, draft_id: int | None) -> SubmitItem:
    """What is sent for it. Raises BadAmount, AmountTooFine."""
    micros = terms.asked(ask.amount) if terms else None
    return SubmitItem(
        ask.charge_id,
        ask.reason,
        ask.description,
        micros,
        ask.override_cause,
        draft_id,
        file_ids=ask.file_ids,
    )


def totals_of(previews: Iterable[Previewed]) -> list[Total]:
    """How many claims would be sent and what they ask for, per currency."""
    sums: dict[str, tuple[int, int]] = {}
    for one in previews:
        if one.asked is not None:
            count, micros = sums.get(one.asked.currency, (0, 0))
            sums[one.asked.currency] = (count + 1, micros + one.asked.micros)
    return [Total(count, Money(micros, currency)) for currency, (count, micros) in sorted(sums.items())]


def reasons_by_program(calls: Sequence[CallRow]) -> list[ProgramReasons]:
    """What the programs of some charges offer for at least one of them, by the program's name."""
    rows = Charge.objects.filter(pk__in=[call.charge.id for call in calls])
    categories: dict[int, set[int | None]] = {}
    for program_id, category_id in rows.values_list("program_id", "category_id").distinct():
        categories.setdefault(program_id, set()).add(category_id)
    whole = _whole_only(calls)
    found = []
    for program in Program.objects.filter(pk__in=categories).order_by("name"):
        own = {category for category in categories[program.pk] if category is not None}
        fits = Q(categories__isnull=True) | Q(categories__in=own)
        offered = reasons_on_offer(clock.now(), fits, program=program)
        count = sum(1 for call in calls if call.charge.program_id == program.pk)
        options = options_of(program.pk, offered, set())
        found.append(ProgramReasons(program.pk, program.name, options, count, program.pk not in whole))
    return found


def _whole_only(calls: Sequence[CallRow]) -> set[int]:
    """The programs of some charges that take the whole item only."""
    by_id = {call.charge.id: call for call in calls}
    found = set()
    for policy, ids in policies_of_charges(list(by_id), clock.now()):
        terms = (_terms(policy, by_id[pk]) for pk in ids)
        if not any(one is not None and one.may_part for one in terms):
            found.add(policy.program_id)
    return found


def programs_of(principal: Principal, charge_ids: Sequence[int]) -> dict[int, int]:
    """The program of each of some charges that are in scope."""
    return dict(charges_visible_to(principal).filter(pk__in=charge_ids).values_list("pk", "program_id"))


def expected_for(principal: Principal, numbers: Iterable[str]) -> list[tuple[str, Expected]]:
    """What each program promises for disputes that were just filed, as ``D-10003``, by the program's name."""
    found = disputes_visible_to(principal).filter(label__in=[number for number in numbers if number])
    latest: dict[int, Dispute] = {}
    for dispute in found.select_related("program").order_by("submitted_at", "id"):
        latest[dispute.program_id] = dispute
    return [
        (one.program.name, expected_of(one.program_id, one.program.settings, one.submitted_at or clock.now()))
        for one in latest.values()
    ]


def reasons_offered_to(principal: Principal) -> list[tuple[str, list[Reason]]]:
    """The reasons of every program in sight, by the program's name, for who fills in a file."""
    programs = programs_visible_to(principal).order_by("name")
    own = charges_visible_to(principal)
    return [
        (program.name, reasons_on_offer(clock.now(), program=program))
        for program in programs
        if own.filter(program=program).exists()
    ]


def together_for(items: Sequence[SubmitItem], note: str = "") -> Together | None:
    """One submission for the claims, where they share program, customer and currency, and the program wants it so."""
    if len(items) < 2:
        return None
    charges = Charge.objects.filter(pk__in=[item.charge_id for item in items])
    places = list(charges.values_list("program_id", "customer_id", "currency").distinct()[:2])
    if len(places) != 1:
        return None
    settings = Program.objects.values_list("settings", flat=True).get(pk=places[0][0])
    return Together(note) if DisputeSettings.of(settings).raw.get("together") else None
