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


def _grants_for(role: RoleKey, customer: Customer | None, vendor: Vendor | None) -> tuple[Dimension, str]:
    if role is RoleKey.BUYER:
        if customer is None:
            raise PartyRequired(role="buyer", party="customer")
        return Dimension.CUSTOMER_SUBTREE, str(customer.pk)
    if role is RoleKey.VENDOR:
        if vendor is None:
            raise PartyRequired(role="vendor", party="vendor")
        return Dimension.VENDOR, str(vendor.pk)
    return Dimension.ALL, ""


def _party(number: str | None, kind: type[Customer] | type[Vendor]) -> Any:
    if number is None:
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

    Errors: BAD_EMAIL, EMAIL_TAKEN, UNKNOWN_ROLE, UNKNOWN_CUSTOMER, UNKNOWN_VENDOR, PARTY_REQUIRED, UNKNOWN_ZONE.
    """
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadEmail(email=email) from error
    role = Role.objects.filter(key=role_key).first()
    if role is None:
        raise UnknownRole(role=role_key, roles=", ".join(RoleKey))
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken(email=email)
    customer, vendor = _party(customer_number, Customer), _party(vendor_number, Vendor)
    dimension, value = _grants_for(RoleKey(role_key), customer, vendor)
    user = User(
        email=email.lower(),
        name=name,
        role=role,
        customer=customer,
        vendor=vendor,
        zone=zone_named(zone) if zone else (customer or vendor).zone if (customer or vendor) else None,
        is_staff=role_key == RoleKey.ADMIN,
        created_at=clock.now(),
    )
    user.set_password(password)
    user.save()
    AccessGrant.objects.create(user=user, dimension=dimension, value=value)
    journal.record(
        principal,
        verb="create",
        event="user.created",
        object_kind="user",
        object_id=user.pk,
        customer_id=user.customer_id,
        vendor_id=user.vendor_id,
        changes={"email": user.email, "role": role_key},
    )
    return user


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
