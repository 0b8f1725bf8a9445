"""Why somebody cannot see a thing, rule by rule; or why they can."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from makegood.parties.entries import Scope
from makegood.parties.models import Customer, Program, User, Vendor
from makegood.parties.selectors.limits_said import names_of, sentence_of
from makegood.parties.selectors.scopes import has_customer_limits, scope_of
from makegood.parties.states import Dimension, Verb


@dataclass(frozen=True)
class Thing:
    """What is looked for: whose it is and which verbs (any of them) show it. ``label`` names it in a sentence.

    ``author_id`` is set for a draft, which nobody but its author sees. ``is_record`` is a customer's own record.
    """

    label: str
    customer: Customer
    verbs: tuple[Verb, ...]
    program: Program | None = None
    vendor: Vendor | None = None
    author_id: int | None = None
    is_record: bool = False


@dataclass(frozen=True)
class Why:
    """Whether a person sees a thing, and each rule in words: those that hide it, or those by which it is seen."""

    person: str
    thing: str
    sees: bool
    rules: tuple[str, ...]


def why(user: User, thing: Thing) -> Why:
    """Every rule that hides the thing from the person; without one, why it is seen. The caller has scoped both."""
    against = [*_about_the_person(user, thing), *_about_the_limits(user, thing)]
    if thing.author_id is not None and thing.author_id != user.pk:
        against.append(f"{thing.label} is a draft; only its author sees it.")
    rules = against or [f"{sentence_of(user)} {thing.label} is among that."]
    return Why(str(user), thing.label, not against, tuple(rules))


def _about_the_person(user: User, thing: Thing) -> Iterable[str]:
    if not user.is_active:
        state = "is switched off" if user.has_usable_password() else "has not accepted the invitation yet"
        yield f"{user} {state}."
    if thing.verbs and not set(thing.verbs) & set(user.role.verbs):
        words = " or ".join(f"“{verb.value}”" for verb in thing.verbs)
        yield f"The role {user.role.name} lacks the permission {words}."


def _about_the_limits(user: User, thing: Thing) -> Iterable[str]:
    grants = list(user.grants.all())
    scope = scope_of(grants)
    if scope.everything:
        return
    if scope.nothing:
        yield f"Nothing was opened for {user}: without a limit-to nobody sees anything."
        return
    named = names_of((grant.dimension, grant.value) for grant in grants)
    told = {
        dimension: " or ".join(sorted(name for (kind, _), name in named.items() if kind == dimension))
        for dimension in Dimension
    }
    yield from _about_the_customer(thing.customer, scope, told)
    if not thing.is_record:
        yield from _about_the_charge(thing, scope, told)
    elif not has_customer_limits(scope):
        yield "The limits name no customers, so no customer's record is shown."


def _about_the_customer(customer: Customer, scope: Scope, told: dict[Dimension, str]) -> Iterable[str]:
    if scope.paths is not None and not customer.path.startswith(scope.paths):
        yield f"The customer {customer} is outside {told[Dimension.CUSTOMER_SUBTREE]}."
    if scope.tags is not None and not set(scope.tags) & set(customer.tags):
        yield f"The customer {customer} is not tagged {told[Dimension.CUSTOMER_TAG]}."
    if scope.agents is not None and customer.agent not in scope.agents:
        yield f"The customer {customer} is not one of agent {told[Dimension.AGENT]}."
    if scope.bill_profiles is not None and customer.bill_profile not in scope.bill_profiles:
        yield f"The customer {customer} does not have bill profile {told[Dimension.BILL_PROFILE]}."


def _about_the_charge(thing: Thing, scope: Scope, told: dict[Dimension, str]) -> Iterable[str]:
    if scope.programs is not None and (thing.program is None or thing.program.pk not in scope.programs):
        yield f"The program {thing.program} is not {told[Dimension.PROGRAM]}."
    if scope.vendors is not None and (thing.vendor is None or thing.vendor.pk not in scope.vendors):
        whose = f"The vendor {thing.vendor}" if thing.vendor else "A charge without a vendor"
        yield f"{whose} is not {told[Dimension.VENDOR]}."
