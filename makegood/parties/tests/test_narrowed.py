"""What a token of a person sees is what both see: never more, and never less, except where both limit by tags."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

import pytest

from makegood.billing.models import Charge
from makegood.billing.selectors import charges_visible_to
from makegood.parties.entries import SYSTEM, Principal, Scope, narrowed
from makegood.parties.models import Customer
from makegood.parties.operations import create_customer
from makegood.parties.selectors import customers_visible_to, has_customer_limits
from tests.world import World

TAGS, AGENTS, PROFILES = ("gold", "new", "vip"), ("ann", "bob"), ("weekly", "monthly")
PAIRS = 60
V = TypeVar("V")


class Sights:
    """Charges spread over a tree of twelve customers with random facts, and what a scope shows of them."""

    def __init__(self, world: World, rng: Random) -> None:
        self.rng = rng
        self.programs = (world.program.pk, world.program.pk + 1)
        self.vendors = (world.vendor.pk, world.other_vendor.pk)
        self.paths: list[str] = []
        self.charges: list[Charge] = []
        made: list[Customer] = []
        for place in range(12):
            parent = rng.choice(made) if made and rng.random() < 0.75 else None
            customer = create_customer(
                SYSTEM, number=f"N{place}", name=f"N{place}", currency="USD", parent=parent,
                tags=list(self.some(TAGS)), agent=rng.choice((*AGENTS, "")), bill_profile=rng.choice(PROFILES),
            )  # fmt: skip
            made.append(customer)
            self.paths.append(customer.path)
            self.charges.append(world.charge(customer=customer, vendor_id=rng.choice((*self.vendors, None))))

    def some(self, values: Sequence[V]) -> tuple[V, ...]:
        """None, one or several of the values."""
        return tuple(self.rng.sample(list(values), self.rng.randrange(len(values) + 1)))

    def limit(self, values: Sequence[V], likely: float) -> tuple[V, ...] | None:
        """A limit by one dimension, or none."""
        return self.some(values) if self.rng.random() < likely else None

    def scope(self) -> Scope:
        """A random scope; now and then one that shows everything or nothing."""
        if self.rng.random() < 0.1:
            return Scope(everything=self.rng.random() < 0.5)
        return Scope(
            paths=self.limit(self.paths, 0.5),
            tags=self.limit(TAGS, 0.3),
            agents=self.limit(AGENTS, 0.2),
            bill_profiles=self.limit(PROFILES, 0.2),
            programs=self.limit(self.programs, 0.2),
            vendors=self.limit(self.vendors, 0.2),
        )

    def charges_in(self, scope: Scope) -> set[int]:
        """The charges that the scope shows."""
        return set(charges_visible_to(_with(scope)).values_list("pk", flat=True))

    def customers_in(self, scope: Scope) -> set[int]:
        """The customers that the scope shows."""
        return set(customers_visible_to(_with(scope)).values_list("pk", flat=True))


def _with(scope: Scope) -> Principal:
    return Principal(id=None, label="somebody", role="service", scope=scope)


@pytest.mark.parametrize("seed", [1, 2])
def test_rows_of_a_narrowed_scope_are_those_of_both(world: World, seed: int) -> None:
    sights = Sights(world, Random(seed))  # noqa: S311 - not for secrets
    seen = 0
    for _ in range(PAIRS):
        one, other = sights.scope(), sights.scope()
        both = narrowed(one, other)
        shown, expected = sights.charges_in(both), sights.charges_in(one) & sights.charges_in(other)
        assert shown <= expected, (one, other)
        if one.tags is None or other.tags is None:
            assert shown == expected, (one, other)
        assert narrowed(other, one).nothing == both.nothing
        assert sights.charges_in(narrowed(other, one)) == shown, (one, other)
        seen += bool(shown)
    assert seen >= PAIRS // 10


def test_customer_records_of_a_narrowed_scope_are_those_of_whoever_limits_by_customer(world: World) -> None:
    sights = Sights(world, Random(3))  # noqa: S311 - not for secrets
    for _ in range(PAIRS // 2):
        one, other = sights.scope(), sights.scope()
        shown = sights.customers_in(narrowed(one, other))
        for scope in (one, other):
            if scope.everything or scope.nothing or has_customer_limits(scope):
                assert shown <= sights.customers_in(scope), (one, other)


EAST = Scope(paths=("c1.c2.",))


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Scope(everything=True), EAST, EAST),
        (Scope(everything=True), Scope(everything=True), Scope(everything=True)),
        (Scope(everything=True), Scope(), Scope()),
        (Scope(), EAST, Scope()),
        (EAST, Scope(paths=("c1.",)), EAST),
        (EAST, Scope(paths=("c1.c2.c3.",)), Scope(paths=("c1.c2.c3.",))),
        (EAST, Scope(paths=("c1.c22.",)), Scope(paths=())),
        (EAST, Scope(paths=()), Scope(paths=())),
        (EAST, Scope(programs=(4,)), Scope(paths=("c1.c2.",), programs=(4,))),
        (Scope(programs=(4, 5)), Scope(programs=(5, 6)), Scope(programs=(5,))),
        (Scope(vendors=(1,)), Scope(vendors=(2,)), Scope(vendors=())),
    ],
)
def test_both_as_a_value(one: Scope, other: Scope, both: Scope) -> None:
    assert narrowed(one, other) == both
    assert narrowed(other, one) == both


def test_two_limits_without_anything_in_common_are_no_absence_of_limits() -> None:
    both = narrowed(Scope(agents=("ann",)), Scope(agents=("bob",)))
    assert both == Scope(agents=())
    assert not both.everything
