"""The queue of a team: the disputes of its programs alone, those filed together as one case."""

from __future__ import annotations

from makegood.disputes import operations
from makegood.disputes.entries import SubmitItem, Together
from makegood.disputes.selectors.queue import ALONE, QueueQuery, desk_programs, narrowed_to, teams_of
from makegood.disputes.selectors.queue_groups import groups_of
from makegood.kernel import clock
from makegood.parties.entries import Principal
from tests.bills import bill, line, telecom
from tests.world import DisputeMaker, World


def test_a_team_sees_its_programs_and_cases_are_one_entry(
    world: World, csr: Principal, biller: Principal, stranger: Principal, make_dispute: DisputeMaker
) -> None:
    program = telecom(world)
    on = bill(world, 4411)
    charges = [line(world, on, program, n, f"Line {n}", n * 10_000_000) for n in (1, 2, 3)]
    items = [SubmitItem(charge.pk, "WRONG_PRICE", "The rate is 40.") for charge in charges]
    filed = operations.submit(csr, items=items[:2], together=Together())
    (alone,) = operations.submit(csr, items=items[2:])
    make_dispute()
    query = QueueQuery("pending", clock.now(), team="accounts_receivable")
    assert teams_of(desk_programs(biller)) == ["accounts_receivable"]
    assert teams_of(desk_programs(stranger)) == []
    assert narrowed_to(biller, query).count() == 3
    groups = groups_of(biller, query, "case")
    (group,) = groups.groups
    number = int(str(filed[0].data["submission"]).removeprefix("D-"))
    assert (group.key, group.label, group.count, groups.single) == (str(number), "Acme Plumbing", 2, 1)
    assert [amount.micros for amount in group.asked] == [30_000_000]
    assert set(narrowed_to(biller, group.query).values_list("pk", flat=True)) == {answer.id for answer in filed}
    by_themselves = QueueQuery("pending", clock.now(), team="accounts_receivable", case=ALONE)
    assert list(narrowed_to(biller, by_themselves).values_list("pk", flat=True)) == [alone.id]
    assert groups_of(stranger, query, "case").groups == ()
