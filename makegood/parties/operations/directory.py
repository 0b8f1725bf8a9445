"""Verbs of parties: create customers, vendors, programs and people; grant and limit.

Each may refuse with the errors named in its docstring, and writes one journal row per change.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from makegood.journal import operations as journal
from makegood.kernel import clock
from makegood.kernel.money import exponent
from makegood.parties.entries import Principal
from makegood.parties.errors import (
    BadEmail,
    EmailTaken,
    NameTooLong,
    NumberTaken,
    PartyRequired,
    PermissionNeeded,
    UnknownCustomer,
    UnknownRole,
    UnknownVendor,
    UnknownZone,
)
from makegood.parties.models import AccessGrant, Customer, Program, Role, User, Vendor, Zone
from makegood.parties.states import Dimension, RoleKey, Verb, missing_needs

LONGEST_PERSON_NAME = 200


@cache
def _known_zones() -> frozenset[str]:
    # Walks the zone files of the machine, so once.
    return frozenset(available_timezones())


def zone_named(name: str) -> Zone:
    """The row of a time zone, made when first used. Raises UnknownZone."""
    if name not in _known_zones():
        raise UnknownZone(zone=name)
    return Zone.objects.get_or_create(name=name)[0]


@transaction.atomic
def create_customer(
    principal: Principal,
    *,
    number: str,
    name: str,
    currency: str,
    zone: str = "UTC",
    parent: Customer | None = None,
    **facts: Any,
) -> Customer:
    """A customer at the end of its parent's path. Errors: NUMBER_TAKEN, UNKNOWN_CURRENCY, UNKNOWN_ZONE."""
    exponent(currency)
    if Customer.objects.filter(number=number).exists():
        raise NumberTaken(number=number, kind="customer")
    customer = Customer.objects.create(
        number=number,
        name=name,
        currency=currency,
        zone=zone_named(zone),
        parent=parent,
        path=f"new.{number}.",
        **facts,
    )
    customer.path = f"{parent.path if parent else ''}c{customer.pk}."
    customer.save(update_fields=["path"])
    journal.record(
        principal,
        verb="create",
        event="customer.created",
        object_kind="customer",
        object_id=customer.pk,
        customer_id=customer.pk,
        changes={"number": number, "name": name},
    )
    return customer


@transaction.atomic
def create_vendor(principal: Principal, *, number: str, name: str, currency: str, zone: str = "UTC") -> Vendor:
    """A vendor. Errors: NUMBER_TAKEN, UNKNOWN_CURRENCY, UNKNOWN_ZONE."""
    exponent(currency)
    if Vendor.objects.filter(number=number).exists():
        raise NumberTaken(number=number, kind="vendor")
    vendor = Vendor.objects.create(number=number, name=name, currency=currency, zone=zone_named(zone))
    journal.record(
        principal,
        verb="create",
        event="vendor.created",
        object_kind="vendor",
        object_id=vendor.pk,
        vendor_id=vendor.pk,
        changes={"number": number, "name": name},
    )
    return vendor


@transaction.atomic
def create_program(
    principal: Principal, *, key: str, name: str, preset: str, settings: dict[str, Any], **facts: Any
) -> Program:
    """A program. Errors: NUMBER_TAKEN."""
    if Program.objects.filter(key=key).exists():
        raise NumberTaken(number=key, kind="program")
    program = Program.objects.create(key=key, name=name, preset=preset, settings=settings, **facts)
    journal.record(
        principal,
        verb="create",
        event="program.created",
        object_kind="program",
        object_id=program.pk,
        program_id=program.pk,
        changes={"key": key, "preset": preset},
    )
    return program


@transaction.atomic
def change_settings(principal: Principal, *, program: Program, settings: dict[str, Any]) -> Program:
    """Replace top-level settings of a program; keys not named stay."""
    before = {key: program.settings.get(key) for key in settings}
    program.settings = {**program.settings, **settings}
    program.save(update_fields=["settings"])
    journal.record(
        principal,
        verb="configure",
        event="program.configured",
        object_kind="program",
        object_id=program.pk,
        program_id=program.pk,
        changes={"before": before, "after": settings},
    )
    return program


def usual_grant(role_key: str, customer: Customer | None, vendor: Vendor | None) -> tuple[Dimension, str]:
    """What somebody sees unless told otherwise: the customer's subtree, the vendor, or everything.

    The operator's own people see everything, whatever they belong to. Raises PartyRequired.
    """
    if role_key == RoleKey.BUYER and customer is None:
        raise PartyRequired(role="buyer", party="customer")
    if role_key == RoleKey.VENDOR and vendor is None:
        raise PartyRequired(role="vendor", party="vendor")
    is_staff = role_key in set(RoleKey) - {RoleKey.BUYER, RoleKey.VENDOR}
    if customer is not None and not is_staff and role_key != RoleKey.VENDOR:
        return Dimension.CUSTOMER_SUBTREE, str(customer.pk)
    if vendor is not None and not is_staff:
        return Dimension.VENDOR, str(vendor.pk)
    return Dimension.ALL, ""


