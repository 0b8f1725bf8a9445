"""`makegood customer` as somebody types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from makegood.parties.entries import SYSTEM
from makegood.parties.models import Customer
from makegood.parties.operations import create_customer
from makegood.project.cli import cli

pytestmark = pytest.mark.django_db


def _customer(data: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["customer", words[0], "--data", str(data), *words[1:]])


def test_disputing_is_switched_and_listed(tmp_path: Path) -> None:
    create_customer(SYSTEM, number="C7", name="Lakeside Plumbing", currency="USD")
    create_customer(SYSTEM, number="C8", name="Bolt Roofing", currency="USD")
    said = [_customer(tmp_path, "disputing", "C7", word).stdout.strip() for word in ("off", "off")]
    assert said == ["Disputing is off for Lakeside Plumbing.", "Disputing was already off for Lakeside Plumbing."]
    assert not Customer.objects.get(number="C7").dispute_permission
    listed = _customer(tmp_path, "list", "--off").stdout
    assert ("C7" in listed, "C8" in listed) == (True, False)
    assert "C8" in _customer(tmp_path, "list", "--json").stdout


def test_a_customer_that_is_none_is_refused(tmp_path: Path) -> None:
    result = _customer(tmp_path, "disputing", "C9", "on")
    assert (result.exit_code, result.stderr.strip()) == (1, 'There is no customer with number "C9".')
