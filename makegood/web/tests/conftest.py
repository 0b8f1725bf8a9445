"""Browsers of the people of one marketplace."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from makegood.parties.entries import Principal
from makegood.parties.models import User

SignedIn = Callable[[Principal], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    """A client in which the person is signed in."""

    def sign_in(principal: Principal) -> Client:
        client = Client()
        client.force_login(User.objects.get(pk=principal.id or 0))
        return client

    return sign_in