def role_called(key: str) -> Role:
    """The role of that key. Raises UnknownRole."""
    role = Role.objects.filter(key=key).first()
    if role is None:
        raise UnknownRole(role=key, roles=", ".join(Role.objects.order_by("pk").values_list("key", flat=True)))
    return role


def party_called(number: str | None, kind: type[Customer] | type[Vendor]) -> Any:
    """The customer or vendor of that number; None without one. Raises UnknownCustomer, UnknownVendor."""
    if not number:
        return None
    found = kind.objects.filter(number=number).first()
    if found is None:
        raise UnknownCustomer(number=number) if kind is Customer else UnknownVendor(number=number)
    return found


@transaction.atomic
def add_user(
    principal: Principal,
    *,
    email: str,
    password: str,
    role_key: str,
    customer_number: str | None = None,
    vendor_number: str | None = None,
    name: str = "",
    zone: str | None = None,
) -> User:
    """A person with the role's verbs, limited to the customer's subtree, the vendor, or nothing (staff: all).

    Errors: BAD_EMAIL, EMAIL_TAKEN, UNKNOWN_ROLE, UNKNOWN_CUSTOMER, UNKNOWN_VENDOR, PARTY_REQUIRED, UNKNOWN_ZONE,
    NAME_TOO_LONG.
    """
    user = new_user(
        email=email,
        role=role_called(role_key),
        customer=party_called(customer_number, Customer),
        vendor=party_called(vendor_number, Vendor),
        name=name,
        zone=zone,
    )
    user.set_password(password)
    keep_new(principal, user)
    return user


def new_user(
    *, email: str, role: Role, customer: Customer | None, vendor: Vendor | None, name: str, zone: str | None
) -> User:
    """A person who is not written yet. Raises BadEmail, EmailTaken, PartyRequired, UnknownZone, NameTooLong."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadEmail(email=email) from error
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken(email=email)
    usual_grant(role.key, customer, vendor)
    party = customer or vendor
    return User(
        email=email.lower(),
        name=person_name(name),
        role=role,
        customer=customer,
        vendor=vendor,
        zone=zone_named(zone) if zone else party.zone if party else None,
        is_staff=role.key == RoleKey.ADMIN,
        created_at=clock.now(),
    )


def person_name(text: str) -> str:
    """The name without spaces around it. Raises NameTooLong."""
    name = " ".join(text.split())
    if len(name) > LONGEST_PERSON_NAME:
        raise NameTooLong(limit=LONGEST_PERSON_NAME)
    return name


def keep_new(principal: Principal, user: User) -> None:
    """Write a new person with what they usually see, and say so in the journal. Refuses nothing."""
    user.save()
    dimension, value = usual_grant(user.role.key, user.customer, user.vendor)
    AccessGrant.objects.create(user=user, dimension=dimension, value=value)
    journal.record(
        principal,
        verb="create",
        event="user.created",
        object_kind="user",
        object_id=user.pk,
        customer_id=user.customer_id,
        vendor_id=user.vendor_id,
        changes={"email": user.email, "role": user.role.key},
    )


@transaction.atomic
def set_grants(principal: Principal, *, user: User, grants: list[tuple[Dimension, str]]) -> None:
    """Replace a person's limit-to grants."""
    before = list(user.grants.values_list("dimension", "value"))
    user.grants.all().delete()
    AccessGrant.objects.bulk_create([AccessGrant(user=user, dimension=d, value=v) for d, v in grants])
    journal.record(
        principal,
        verb="limit",
        event="user.limited",
        object_kind="user",
        object_id=user.pk,
        changes={"before": before, "after": [list(grant) for grant in grants]},
    )


@transaction.atomic
def grant_verbs(
    principal: Principal, *, role: Role, verbs: frozenset[Verb], max_decision_micros: dict[str, int] | None = None
) -> Role:
    """Set a role's verbs, and the amount per currency it may decide alone. Errors: PERMISSION_NEEDED."""
    for verb, need in missing_needs(verbs):
        raise PermissionNeeded(verb=verb.value, need=need.value)
    role.verbs = sorted(verb.value for verb in verbs)
    if max_decision_micros is not None:
        role.max_decision_micros = max_decision_micros
    role.save(update_fields=["verbs", "max_decision_micros"])
    journal.record(
        principal,
        verb="grant",
        event="role.granted",
        object_kind="role",
        object_id=role.pk,
        changes={"verbs": role.verbs},
    )
    return role
