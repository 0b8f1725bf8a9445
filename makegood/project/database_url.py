"""DATABASE_URL, read strictly, as Django wants it."""

from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from makegood.project.problems import OperatorProblem

SCHEMES = frozenset({"postgresql", "postgres"})
# What goes into Django's own settings; every other parameter of libpq is handed to the driver.
OWN_PARAMETERS = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
CONNECTION_SECONDS = 600

ONLY_WHEN_ASKED = 1_000_000
"""The driver prepares statements that ask for it, and no others; `?prepare=off` in the URL switches it off for a pooler
that cannot keep them."""

ONE_PLAN = "-c plan_cache_mode=force_generic_plan"
"""What is prepared serves few rows found by key, and has one plan for all of them: PostgreSQL would go on planning a
long statement anew where it takes a plan for unknown lengths to be dearer, and spend more on that than on the work."""


class BadDatabaseUrl(OperatorProblem):
    """DATABASE_URL is not usable."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"DATABASE_URL is not usable: {reason}. It should read like "
            f"postgresql://user:password@host:5432/makegood, with %-encoding for special characters."
        )


def parse(url: str) -> dict[str, Any]:
    """One entry of Django's DATABASES. The message never repeats the URL, which may hold a password.

    Raises BadDatabaseUrl.
    """
    parts = _split(url)
    options: dict[str, Any] = {"application_name": "makegood", "prepare_threshold": ONLY_WHEN_ASKED}
    settings: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(_host(parts)),
        "PORT": str(_port(parts) or ""),
        "CONN_MAX_AGE": CONNECTION_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": True,
        "OPTIONS": options,
    }
    for name, value in _parameters(parts):
        if name == "prepare" and value == "off":
            options["prepare_threshold"] = None
        elif name in OWN_PARAMETERS:
            settings[OWN_PARAMETERS[name]] = value
        else:
            options[name] = value
    if options["prepare_threshold"] is not None:
        options["options"] = " ".join(filter(None, [ONE_PLAN, options.get("options")]))
    if not settings["NAME"]:
        raise BadDatabaseUrl("it names no database")
    return settings


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadDatabaseUrl("it is not an address") from error
    if parts.scheme not in SCHEMES:
        raise BadDatabaseUrl("makegood runs on PostgreSQL only, so it must begin with postgresql://")
    if parts.fragment:
        raise BadDatabaseUrl("a # in a password must be written %23")
    return parts


def _host(parts: SplitResult) -> str:
    """The host with its case kept, for it may be a %-encoded directory; brackets of IPv6 removed."""
    after_user = parts.netloc.rpartition("@")[2]
    if after_user.startswith("["):
        return after_user[1:].partition("]")[0]
    return after_user.partition(":")[0]


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise BadDatabaseUrl("the port is not a number up to 65535") from error


def _parameters(parts: SplitResult) -> list[tuple[str, str]]:
    try:
        return parse_qsl(parts.query, strict_parsing=bool(parts.query), keep_blank_values=True)
    except ValueError as error:
        raise BadDatabaseUrl("the part after the ? is not name=value pairs") from error
