"""DATABASE_URL into Django's settings."""

from typing import Any

import pytest

from makegood.project.database_url import ONE_PLAN, ONLY_WHEN_ASKED, BadDatabaseUrl, parse


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "postgresql://ann:secret@db.example:6432/makegood",
            {"NAME": "makegood", "USER": "ann", "PASSWORD": "secret", "HOST": "db.example", "PORT": "6432"},
            id="plain",
        ),
        pytest.param(
            "postgres://ann@localhost/makegood",
            {"NAME": "makegood", "USER": "ann", "PASSWORD": "", "HOST": "localhost", "PORT": ""},
            id="short scheme",
        ),
        pytest.param(
            "postgresql://a%40b:p%2Fw%3A%23@h/my%20base",
            {"NAME": "my base", "USER": "a@b", "PASSWORD": "p/w:#"},
            id="encoded",
        ),
        pytest.param(
            "postgresql://makegood@/makegood?host=%2Fsrv%2FMy%20Data%2Fsocket&port=5433",
            {"HOST": "/srv/My Data/socket", "PORT": "5433", "NAME": "makegood"},
            id="socket in the query",
        ),
        pytest.param("postgresql://u@%2FVar%2Frun/makegood", {"HOST": "/Var/run"}, id="socket as host keeps its case"),
        pytest.param("postgresql://u@[::1]:5432/makegood", {"HOST": "::1", "PORT": "5432"}, id="IPv6"),
        pytest.param("postgresql:///makegood", {"HOST": "", "USER": "", "NAME": "makegood"}, id="libpq's defaults"),
        pytest.param("postgresql://h?dbname=elsewhere", {"NAME": "elsewhere"}, id="name in the query"),
    ],
)
def test_address_becomes_settings(url: str, expected: dict[str, Any]) -> None:
    settings = parse(url)
    assert {name: settings[name] for name in expected} == expected
    assert settings["ENGINE"] == "django.db.backends.postgresql"


def test_other_parameters_go_to_the_driver() -> None:
    options = parse("postgresql://h/db?sslmode=verify-full&connect_timeout=3")["OPTIONS"]
    assert options == {
        "application_name": "makegood",
        "prepare_threshold": ONLY_WHEN_ASKED,
        "sslmode": "verify-full",
        "connect_timeout": "3",
        "options": ONE_PLAN,
    }


def test_options_of_ones_own_stand_behind_ours() -> None:
    options = parse("postgresql://h/db?options=-c%20work_mem%3D64MB")["OPTIONS"]
    assert options["options"] == f"{ONE_PLAN} -c work_mem=64MB"


def test_prepared_statements_can_be_switched_off() -> None:
    options = parse("postgresql://db.example/books?prepare=off")["OPTIONS"]
    assert options == {"application_name": "makegood", "prepare_threshold": None}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://ann:hush@h/db", "PostgreSQL only"),
        ("sqlite:///hush", "PostgreSQL only"),
        ("postgresql://ann:hush@h", "names no database"),
        ("postgresql://ann:hush@h:port/db", "port is not a number"),
        ("postgresql://ann:hush@h:70000/db", "port is not a number"),
        ("postgresql://ann:hu#sh@h/db", "must be written %23"),
        ("postgresql://ann:hush@h/db?sslmode", "name=value"),
        ("postgresql://ann:hush@[h/db", "not an address"),
    ],
)
def test_bad_address_is_explained_without_repeating_it(url: str, reason: str) -> None:
    with pytest.raises(BadDatabaseUrl) as refused:
        parse(url)
    assert reason in refused.value.message
    assert "hush" not in refused.value.message
