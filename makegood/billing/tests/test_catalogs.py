"""Campaigns and categories: changed by one operation each, told to the journal, put back."""

from __future__ import annotations

from typing import Any

import pytest

from makegood.billing import operations
from makegood.billing.models import Campaign, Category
from makegood.billing.selectors.criteria import criteria_of
from makegood.journal.models import JournalEvent
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotPermitted
from tests.refusals import unchanged
from tests.world import World

PROMISED = {
    "billable_after_s": "90",
    "duplicate_window_days": 30,
    "service_area": ["NY", " NJ ", "NY", ""],
    "text": " Residential  work only. ",
}


@pytest.fixture
def admin(world: World) -> Principal:
    return world.person("admin")


def test_a_campaign_says_what_it_promises_and_is_put_back(world: World, admin: Principal) -> None:
    key = world.program.key
    operations.add_category(admin, code="plumbing", name="Plumbing")
    operations.add_campaign(admin, program_key=key, number="C-1", changes={"name": "North", **PROMISED})
    campaign = Campaign.objects.get(number="C-1")
    assert criteria_of(campaign) == (
        "Billable after 90 seconds.",
        "A caller counts once in 30 days.",
        "Service area: NY, NJ.",
        "Residential work only.",
    )
    changes = {"billable_after_s": 0, "duplicate_window_days": 1, "category": "plumbing"}
    operations.change_campaign(admin, program_key=key, number="C-1", changes=changes)
    campaign.refresh_from_db()
    assert criteria_of(campaign)[0] == "A caller counts once in 1 day."
    assert (campaign.category and campaign.category.code, "billable_after_s" in campaign.criteria) == (
        "plumbing",
        False,
    )
    said = JournalEvent.objects.get(event="campaign.changed").changes
    assert said["before"] == {"billable_after_s": 90, "duplicate_window_days": 30, "category": ""}
    assert said["after"] == changes
    operations.put_campaign_back(admin, program_key=key, number="C-1")
    campaign.refresh_from_db()
    assert (campaign.category, criteria_of(campaign)[0]) == (None, "Billable after 90 seconds.")


def test_a_category_gets_another_name_and_its_old_one_back(admin: Principal) -> None:
    operations.add_category(admin, code="hvac", name="HVAC")
    operations.change_category(admin, code="hvac", name="Heating")
    assert JournalEvent.objects.get(event="category.changed").changes["before"] == {"name": "HVAC"}
    assert operations.put_category_back(admin, code="hvac").name == "HVAC"
    assert Category.objects.get(code="hvac").name == "HVAC"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " "}, "This cannot be kept: a name has 1 to 200 characters."),
        ({"billable_after_s": "1.5"}, "This cannot be kept: the seconds are a whole number of at most 86,400."),
        ({"duplicate_window_days": 3_651}, "This cannot be kept: the days are a whole number of at most 3,650."),
        ({"service_area": ["<b>"]}, 'This cannot be kept: "<b>" is no name of an area.'),
        ({"text": "x" * 1_001}, "This cannot be kept: the conditions have at most 1,000 characters."),
        ({"category": "none"}, 'This cannot be kept: there is no category "none".'),
        ({"color": "red"}, 'This cannot be kept: there is no field "color".'),
    ],
)
def test_what_cannot_be_kept_changes_nothing(
    world: World, admin: Principal, changes: dict[str, Any], message: str
) -> None:
    key = world.program.key
    operations.add_campaign(admin, program_key=key, number="C-1", changes={"name": "North"})
    with unchanged(), pytest.raises(Refusal) as caught:
        operations.change_campaign(admin, program_key=key, number="C-1", changes=changes)
    assert (caught.value.code, caught.value.message) == ("BAD_CAMPAIGN", message)
    with unchanged(), pytest.raises(Refusal) as caught:
        operations.add_campaign(admin, program_key=key, number="C-1", changes={"name": "Again"})
    assert caught.value.code == "NUMBER_TAKEN"


def test_only_who_edits_programs_changes_them(world: World, admin: Principal) -> None:
    operations.add_category(admin, code="hvac", name="HVAC")
    manager = world.person("manager")
    with unchanged():
        for refused in (
            lambda: operations.change_category(manager, code="hvac", name="x"),
            lambda: operations.add_category(manager, code="x", name="x"),
            lambda: operations.add_campaign(manager, program_key=world.program.key, number="x", changes={"name": "x"}),
        ):
            with pytest.raises(NotPermitted):
                refused()
