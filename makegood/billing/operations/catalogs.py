"""Looks after categories and campaigns: new ones, their names, and what a campaign promises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from makegood.billing.errors import BadCampaign
from makegood.billing.models import Campaign, Category
from makegood.billing.operations.create_campaign import create_campaign
from makegood.billing.operations.create_category import create_category
from makegood.journal import operations as journal
from makegood.journal.selectors import latest
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound, NumberTaken
from makegood.parties.models import Program
from makegood.parties.selectors import demand, demand_for_all, programs_visible_to
from makegood.parties.states import Verb

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_AREA = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .'-]{0,39}")
LONGEST_S = 86_400
LONGEST_DAYS = 3_650
LONGEST_TEXT = 1_000
MOST_AREAS = 100
CRITERIA = ("billable_after_s", "duplicate_window_days", "service_area", "text")


@transaction.atomic
def add_category(principal: Principal, *, code: str, name: str) -> Category:
    """A new category. Raises NotPermitted. Errors: BAD_CAMPAIGN, NUMBER_TAKEN, BEYOND_YOUR_LIMITS."""
    demand_for_all(principal, Verb.PROGRAM_EDIT, "a category of every program")
    named = _code(code)
    if Category.objects.filter(code=named).exists():
        raise NumberTaken(number=named, kind="category")
    return create_category(principal, code=named, name=_name(name))


@transaction.atomic
def change_category(principal: Principal, *, code: str, name: str) -> Category:
    """Another name for a category; its code stays, for imports name it. Raises NotPermitted, NotFound.

    Errors: BAD_CAMPAIGN, BEYOND_YOUR_LIMITS.
    """
    demand_for_all(principal, Verb.PROGRAM_EDIT, "a category of every program")
    category = Category.objects.select_for_update().filter(code=code).first()
    if category is None:
        raise NotFound()
    before, category.name = category.name, _name(name)
    if category.name != before:
        category.save(update_fields=["name"])
        journal.record(
            principal,
            verb="change",
            event="category.changed",
            object_kind="category",
            object_id=category.pk,
            changes={"code": code, "before": {"name": before}, "after": {"name": category.name}},
        )
    return category


@transaction.atomic
def put_category_back(principal: Principal, *, code: str) -> Category:
    """The name that a category had before. Raises NotPermitted, NotFound. Errors: BAD_CAMPAIGN, BEYOND_YOUR_LIMITS."""
    demand(principal, Verb.PROGRAM_EDIT)
    pk = Category.objects.filter(code=code).values_list("pk", flat=True).first()
    last = latest("category", pk or 0, "category.changed")
    if last is None:
        raise NotFound()
    return change_category(principal, code=code, name=last.changes["before"]["name"])


@transaction.atomic
def add_campaign(principal: Principal, *, program_key: str, number: str, changes: Mapping[str, Any]) -> Campaign:
    """A new campaign of a program; ``changes`` as in :func:`change_campaign`.

    Raises NotPermitted, NotFound. Errors: BAD_CAMPAIGN, NUMBER_TAKEN.
    """
    program = _program(principal, program_key)
    named = _code(number)
    if Campaign.objects.filter(program=program, number=named).exists():
        raise NumberTaken(number=named, kind="campaign")
    clean = _clean({"name": "", **changes})
    own = {name: value for name, value in clean.items() if name in CRITERIA and value}
    return create_campaign(
        principal,
        program=program,
        number=named,
        name=clean["name"],
        category=_category(clean.get("category", "")),
        criteria=own,
    )


@transaction.atomic
def change_campaign(principal: Principal, *, program_key: str, number: str, changes: Mapping[str, Any]) -> Campaign:
    """Change fields of a campaign: name, category (a code; empty: none), and its criteria: billable_after_s,
    duplicate_window_days (whole numbers; 0: none), service_area (names), text. Those not named stay.

    Raises NotPermitted, NotFound. Errors: BAD_CAMPAIGN.
    """
    program = _program(principal, program_key)
    campaign = Campaign.objects.filter(program=program, number=number).select_related("category").first()
    if campaign is None:
        raise NotFound()
    before, clean = campaign_fields(campaign), _clean(changes)
    if "name" in clean:
        campaign.name = clean["name"]
    if "category" in clean:
        campaign.category = _category(clean["category"])
    criteria = {**campaign.criteria, **{name: value for name, value in clean.items() if name in CRITERIA}}
    campaign.criteria = {name: value for name, value in criteria.items() if value}
    after = campaign_fields(campaign)
    told = [name for name in after if after[name] != before[name]]
    if told:
        campaign.save(update_fields=["name", "category", "criteria"])
        journal.record(
            principal,
            verb="change",
            event="campaign.changed",
            object_kind="campaign",
            object_id=campaign.pk,
            program_id=program.pk,
            changes={
                "number": number,
                "before": {name: before[name] for name in told},
                "after": {name: after[name] for name in told},
            },
        )
    return campaign


@transaction.atomic
def put_campaign_back(principal: Principal, *, program_key: str, number: str) -> Campaign:
    """Undo the latest change of a campaign. Raises NotPermitted, NotFound. Errors: BAD_CAMPAIGN."""
    program = _program(principal, program_key)
    pk = Campaign.objects.filter(program=program, number=number).values_list("pk", flat=True).first()
    last = latest("campaign", pk or 0, "campaign.changed")
    if last is None:
        raise NotFound()
    return change_campaign(principal, program_key=program_key, number=number, changes=last.changes["before"])


def campaign_fields(campaign: Campaign) -> dict[str, Any]:
    """The fields of a campaign as changes name them."""
    empty: dict[str, Any] = {"billable_after_s": 0, "duplicate_window_days": 0, "service_area": [], "text": ""}
    own = {name: campaign.criteria.get(name) or nothing for name, nothing in empty.items()}
    return {"name": campaign.name, "category": campaign.category.code if campaign.category else "", **own}


def _program(principal: Principal, key: str) -> Program:
    demand(principal, Verb.PROGRAM_EDIT)
    found = programs_visible_to(principal).select_for_update(of=("self",)).filter(key=key).first()
    if found is None:
        raise NotFound()
    return found


def _category(code: str) -> Category | None:
    found = Category.objects.filter(code=code).first() if code else None
    if code and found is None:
        raise BadCampaign(field="category", problem=f'there is no category "{code}"')
    return found


def _code(text: str) -> str:
    if not _CODE.fullmatch(text.strip()):
        problem = "a code or number has at most 64 letters, digits, dots, dashes and underscores"
        raise BadCampaign(field="code", problem=problem)
    return text.strip()


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= 200:
        raise BadCampaign(field="name", problem="a name has 1 to 200 characters")
    return name


def _clean(changes: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(changes)
    for name in found:
        if name not in {"name", "category", *CRITERIA}:
            raise BadCampaign(field=name, problem=f'there is no field "{name}"')
    if "name" in found:
        found["name"] = _name(str(found["name"]))
    for name, most, noun in (
        ("billable_after_s", LONGEST_S, "seconds"),
        ("duplicate_window_days", LONGEST_DAYS, "days"),
    ):
        if name in found:
            found[name] = _number(name, found[name], most, noun)
    if "service_area" in found:
        found["service_area"] = _areas(found["service_area"])
    if "text" in found:
        found["text"] = " ".join(str(found["text"]).split())
        if len(found["text"]) > LONGEST_TEXT:
            raise BadCampaign(field="text", problem=f"the conditions have at most {LONGEST_TEXT:,} characters")
    return found


def _number(name: str, value: Any, most: int, noun: str) -> int:
    text = str(value).strip() or "0"
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or int(text) > most:
        raise BadCampaign(field=name, problem=f"the {noun} are a whole number of at most {most:,}")
    return int(text)


def _areas(value: Any) -> list[str]:
    names = list(dict.fromkeys(" ".join(str(one).split()) for one in value if str(one).strip()))
    wrong = next((one for one in names if not _AREA.fullmatch(one)), None)
    if wrong is not None or len(names) > MOST_AREAS:
        said = f'"{wrong}" is no name of an area' if wrong else f"a service area has at most {MOST_AREAS} names"
        raise BadCampaign(field="service_area", problem=said)
    return names
